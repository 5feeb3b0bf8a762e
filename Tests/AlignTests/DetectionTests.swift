import Align
import FaceCore
import Foundation
import TestSupport
import Testing

/// What the built-in networks must reach on pictures of real people: bounds that follow their weights.
private enum Bound {
  /// Share of the pictures in which the annotated face is found; of faces turned by more than 60°.
  static let (found, profilesFound) = (0.95, 0.5)
  /// Of a picture's landmarks the mean error, as a share of the distance between the outer corners of the
  /// eyes: the median picture, and one of twenty.
  static let (medianError, largeError): (Float, Float) = (0.052, 0.09)
  /// The same of faces turned by more than 60°, as a share of the root of their box's area.
  static let profileError: Float = 0.125
  /// How far landmarks lie apart in a picture and one twice as large, and in one and its mirror image, in
  /// distances between the eyes.
  static let (scaleError, mirrorError): (Float, Float) = (0.05, 0.06)
  /// Between landmarks from a box alone and those of the face that was found there, as a share of the root
  /// of the box's area: the median face.
  static let boxError: Float = 0.04
}

@Suite struct DetectionTests {
  static func face(of landmarks: Landmarks, in found: [AlignedFace]) -> AlignedFace? {
    let best = found.max {
      $0.box.overlap(with: landmarks.box) < $1.box.overlap(with: landmarks.box)
    }
    return best.flatMap { $0.box.overlap(with: landmarks.box) > 0.4 ? $0 : nil }
  }

  @Test(.enabled(if: picturesAreHere))
  func annotatedFacesAreFoundAndTheirLandmarksPlaced() throws {
    let aligner = try FaceAligner()
    let faces = try Annotated.pictures("ytf_test", count: 60)
    let errors = try faces.compactMap { image, truth -> Float? in
      let found = DetectionTests.face(of: truth, in: try aligner.faces(in: image))
      return found.map {
        meanDistance($0.landmarks, truth) / truth[36].distance(to: truth[45])
      }
    }.sorted()
    #expect(Double(errors.count) >= Bound.found * Double(faces.count))
    #expect(errors[errors.count / 2] < Bound.medianError)
    #expect(errors[errors.count * 95 / 100] < Bound.largeError)
  }

  @Test(.enabled(if: picturesAreHere))
  func facesSeenFromTheSideAreFound() throws {
    let aligner = try FaceAligner()
    let faces = try Annotated.pictures("aflw64", count: 64) { abs($0.pose?[1] ?? 0) > 60 }
    #expect(faces.count > 5)
    let errors = try faces.compactMap { image, truth -> Float? in
      let found = DetectionTests.face(of: truth, in: try aligner.faces(in: image))
      return found.map { meanDistance($0.landmarks, truth) / truth.box.area.squareRoot() }
    }.sorted()
    #expect(Double(errors.count) >= Bound.profilesFound * Double(faces.count))
    #expect(errors[errors.count / 2] < Bound.profileError)
  }

  /// In these two frames the detector also frames a part of the face.
  @Test(.enabled(if: picturesAreHere), arguments: ["lp_d19", "lp_d6"])
  func aFaceThatFillsThePictureIsFoundOnceAndWhole(clip: String) throws {
    let folder = try #require(sharedFile("media/videos"))
    let faces = try FaceAligner().faces(in: try picture("\(folder)/\(clip).mp4"))
    #expect(faces.count == 1)
    let face = try #require(faces.first)
    #expect(headMisfit(of: face.landmarks, pose: face.pose) < 0.12)
  }

  @Test(.enabled(if: picturesAreHere), arguments: allModels)
  func alignersOfTheSameModelsFindTheSame(models: NamedModels) throws {
    let first = try FaceAligner(models.models)
    let second = try FaceAligner(models.models)
    var count = 0
    for (image, _) in try Annotated.pictures("ytf_test", count: 4) {
      let faces = try first.faces(in: image)
      #expect(try first.faces(in: image) == faces)
      #expect(try second.faces(in: image) == faces)
      count += faces.count
    }
    #expect(count > 2)
  }

  @Test(.enabled(if: picturesAreHere))
  func aFaceIsFoundAlikeInAPictureTwiceAsLarge() throws {
    let aligner = try FaceAligner()
    for (image, truth) in try Annotated.pictures("ytf_test", count: 6) {
      let large = image.resized(width: image.width * 2, height: image.height * 2)
      let once = DetectionTests.face(of: truth, in: try aligner.faces(in: image))
      let twice = DetectionTests.face(
        of: truth.mapped(by: .scale(2)), in: try aligner.faces(in: large))
      guard let once, let twice else { continue }
      let apart = meanDistance(once.landmarks, twice.landmarks.mapped(by: .scale(0.5)))
      #expect(apart < Bound.scaleError * once.landmarks.interEyeDistance)
    }
  }

  @Test(.enabled(if: picturesAreHere))
  func aFaceWithItsMouthCoveredIsDoubted() throws {
    let aligner = try FaceAligner()
    var ratios: [Double] = []
    for (image, truth) in try Annotated.pictures("ytf_test", count: 16) {
      func doubt(_ image: Image) throws -> Double? {
        DetectionTests.face(of: truth, in: try aligner.faces(in: image))?.measures
          .first { $0.name == Measure.doubt }?.value
      }
      let eyes = truth[36].distance(to: truth[45])
      let mouth = truth.mean(of: Landmarks.outerLips)
      var covered = image
      covered.draw(
        Image(width: Int(eyes), height: Int(0.5 * eyes), red: 120, green: 80, blue: 60),
        x: Int(mouth.x - 0.5 * eyes), y: Int(mouth.y - 0.25 * eyes))
      guard let bare = try doubt(image), let more = try doubt(covered) else { continue }
      ratios.append(more / bare)
    }
    // Some are not found any more.
    #expect(ratios.count >= 4 && ratios.count { $0 > 1.1 } >= ratios.count - 1, "\(ratios)")
  }

