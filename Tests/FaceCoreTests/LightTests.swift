import FaceCore
import Foundation
import Testing

@Suite struct LightTests {
  /// Light of that contrast from an angle, degrees counter-clockwise from image right; `depth` from
  /// the camera.
  static func light(angle: Double, contrast: Double, depth: Double = 0) -> Light {
    var harmonics = [Float](repeating: 0, count: 9)
    harmonics[0] = 2
    harmonics[1] = Float(-sin(angle * .pi / 180) * contrast * 2)
    harmonics[2] = Float(-depth * 2)
    harmonics[3] = Float(cos(angle * .pi / 180) * contrast * 2)
    return Light(harmonics: harmonics)
  }

  @Test(arguments: [
    (0.0, "right"), (45, "up-right"), (90, "up"), (135, "up-left"), (180, "left"),
    (-135, "down-left"), (-90, "down"), (-45, "down-right"),
  ])
  func binsAreNamedForWhereTheLightIs(angle: Double, name: String) {
    for nearby in [angle - 20, angle, angle + 20] {
      #expect(LightTests.light(angle: nearby, contrast: 0.25).bin.rawValue == name + "-soft")
      #expect(LightTests.light(angle: nearby, contrast: 0.6).bin.rawValue == name + "-hard")
    }
  }

  @Test func lightFromTheCameraIsFlat() {
    #expect(LightTests.light(angle: 0, contrast: 0.1).bin == .flat)
    #expect(LightTests.light(angle: 90, contrast: 0.1, depth: 0.9).bin == .flat)
    #expect(Light(harmonics: [Float](repeating: 0, count: 9)).bin == .flat)
  }

  @Test func brightnessDoesNotMatter() {
    for angle in stride(from: 0.0, to: 360, by: 30) {
      let light = LightTests.light(angle: angle, contrast: 0.3)
      #expect(Light(harmonics: light.harmonics.map { $0 * 7 }).bin == light.bin)
    }
  }
}
