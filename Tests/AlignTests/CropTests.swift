import Align
import FaceCore
import Foundation
import TestSupport
import Testing

/// A face that is not the mean face of the crops: turned, tilted, off centre.
let sampleLandmarks = HeadModel.landmarks(
  pose: Pose(yaw: 20, pitch: 5, roll: 10), scale: 1.3, center: Point(x: 400, y: 300))

struct Golden: Decodable {
  struct Peer: Decodable {
    var unitMatrix: [[Double]]
    var crops: [String: [[Double]]]
    /// Pitch, yaw, roll as the peer's own code found them.
    var angles: [Double]

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Name.self)
      unitMatrix = try values.decode([[Double]].self, forKey: Name(stringValue: "unit_mat"))
      angles = try values.decode(
        [Double].self,
        forKey: Name(
          stringValue: values.contains(Name(stringValue: "pyr_deg")) ? "pyr_deg" : "pyr_from_WF512")
      )
      crops = [:]
      for key in values.allKeys where key.stringValue.first?.isUppercase == true {
        crops[key.stringValue] = try values.decode([[Double]].self, forKey: key)
      }
    }
  }

  struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  var landmarks: Landmarks
  var dfl: Peer
  var faceswap: Peer

  static let faces: [String: Golden]? = {
    guard let file = sharedFile("reference/golden/geometry.json"),
      let data = FileManager.default.contents(atPath: file)
    else { return nil }
    return try? JSONDecoder().decode([String: Golden].self, from: data)
  }()
}

func largestDifference(_ transform: FaceCore.AffineTransform, _ matrix: [[Double]]) -> Double {
  zip(
    [transform.a, transform.b, transform.tx, transform.c, transform.d, transform.ty],
    matrix.flatMap { $0 }
  ).map { abs($0 - $1) }.max() ?? .infinity
}

@Suite struct CropTests {
  static let goldenNames: [String: FaceType] = [
    "HALF": .half, "MID_FULL": .midFull, "FULL": .full, "FULL_NO_ALIGN": .fullUpright,
    "WHOLE_FACE": .wholeFace, "HEAD": .head, "HEAD_NO_ALIGN": .headUpright,
  ]

  // The golden file lies beside the project and is not part of it.
  @Test(.enabled(if: Golden.faces != nil))
  func cropsAreDeepFaceLabsSquares() throws {
    let faces = try #require(Golden.faces)
    #expect(faces.count == 2)
    for face in faces.values {
      #expect(face.dfl.crops.count == 7)
      for (name, matrix) in face.dfl.crops {
        let type = try #require(CropTests.goldenNames[name])
        let crop = cropTransform(landmarks: face.landmarks, size: 512, type: type)
        #expect(largestDifference(crop, matrix) < 1e-3, "\(name)")
      }
    }
  }

  @Test(arguments: FaceType.allCases)
  func cropFollowsAMovedFace(type: FaceType) {
    let move = AffineTransform.translation(x: 37, y: -12)
    let before = cropTransform(landmarks: sampleLandmarks, size: 256, type: type)
    let after = cropTransform(landmarks: sampleLandmarks.mapped(by: move), size: 256, type: type)
    for point in sampleLandmarks.points {
      #expect(after.apply(move.apply(point)).distance(to: before.apply(point)) < 0.01)
    }
  }

  @Test(arguments: FaceType.allCases)
  func cropScalesWithTheFace(type: FaceType) {
    let grow = AffineTransform.scale(2.5)
    let before = cropTransform(landmarks: sampleLandmarks, size: 256, type: type)
    let after = cropTransform(landmarks: sampleLandmarks.mapped(by: grow), size: 256, type: type)
    for point in sampleLandmarks.points {
      #expect(after.apply(grow.apply(point)).distance(to: before.apply(point)) < 0.01)
    }
  }

  @Test(arguments: [FaceType.half, .midFull, .full, .wholeFace, .head])
  func alignedCropDoesNotSeeATurnedFrame(type: FaceType) {
    let turn = AffineTransform.rotation(0.7)
    let before = cropTransform(landmarks: sampleLandmarks, size: 256, type: type)
    let after = cropTransform(landmarks: sampleLandmarks.mapped(by: turn), size: 256, type: type)
    for point in sampleLandmarks.points {
      #expect(after.apply(turn.apply(point)).distance(to: before.apply(point)) < 0.01)
    }
  }

  @Test(arguments: [FaceType.fullUpright, .headUpright])
  func uprightCropIsNotTurned(type: FaceType) {
    let turned = sampleLandmarks.mapped(by: .rotation(0.7))
    let transform = cropTransform(landmarks: turned, size: 256, type: type)
    #expect(transform.b == 0 && transform.c == 0 && transform.a > 0)
  }

  @Test func fitFindsTheSimilarityThatMadeTheTargets() {
    let made = AffineTransform.rotation(2.1).then(.scale(0.3)).then(.translation(x: 5, y: -9))
    let fit = AffineTransform.similarity(
      from: sampleLandmarks.points, to: sampleLandmarks.mapped(by: made).points)
    #expect(
      largestDifference(fit, [[made.a, made.b, made.tx], [made.c, made.d, made.ty]]) < 1e-3)
  }

  @Test func fitNeverReflects() {
    let mirrored = sampleLandmarks.points.map { Point(x: -$0.x, y: $0.y) }
    let fit = AffineTransform.similarity(from: sampleLandmarks.points, to: mirrored)
    #expect(fit.determinant > 0)
  }

  @Test func pixelsMoveWithTheLandmarks() {
    var image = Image(width: 800, height: 600, red: 20, green: 20, blue: 20)
    let mark = sampleLandmarks[40]
    image.draw(
      Image(width: 9, height: 9, red: 250, green: 250, blue: 250), x: Int(mark.x) - 4,
      y: Int(mark.y) - 4)
    let (cut, transform) = crop(image, landmarks: sampleLandmarks, type: .full, size: 256)
    let seen = transform.apply(mark)
    let at = (Int(seen.y) * 256 + Int(seen.x)) * 3
    #expect(cut.bytes[at] > 200)
  }

  @Test(arguments: [0.3, 0.8, 1, 1.7], [-30.0, 60, 290, 420])
  func aCropFromItsRegionIsTheCropFromTheFrame(scale: Double, x: Double) {
    var generator = SeededGenerator(seed: UInt64(scale * 10))
    let frame = Image(
      width: 400, height: 300,
      bytes: (0..<400 * 300 * 3).map { _ in UInt8.random(in: 0...255, using: &generator) })
    let face = HeadModel.landmarks(
      pose: Pose(yaw: 10, pitch: 3, roll: 25), scale: 0.5 / scale,
      center: Point(x: Float(x), y: 120))
    let (whole, transform) = crop(frame, landmarks: face, type: .full, size: 96)
    let region = cropRegion(of: transform, size: 96, width: frame.width, height: frame.height)
    #expect(region.width <= frame.width && region.height <= frame.height)
    let part = frame.cut(region)
    #expect(crop(part, at: region, by: transform, size: 96) == whole)
  }

  @Test func aCropOutsideTheFrameIsBlack() {
    let frame = Image(width: 400, height: 300, red: 200, green: 100, blue: 50)
    let far = sampleLandmarks.mapped(by: .translation(x: 4000, y: 0))
    let transform = cropTransform(landmarks: far, size: 64, type: .full)
    let region = cropRegion(of: transform, size: 64, width: 400, height: 300)
    let square = crop(frame.cut(region), at: region, by: transform, size: 64)
    #expect(square == Image(width: 64, height: 64))
  }
}
