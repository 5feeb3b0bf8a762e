import FaceCore
import Foundation
import Testing
import Trainer

struct LabColorTests {
  /// Published values, for instance by Lindbloom's calculator, D65 without adaptation.
  @Test(
    arguments: [
      ([1, 1, 1], [100, 0, 0]), ([0, 0, 0], [0, 0, 0]), ([1, 0, 0], [53.24, 80.09, 67.20]),
      ([0, 1, 0], [87.73, -86.18, 83.18]), ([0, 0, 1], [32.30, 79.19, -107.86]),
      ([1, 1, 0], [97.14, -21.55, 94.48]), ([0.5, 0.5, 0.5], [53.39, 0, 0]),
    ] as [([Float], [Float])])
  func labHasThePublishedValues(rgb: [Float], expected: [Float]) {
    let lab = LabColor.lab(fromSRGB: SIMD4(rgb[0], rgb[1], rgb[2], 0.25))
    for channel in 0..<3 { #expect(abs(lab[channel] - expected[channel]) < 0.02) }
    #expect(lab.w == 0.25)
  }

  @Test func theCurveIsThatOfTheStandard() {
    for step in 0...1000 {
      let value = Double(step) / 1000
      let linear = value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
      let color = LabColor.linear(fromSRGB: SIMD4(repeating: Float(value)))
      #expect(abs(Double(color.x) - linear) < 2e-6)
      let back = LabColor.srgb(fromLinear: SIMD4(repeating: Float(linear)))
      #expect(abs(Double(back.y) - value) < 2e-6)
    }
  }

  @Test func everyByteColorReturnsFromLab() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let color = SIMD4<Float>(
        .random(in: 0...1, using: &generator), .random(in: 0...1, using: &generator),
        .random(in: 0...1, using: &generator), 1)
      let back = LabColor.srgb(fromLab: LabColor.lab(fromSRGB: color))
      for channel in 0..<3 { #expect(abs(back[channel] - color[channel]) < 1e-4) }
    }
  }
}
