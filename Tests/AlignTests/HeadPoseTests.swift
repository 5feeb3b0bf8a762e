import Align
import FaceCore
import Foundation
import TestSupport
import Testing

/// Poses over the range in which a face can be seen, for laws.
let samplePoses: [Pose] = {
  var generator = SeededGenerator(seed: 68)
  return (0..<60).map { _ in
    Pose(
      yaw: .random(in: -75...75, using: &generator),
      pitch: .random(in: -40...40, using: &generator),
      roll: .random(in: -60...60, using: &generator))
  }
}()

/// A face of the annotated pictures beside the project.
struct Annotated: Decodable {
  var file: String
  var set: String
  var landmarks68: Landmarks
  /// Pitch, yaw, roll in degrees, in the convention of AFLW2000-3D.
  var pose: [Double]?

  static let faces: [Annotated] = {
    guard let file = sharedFile("media/annotated/annotations.json"),
      let data = FileManager.default.contents(atPath: file)
    else { return [] }
    return (try? JSONDecoder().decode([Annotated].self, from: data)) ?? []
  }()
}

@Suite struct HeadPoseTests {
  static let center = Point(x: 128, y: 128)
  /// Pixels a unit, so that the head fills a picture of 256 pixels.
  static let scale = 1.5

  @Test(arguments: samplePoses)
  func poseOfAProjectedHeadIsFound(pose: Pose) {
    let seen = HeadModel.landmarks(
      pose: pose, scale: HeadPoseTests.scale, center: HeadPoseTests.center)
    #expect(headPose(of: seen).angle(to: pose) < 0.01)
  }

  @Test func aPixelOfNoiseTurnsTheHeadByLessThanTwoDegrees() {
    var generator = SeededGenerator(seed: 1)
    for pose in samplePoses {
      let seen = HeadModel.landmarks(
        pose: pose, scale: HeadPoseTests.scale, center: HeadPoseTests.center)
      let noisy = Landmarks(
        seen.points.map {
          $0
            + Point(
              x: Float(generator.nextGaussian()), y: Float(generator.nextGaussian()))
        })
      #expect(headPose(of: noisy).angle(to: pose) < 2)
    }
  }

  @Test func noTurnFromTheBestPoseFitsBetter() {
    var generator = SeededGenerator(seed: 2)
    for pose in samplePoses {
      let seen = HeadModel.landmarks(
        pose: pose, scale: HeadPoseTests.scale, center: HeadPoseTests.center)
      let noisy = Landmarks(
        seen.points.map {
          $0
            + Point(
              x: Float(4 * generator.nextGaussian()), y: Float(4 * generator.nextGaussian()))
        })
      let found = headPose(of: noisy)
      let least = headMisfit(of: noisy)
      for turn in [-0.3, 0.3] {
        for (yaw, pitch, roll) in [(turn, 0, 0), (0, turn, 0), (0, 0, turn)] {
          let other = Pose(
            yaw: found.yaw + yaw, pitch: found.pitch + pitch, roll: found.roll + roll)
          #expect(headMisfit(of: noisy, pose: other) > least)
        }
      }
    }
  }

  @Test(arguments: samplePoses)
  func mirroredLandmarksHaveTheMirroredPose(pose: Pose) {
    let seen = HeadModel.landmarks(
      pose: pose, scale: HeadPoseTests.scale, center: HeadPoseTests.center)
    // Away from the model, so that the law is not only one of the model.
    let stretched = seen.mapped(by: AffineTransform(a: 1.1, b: 0, tx: 0, c: 0, d: 1, ty: 0))
    let mirrored = headPose(of: stretched.mirrored(width: 256))
    #expect(mirrored.angle(to: headPose(of: stretched).mirrored) < 0.01)
  }

