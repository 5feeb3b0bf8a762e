import Align
import FaceCore
import Foundation
import Testing

@Suite struct VideoAlignerTests {
  /// Frames in which one annotated picture moves to the right over a plain ground.
  static func frames(_ count: Int, picture: Image) -> [Image] {
    (0..<count).map { frame in
      var image = Image(width: 400, height: 300, red: 70, green: 90, blue: 110)
      image.draw(picture, x: 40 + 4 * frame, y: 50)
      return image
    }
  }

  /// The aligned frames, the state stored and read again after the frame `stop`.
  static func run(
    _ frames: [Image], _ models: NamedModels, options: VideoAligner.Options = .init(),
    storingAfter stop: Int? = nil
  ) throws -> [VideoAligner.Frame] {
    let aligner = try FaceAligner(models.models)
    var video = VideoAligner(options: options)
    return try frames.enumerated().map { number, image in
      defer {
        if number == stop, let data = try? JSONEncoder().encode(video),
          let stored = try? JSONDecoder().decode(VideoAligner.self, from: data)
        {
          video = stored
        }
      }
      return try video.frame(GrayImage(image), number: number, using: aligner)
    }
  }

  static func moving() throws -> [Image] {
    let (picture, _) = try #require(try Annotated.pictures("ytf_test", count: 1).first)
    return frames(20, picture: picture)
  }

  @Test(.enabled(if: picturesAreHere), arguments: allModels)
  func aFollowedFaceIsWhereASearchFindsIt(models: NamedModels) throws {
    let frames = try VideoAlignerTests.moving()
    let searched = try VideoAlignerTests.run(
      frames, models, options: .init(searchInterval: 1, thoroughInterval: 1, checkInterval: 1))
    let followed = try VideoAlignerTests.run(frames, models)
    for (often, seldom) in zip(searched, followed) {
      #expect(often.faces.map(\.track) == [0] && seldom.faces.map(\.track) == [0])
      guard let first = often.faces.first?.landmarks, let second = seldom.faces.first?.landmarks
      else { continue }
      #expect(meanDistance(first, second) < 0.08 * first.interEyeDistance)
    }
  }

  @Test(.enabled(if: picturesAreHere), arguments: allModels, [0, 7, 12])
  func aStoredVideoGoesOnAsIfItHadNotStopped(models: NamedModels, stop: Int) throws {
    let frames = try VideoAlignerTests.moving()
    let whole = try VideoAlignerTests.run(frames, models)
    let resumed = try VideoAlignerTests.run(frames, models, storingAfter: stop)
    #expect(resumed == whole)
  }

  @Test(.enabled(if: picturesAreHere), arguments: allModels)
  func aCutStartsAShotAndATrack(models: NamedModels) throws {
    let pictures = try Annotated.pictures("ytf_test", count: 2).map(\.image)
    var other = Image(width: 400, height: 300, red: 230, green: 220, blue: 180)
    other.draw(pictures[1], x: 40, y: 50)
    let frames = Array(VideoAlignerTests.frames(5, picture: pictures[0])) + [other, other]
    let aligned = try VideoAlignerTests.run(frames, models)
    #expect(aligned.map(\.isCut) == [false, false, false, false, false, true, false])
    #expect(aligned.map(\.shot) == [0, 0, 0, 0, 0, 1, 1])
    #expect(aligned.map { $0.faces.map(\.track) } == [[0], [0], [0], [0], [0], [1], [1]])
  }

  @Test(.enabled(if: picturesAreHere), arguments: allModels)
  func aFaceThatIsCoveredIsLostWithinAFewFramesAndFoundAgain(models: NamedModels) throws {
    let picture = try #require(try Annotated.pictures("ytf_test", count: 1).first).image
    var frames = VideoAlignerTests.frames(12, picture: picture)
    let hidden = Image(width: 400, height: 300, red: 70, green: 90, blue: 110)
    // Slowly, so that no jump gives it away: the ground moves over the face.
    for step in 0..<12 {
      var frame = frames[11]
      frame.draw(hidden, x: 0, y: -300 + 25 * (step + 1))
      frames.append(frame)
    }
    frames += [hidden, hidden, hidden]
    // Not where it was lost, but near.
    frames += (0..<6).map { _ in
      VideoAlignerTests.frames(10, picture: picture)[9]
    }
    let aligned = try VideoAlignerTests.run(frames, models)
    #expect(aligned[11].faces.count == 1)
    #expect(aligned[24...26].allSatisfy { $0.faces.isEmpty })
    #expect(aligned.last?.faces.count == 1)
  }

  @Test(.enabled(if: picturesAreHere), arguments: allModels)
  func neverTwoTracksOnOneFace(models: NamedModels) throws {
    let frames = try VideoAlignerTests.moving()
    let aligned = try VideoAlignerTests.run(
      frames, models, options: .init(searchInterval: 1, thoroughInterval: 2, checkInterval: 3))
    #expect(aligned.allSatisfy { $0.faces.map(\.track) == [0] })
  }

  @Test(.enabled(if: picturesAreHere), arguments: allModels)
  func aFaceThatLeavesIsGone(models: NamedModels) throws {
    let picture = try #require(try Annotated.pictures("ytf_test", count: 1).first).image
    let frames = (0..<40).map { frame in
      var image = Image(width: 400, height: 300, red: 70, green: 90, blue: 110)
      image.draw(picture, x: 60 - frame * 8, y: 50)
      return image
    }
    let aligned = try VideoAlignerTests.run(frames, models)
    #expect(aligned[5].faces.count == 1)
    // From frame 60 / 8 + width / 8 on nothing of the picture is left.
    let gone = (60 + picture.width) / 8 + 1
    #expect(aligned[min(39, gone)...].allSatisfy { $0.faces.isEmpty })
    #expect(Set(aligned.flatMap { $0.faces.map(\.track) }) == [0])
  }

  @Test(.enabled(if: picturesAreHere), arguments: allModels)
  func whatDoesNotLookLikeTheFaceIsNotFollowed(models: NamedModels) throws {
    let picture = try #require(try Annotated.pictures("ytf_test", count: 1).first).image
    let frames = (0..<10).map { frame in
      // Too small a part of the frame for a cut.
      var image = Image(width: 900, height: 700, red: 70, green: 90, blue: 110)
      image.draw(picture, x: 300, y: 200)
      if frame >= 6 {
        let block = Image(
          width: picture.width, height: picture.height, red: 90, green: 60, blue: 50)
        image.draw(block, x: 300, y: 200)
      }
      return image
    }
    let aligned = try VideoAlignerTests.run(frames, models, options: .init(checkInterval: 100))
    #expect(aligned.allSatisfy { !$0.isCut })
    #expect(aligned.map(\.faces.count) == [1, 1, 1, 1, 1, 1, 0, 0, 0, 0])
  }

  @Test(.enabled(if: picturesAreHere), arguments: allModels)
  func theDetectorLooksAgainNowAndThen(models: NamedModels) throws {
    let frames = try VideoAlignerTests.moving()
    func scores(_ interval: Int) throws -> Int {
      let aligned = try VideoAlignerTests.run(
        frames, models, options: .init(checkInterval: interval))
      return Set(aligned.flatMap { $0.faces.map(\.score) }).count
    }
    let often = try scores(5)
    #expect(try scores(100) < often)
  }
}
