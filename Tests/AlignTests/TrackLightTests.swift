import Align
import FaceCore
import Foundation
import Testing

@Suite struct TrackLightTests {
  /// A head that turns from −40° to 40° in a light that stays, as the camera sees it.
  private struct Turning {
    let poses: [Pose]
    let faces: [Landmarks]
    /// In the head's frame.
    let truth: [Light]

    /// `lamp` is the first order over the constant in the camera's frame, frame by frame.
    init(count: Int = 41, range: Double = 40, lamp: (Int) -> SIMD3<Double>) {
      poses = (0..<count).map {
        Pose(yaw: range * (2 * Double($0) / Double(count - 1) - 1), pitch: 5, roll: 0)
      }
      faces = poses.map {
        HeadModel.landmarks(pose: $0, scale: 1.5, center: Point(x: 200, y: 150))
      }
      truth = poses.enumerated().map { frame, pose in
        let (lamp, rows) = (lamp(frame), pose.matrix)
        func turned(_ axis: Int) -> Double {
          lamp.x * rows[axis] + lamp.y * rows[3 + axis] + lamp.z * rows[6 + axis]
        }
        return Light(first: SIMD4(2, 2 * turned(1), 2 * turned(2), 2 * turned(0)), hardness: 0.7)
      }
    }

    /// What is told where these are seen.
    func told(_ seen: [Light?], every: Int = 1) -> [Light?] {
      trackLights(seen, of: faces, poses: poses, ordinals: poses.indices.map { every * $0 })
    }
  }

  private static let steady = Turning { _ in SIMD3(0.3, -0.2, -0.5) }

  private static func apart(_ a: Light?, _ b: Light) -> Double {
    guard let a else { return .infinity }
    return zip(a.harmonics, b.harmonics).reduce(0) { max($0, abs(Double($1.0 - $1.1))) }
  }

  @Test func aLightThatStaysIsToldAsItIs() {
    let told = Self.steady.told(Self.steady.truth)
    for (found, truth) in zip(told, Self.steady.truth) { #expect(Self.apart(found, truth) < 0.02) }
  }

  @Test func trembleIsTakenOut() {
    var generator = SeededGenerator(seed: 3)
    let noisy = Self.steady.truth.map { light in
      Light(
        first: SIMD4(
          2, Double(light.harmonics[1]) + 0.2 * generator.nextGaussian(),
          Double(light.harmonics[2]) + 0.2 * generator.nextGaussian(),
          Double(light.harmonics[3]) + 0.2 * generator.nextGaussian()), hardness: 0.7)
    }
    func mean(_ lights: [Light?]) -> Double {
      let all = zip(lights, Self.steady.truth).map { Self.apart($0, $1) }
      return all.reduce(0, +) / Double(all.count)
    }
    #expect(mean(Self.steady.told(noisy)) < 0.5 * mean(noisy))
  }

  @Test func aFaceThatHidesTooMuchIsToldByItsNeighbours() {
    let turning = Turning(range: 70) { _ in SIMD3(0.3, -0.2, -0.5) }
    let seen = zip(turning.truth, turning.poses).map { abs($1.yaw) > 50 ? nil : $0 }
    #expect(seen.count { $0 == nil } > 8)
    for (found, truth) in zip(turning.told(seen), turning.truth) {
      #expect(Self.apart(found, truth) < 0.02)
    }
    // Nobody knows what it was seconds away.
    #expect(turning.told(seen, every: 40).count { $0 == nil } == seen.count { $0 == nil })
    #expect(turning.told(seen.map { _ in nil }).allSatisfy { $0 == nil })
  }

  @Test func aLampThatIsSwitchedOnIsKept() {
    let switched = Turning { $0 < 20 ? SIMD3(0.7, 0, -0.4) : SIMD3(-0.7, 0, -0.4) }
    let told = switched.told(switched.truth)
    for (found, truth) in zip(told, switched.truth) { #expect(found?.bin == truth.bin) }
  }

  /// Three frames of another lamp among forty, half as far off as a lamp from the other side.
  @Test func aFlashIsKept() {
    let flash = Turning(range: 10) {
      (19...21).contains($0) ? SIMD3(0.6, 0, -0.4) : SIMD3(0, 0, -0.4)
    }
    for (found, truth) in zip(flash.told(flash.truth), flash.truth) {
      #expect(Self.apart(found, truth) < 0.3)
    }
  }

  /// The next frame with a light is the nearest, though more faces lie between on that side.
  @Test func theNearestFrameTellsNotTheNearestFace() {
    let pose = [Pose](repeating: .frontal, count: 4)
    let face = HeadModel.landmarks(pose: .frontal, scale: 1.5, center: Point(x: 200, y: 150))
    func light(_ x: Double) -> Light { Light(first: SIMD4(1, 0, -0.4, x), hardness: 0.7) }
    let told = trackLights(
      [light(0.7), nil, nil, light(-0.7)], of: [Landmarks](repeating: face, count: 4), poses: pose,
      ordinals: [0, 28, 29, 30])
    #expect(told[1]?.bin == light(-0.7).bin)
  }

  @Test func brightnessIsTheFacesOwn() {
    let dimmed = Self.steady.truth.enumerated().map { index, light in
      Light(harmonics: light.harmonics.map { $0 * (index % 2 == 0 ? 1 : 0.5) })
    }
    for (found, seen) in zip(Self.steady.told(dimmed), dimmed) {
      #expect(abs((found?.harmonics[0] ?? 0) - seen.harmonics[0]) < 1e-4)
    }
  }

  @Test func aMirrorMirrorsTheLight() {
    let mirrored = Turning { _ in SIMD3(-0.3, -0.2, -0.5) }
    let one = Self.steady.told(Self.steady.truth)
    for (a, b) in zip(one, mirrored.told(mirrored.truth).reversed()) {
      #expect(Self.apart(a?.mirrored, b ?? Light(harmonics: .init(repeating: 9, count: 9))) < 0.01)
    }
  }
}