  @Test(arguments: [-50.0, 10, 90])
  func turningThePictureTurnsOnlyTheRoll(degrees: Double) {
    let turned = sampleLandmarks.mapped(by: .rotation(degrees * .pi / 180))
    let (before, after) = (headPose(of: sampleLandmarks), headPose(of: turned))
    #expect(abs(after.yaw - before.yaw) < 0.01)
    #expect(abs(after.pitch - before.pitch) < 0.01)
    #expect(abs(after.roll - before.roll - degrees) < 0.01)
  }

  @Test func sizeAndPlaceDoNotTurnTheHead() {
    let moved = sampleLandmarks.mapped(by: .scale(0.2).then(.translation(x: 500, y: -40)))
    #expect(headPose(of: moved).angle(to: headPose(of: sampleLandmarks)) < 0.01)
  }

  @Test func poseChangesSmoothlyWithTheHead() {
    var last: Pose?
    for step in 0..<160 {
      let pose = Pose(yaw: Double(step) - 80, pitch: 12, roll: 5)
      let seen = HeadModel.landmarks(pose: pose, scale: 1.5, center: HeadPoseTests.center)
      let found = headPose(of: seen)
      if let last { #expect(found.angle(to: last) < 1.5) }
      last = found
    }
  }

  @Test func landmarksOnOnePointHaveSomePose() {
    let point = Landmarks([Point](repeating: Point(x: 5, y: 5), count: Landmarks.count))
    #expect(headPose(of: point).yaw.isFinite)
  }

  // The annotated faces lie beside the project and are not part of it.
  @Test(.enabled(if: !Annotated.faces.isEmpty))
  func annotatedPosesAreFoundToAFewDegrees() throws {
    var errors: [(yaw: Double, pitch: Double, roll: Double)] = []
    for face in Annotated.faces {
      guard let angles = face.pose, abs(angles[1]) <= 60 else { continue }
      let truth = Pose(aflw: PeerAngles(pitch: angles[0], yaw: angles[1], roll: angles[2]))
      let found = headPose(of: face.landmarks68)
      errors.append(
        (
          abs(found.yaw - truth.yaw), abs(found.pitch - HeadModel.zeroOfAFLW - truth.pitch),
          abs(found.roll - truth.roll)
        ))
    }
    let count = Double(errors.count)
    #expect(errors.count > 40)
    #expect(errors.map(\.yaw).reduce(0, +) / count < 2)
    #expect(errors.map(\.pitch).reduce(0, +) / count < 3.5)
    #expect(errors.map(\.roll).reduce(0, +) / count < 2)
  }

  @Test(arguments: samplePoses)
  func peersAnglesComeBack(pose: Pose) {
    #expect(Pose(deepFaceLab: pose.deepFaceLab).angle(to: pose) < 1e-5)
    #expect(Pose(faceswap: pose.faceswap).angle(to: pose) < 1e-5)
  }

  // The golden file lies beside the project and is not part of it.
  @Test(.enabled(if: Golden.faces != nil))
  func peersAnglesHaveThePeersSigns() throws {
    // Between the two golden faces, one frontal and one turned, the peers' own angles must change
    // the same way as ours do when written as theirs.
    let faces = try #require(Golden.faces)
    let frontal = try #require(faces["A"])
    let turned = try #require(faces["B"])
    let (from, to) = (headPose(of: frontal.landmarks), headPose(of: turned.landmarks))
    let ours = to.deepFaceLab.yaw - from.deepFaceLab.yaw
    let theirs = turned.dfl.angles[1] - frontal.dfl.angles[1]
    #expect(abs(ours - theirs) < 0.2)
    #expect((to.deepFaceLab.pitch - from.deepFaceLab.pitch) > 0)
    #expect(turned.dfl.angles[0] > frontal.dfl.angles[0])
    let yaw = (to.faceswap.yaw - from.faceswap.yaw)
    #expect(abs(yaw - (turned.faceswap.angles[1] - frontal.faceswap.angles[1])) < 6)
    #expect((to.faceswap.pitch - from.faceswap.pitch) < 0)
    #expect(turned.faceswap.angles[0] < frontal.faceswap.angles[0])
  }
}
