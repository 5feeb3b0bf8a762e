import FaceCore
import Foundation

extension Pixels {
  /// Each colour away from its luma (BT.601) by the saturation, then each channel by its gain.
  mutating func change(_ color: FaceVariant.Color) {
    let gain = SIMD4(Float(color.gain[0]), Float(color.gain[1]), Float(color.gain[2]), 1)
    let saturation = Float(color.saturation)
    for index in values.indices {
      let value = values[index]
      let luma = 0.299 * value.x + 0.587 * value.y + 0.114 * value.z
      let grey = SIMD4(luma, luma, luma, value.w)
      values[index] = (grey + (value - grey) * saturation) * gain
    }
  }

  /// Adds normal noise, alike in all channels of a pixel; its deviation in 8-bit steps.
  ///
  /// Source: Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.
  mutating func add(noise: Double, using generator: inout some RandomNumberGenerator) {
    let unit = 1.0 / Double(1 << 53)
    for first in stride(from: 0, to: values.count, by: 2) {
      let (one, other): (UInt64, UInt64) = (generator.next(), generator.next())
      // Above 0, so that it has a logarithm.
      let length = Double((one >> 11) + 1) * unit
      let angle = Double(other >> 11) * unit * 2 * .pi
      let size = noise / 255 * (-2 * log(length)).squareRoot()
      for (index, part) in [(first, cos(angle)), (first + 1, sin(angle))]
      where index < values.count {
        let step = Float(size * part)
        values[index] += SIMD4(step, step, step, 0)
      }
    }
  }

  /// Smeared by a Gaussian, then along a line; the edge goes on outside.
  mutating func smear(_ blur: FaceVariant.Blur) {
    if blur.sigma > 0 {
      let reach = max(1, Int((3 * blur.sigma).rounded(.up)))
      let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * blur.sigma * blur.sigma)) }
      let total = weights.reduce(0, +)
      let parts = weights.map { Float($0 / total) }
      weigh(parts, across: true)
      weigh(parts, across: false)
    }
    if let length = blur.length, length > 0 {
      let angle = (blur.angle ?? 0) * .pi / 180
      let (c, s) = (cos(angle), -sin(angle))
      let count = max(2, Int((2 * length).rounded(.up)))
      sum(
        (0..<count).map { index in
          let along = ((Double(index) + 0.5) / Double(count) - 0.5) * length
          return (x: Float(along * c), y: Float(along * s), weight: 1 / Float(count))
        })
    }
  }

  /// Every pixel the weighted sum of those about it in its row or column.
  private mutating func weigh(_ weights: [Float], across: Bool) {
    let source = values
    let (pixels, parts) = (source.span, weights.span)
    let reach = weights.count / 2
    let end = (across ? width : height) - 1
    for y in 0..<height {
      for x in 0..<width {
        var sum = SIMD4<Float>.zero
        for tap in 0..<parts.count {
          let place = max(0, min(end, (across ? x : y) + tap - reach))
          sum += parts[tap] * pixels[across ? y * width + place : place * width + x]
        }
        values[y * width + x] = sum
      }
    }
  }

  /// Every pixel the weighted sum of what lies at these places from it.
  private mutating func sum(_ taps: [(x: Float, y: Float, weight: Float)]) {
    let source = values
    let pixels = source.span
    for y in 0..<height {
      for x in 0..<width {
        var sum = SIMD4<Float>.zero
        for tap in taps {
          sum +=
            tap.weight
            * bilinear(
              pixels, width: width, height: height, x: Float(x) + tap.x, y: Float(y) + tap.y)
        }
        values[y * width + x] = sum
      }
    }
  }

  /// The picture a mesh makes of this one; what no triangle reaches stays, and what turns over is hidden
  /// by what is nearer.
  mutating func warp(_ mesh: WarpMesh) {
    let source = values
    let pixels = source.span
    for (index, origin) in mesh.origins(width: width, height: height).enumerated() {
      values[index] = cubic(
        pixels, width: width, height: height, x: origin.x - 0.5, y: origin.y - 0.5)
    }
  }
}
