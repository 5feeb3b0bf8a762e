import Align
import FaceCore
import Foundation
import SyntheticFaces

/// A rendered face with what is known of it and what was found.
struct Sample {
  let truth: Light
  let levels: [Double?]
  let found: Light?
  let milliseconds: Double
}

/// How a scene is lit.
enum SceneKind: String, CaseIterable {
  /// One key light from anywhere before the face and some light from all sides; each eighth without the key.
  case key
  /// Surroundings that are brighter toward a direction from anywhere, and no key.
  case gradient
  /// Both.
  case gradientAndKey = "gradient and key"
}

/// Faces of a person in pictures of 480 × 480, turned by up to 35° and 12°.
func samples(
  of person: FaceIdentity, in kind: SceneKind, count: Int, using aligner: FaceAligner
) throws -> [Sample] {
  var generator = SeededGenerator(seed: UInt64(person.seed))
  let renderer = FaceRenderer(head: person)
  return try (0..<count).compactMap { index in
    let light = kind.light(index, using: &generator)
    let pose = Pose(
      yaw: Double(Float.random(in: -35...35, using: &generator)),
      pitch: Double(Float.random(in: -12...12, using: &generator)), roll: 0)
    let scene = Scene(
      pose: pose, position: [0, 8, 60], light: light,
      camera: SceneCamera(width: 480, height: 480, focal: 800))
    let luma = GrayImage(renderer.render(scene).image)
    guard let face = try aligner.faces(in: luma).first else { return nil }
    let start = ContinuousClock.now
    let found = faceLight(of: face.landmarks, pose: face.pose, in: luma)
    return Sample(
      truth: light.truth(pose: pose),
      levels: zoneLevels(of: face.landmarks, pose: face.pose, in: luma), found: found,
      milliseconds: start.duration(to: .now) / .milliseconds(1))
  }
}

extension SceneKind {
  /// The light of the scene with that number.
  func light(_ index: Int, using generator: inout SeededGenerator) -> SceneLight {
    func random(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    /// Degrees away from the camera.
    func direction(_ tilts: ClosedRange<Float>) -> SIMD3<Float> {
      let (tilt, turn) = (random(tilts) * .pi / 180, random(-180...180) * .pi / 180)
      return [sin(tilt) * cos(turn), -sin(tilt) * sin(turn), -cos(tilt)]
    }
    let key = direction(20...80)
    let even = random(0.1...0.4)
    var light = SceneLight(
      ambient: .init(even, even, even), sky: .init(0, 0, 0), keyAzimuth: 0, keyElevation: 0,
      keyStrength: self == .gradient || index % 8 == 0 ? 0 : random(0.3...0.8))
    light.keyDirection = [key.x, key.y, key.z]
    if self != .key {
      // Radiance base · (1 + slope · direction), as band 0 and 1: none is dark.
      let slope = direction(10...100) * (even * random(0.3...1) * 2.0467)
      for channel in 0..<3 {
        light.surroundings[channel].replaceSubrange(1..<4, with: [slope.y, slope.z, slope.x])
      }
    }
    return light
  }
}