  /// Larger than what is searched, so it is reduced first, by other factors across and down.
  @Test(.enabled(if: picturesAreHere))
  func aFaceInALargePictureIsFoundWhereItIs() throws {
    let (image, truth) = try #require(try Annotated.pictures("ytf_test", count: 1).first)
    let large = image.resized(width: image.width * 5, height: image.height * 5)
    var frame = Image(width: 2601, height: 1403, red: 70, green: 90, blue: 110)
    frame.draw(large, x: 1900, y: 700)
    let there = truth.mapped(by: .scale(5).then(.translation(x: 1900, y: 700)))
    let found = DetectionTests.face(of: there, in: try FaceAligner().faces(in: frame))
    let placed = try #require(found?.landmarks)
    #expect(meanDistance(placed, there) < 0.1 * there[36].distance(to: there[45]))
  }

  @Test(.enabled(if: picturesAreHere), arguments: allModels)
  func landmarksAreWhereTheyWouldBeFoundFromABoxAlone(models: NamedModels) throws {
    let aligner = try FaceAligner(models.models)
    var misses: [Float] = []
    for (image, _) in try Annotated.pictures("ytf_test", count: 12) {
      for face in try aligner.faces(in: image) where abs(face.pose.roll) < 15 {
        let placed = try aligner.landmarks(in: image, box: face.box)
        misses.append(
          meanDistance(placed, face.landmarks) / face.landmarks.box.area.squareRoot())
      }
    }
    #expect(misses.sorted()[misses.count / 2] < Bound.boxError)
  }

  @Test(.enabled(if: picturesAreHere))
  func aMirroredFaceIsFoundMirrored() throws {
    let aligner = try FaceAligner()
    for (image, truth) in try Annotated.pictures("ytf_test", count: 6) {
      let width = Float(image.width)
      let plain = DetectionTests.face(of: truth, in: try aligner.faces(in: image))
      let other = DetectionTests.face(
        of: truth.mirrored(width: width), in: try aligner.faces(in: image.mirrored()))
      guard let plain, let other else { continue }
      let apart = meanDistance(plain.landmarks.mirrored(width: width), other.landmarks)
      #expect(apart < Bound.mirrorError * plain.landmarks.interEyeDistance)
    }
  }

  @Test(arguments: allModels) func nothingIsFoundInAnEmptyPicture(models: NamedModels) throws {
    let aligner = try FaceAligner(models.models)
    let image = Image(width: 320, height: 200, red: 90, green: 120, blue: 200)
    #expect(try aligner.faces(in: image).isEmpty)
    for (width, height) in [(1, 1), (3000, 2), (2, 3000), (33, 65), (1281, 7)] {
      #expect(try aligner.faces(in: Image(width: width, height: height)).isEmpty)
    }
  }

  @Test func aDetectionInAPartIsMovedToTheFrame() {
    let (box, moved) = (
      Box(x: 3, y: 4, width: 10, height: 20), Box(x: 101.5, y: 202, width: 5, height: 10)
    )
    let part = Box(x: 100, y: 200, width: 64, height: 64)
    let (point, there) = (Point(x: 5, y: 6), Point(x: 102.5, y: 203))
    func landmarks(_ point: Point) -> Landmarks {
      Landmarks([Point](repeating: point, count: Landmarks.count))
    }
    let found = Detection(box: box, score: 2, landmarks: landmarks(point))
    #expect(
      found.moved(from: part, scale: 0.5)
        == Detection(box: moved, score: 2, landmarks: landmarks(there)))
    let face = FoundFace(box: box, probability: 0.7, points: Array(repeating: point, count: 5))
    #expect(
      face.moved(from: part, scale: 0.5)
        == FoundFace(box: moved, probability: 0.7, points: Array(repeating: there, count: 5)))
    let whole = Box(x: 0, y: 0, width: 64, height: 64)
    #expect(found.moved(from: whole, scale: 1) == found)
    #expect(face.moved(from: whole, scale: 1) == face)
  }

  @Test func detectionsAreSortedFromLeftToRightWhateverTheirOrder() {
    let found = [5, 1, 4, 2, 3].map {
      Detection(box: Box(x: $0, y: 10 - $0, width: 4, height: 4), score: $0)
    }
    #expect(Detection.sorted(found).map(\.score) == [1, 2, 3, 4, 5])
    #expect(Detection.sorted(found.reversed()) == Detection.sorted(found))
  }

  @Test func theFaceThatIsExpectedIsTheOneThatLiesMostOnTheBox() {
    let box = Box(x: 10, y: 10, width: 10, height: 10)
    let found = [0, 11, 14, 40].map {
      Detection(box: Box(x: $0, y: 10, width: 10, height: 10), score: $0)
    }
    #expect(Detection.expected(at: box, among: found)?.score == 11)
    #expect(Detection.expected(at: box, among: found.reversed())?.score == 11)
    // A third of an overlap is not enough for another size.
    let large = Detection(box: Box(x: 0, y: 0, width: 30, height: 30), score: 1)
    #expect(Detection.expected(at: box, among: [found[0], found[3], large]) == nil)
    #expect(Detection.expected(at: box, among: []) == nil)
  }
}
