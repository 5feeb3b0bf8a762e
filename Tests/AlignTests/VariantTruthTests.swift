import Align
import FaceCore
import Foundation
import SyntheticFaces
import Testing
import Trainer

/// Changed pictures of rendered people against what those people look like then.
@Suite struct VariantTruthTests {
  private static let side = 128
  private static let cell = FaceCell(PoseCell(yaw: 4, pitch: 2))

  private static let bob = FaceRenderer(head: .bob)

  private func crop(_ pose: Pose, _ light: SceneLight) -> FacePicture {
    var scene = Scene(
      pose: pose, position: [0, 6, 70], light: light,
      camera: SceneCamera(width: 200, height: 200, focal: 420))
    scene.grain = 0
    let frame = Self.bob.render(scene)
    let (image, map) = Align.crop(
      frame.image, landmarks: frame.landmarks, type: .full, size: Self.side)
    let landmarks = frame.landmarks.mapped(by: map)
    let found = headPose(of: landmarks)
    return FacePicture(
      image: image, landmarks: landmarks, pose: found,
      light: faceLight(of: landmarks, pose: found, in: GrayImage(image)))
  }

  private func changed(_ face: FacePicture, by variant: FaceVariant) throws -> FacePicture {
    var generator = SeededGenerator(seed: 1)
    return try face.changed(by: variant, using: &generator)
  }

  /// Decibels inside the true face.
  private func psnr(_ face: FacePicture, _ truth: FacePicture) -> Double {
    let mask = FaceMask.training
    let inside = mask.render(mask.outline(of: truth.landmarks), width: Self.side, height: Self.side)
    var (sum, count) = (0.0, 0.0)
    for index in inside.indices where inside[index] > 0.5 {
      for at in 3 * index..<3 * index + 3 {
        let difference = Double(face.image.bytes[at]) - Double(truth.image.bytes[at])
        (sum, count) = (sum + difference * difference, count + 1)
      }
    }
    return 10 * log10(255 * 255 * count / sum)
  }

  private static let even = SceneLight(
    ambient: .init(0.5, 0.5, 0.5), sky: .init(0.1, 0.1, 0.1), keyAzimuth: 0, keyElevation: 20,
    keyStrength: 0.1)

  @Test(arguments: [(0.0, 10.0, 0.0, 8.0), (-20, -10, 0, 2), (0, 0, 10, 6), (15, -10, 0, 10)])
  func aTurnedHeadIsNearerToTheHeadThatTurned(
    yaw: Double, by: Double, up: Double, gain: Double
  ) throws {
    let pose = Pose(yaw: yaw, pitch: 0, roll: 0)
    let turn = FaceVariant.Turn(yaw: by, pitch: up)
    let (face, truth) = (crop(pose, Self.even), crop(pose.turned(by: turn), Self.even))
    let made = try changed(face, by: FaceVariant(cell: Self.cell, rotate: turn))
    #expect(psnr(made, truth) > psnr(face, truth) + gain)
    func apart(_ face: FacePicture) -> Float {
      (17..<68).reduce(0) { $0 + face.landmarks[$1].distance(to: truth.landmarks[$1]) } / 51
    }
    #expect(apart(made) < 0.55 * apart(face))
    let found = headPose(of: made.landmarks)
    #expect(abs(found.yaw - made.pose.yaw) < 3 && abs(found.pitch - made.pose.pitch) < 3)
  }

  private func lit(from angle: Float, _ strength: Float) -> SceneLight {
    var light = SceneLight(
      ambient: .init(0.3, 0.3, 0.3), sky: .init(0, 0, 0), keyAzimuth: 0, keyElevation: 0,
      keyColor: .init(1, 1, 1), keyStrength: strength)
    light.keyDirection = [sin(0.9) * cos(angle), -sin(0.9) * sin(angle), -cos(0.9)]
    return light
  }

  @Test(arguments: [0.3, 2.5, -1.2] as [Float])
  func aRelitFaceIsMeasuredInTheLightItWasGiven(angle: Float) throws {
    let face = crop(Pose(yaw: 10, pitch: 0, roll: 0), lit(from: angle, 0.3))
    let own = try #require(face.light)
    var tried = 0
    for goal in LightBin.allCases where own.bin.isBeside(goal) {
      let made = try changed(
        face, by: FaceVariant(cell: Self.cell, relight: own.moved(into: goal)))
      let found = faceLight(of: made.landmarks, pose: made.pose, in: GrayImage(made.image))
      // Flat light moves to any side, which may be the one opposite to where it came from.
      let isNear = own.bin == .flat && found?.bin.isBeside(goal) == true
      #expect(found?.bin == goal || isNear)
      tried += 1
    }
    #expect(tried >= 3)
  }

  @Test(
    arguments: [(0.3, 1.1, 0.3), (2.5, 2.5, 0.5), (-1.2, -0.4, 0.4)] as [(Float, Float, Float)])
  func aRelitFaceIsNearerToTheFaceInThatLight(from: Float, to: Float, strength: Float) throws {
    let pose = Pose(yaw: -8, pitch: 0, roll: 0)
    let (face, truth) = (crop(pose, lit(from: from, 0.3)), crop(pose, lit(from: to, strength)))
    let goal = try #require(truth.light)
    let made = try changed(face, by: FaceVariant(cell: Self.cell, relight: goal))
    #expect(psnr(made, truth) > psnr(face, truth) + 4)
  }
}
