/// Gives one face the colours of another: mean and deviation of each channel in CIELAB.
///
/// Source: Reinhard, Ashikhmin, Gooch and Shirley, "Color Transfer between Images", 2001, in L*a*b*
/// where they use lαβ.
public struct ColorMatch: Hashable, Sendable, Codable {
  /// How much of the change is made, 0 to 1.
  public var strength: Float
  /// Contrast is changed by at most this factor up or down, so that a flat face does not turn
  /// into amplified noise.
  public var contrastLimit: Float

  public init(strength: Float = 1, contrastLimit: Float = 2) {
    (self.strength, self.contrastLimit) = (strength, contrastLimit)
  }

  /// Changes `face` to the statistics of `target`; both are weighted by `mask`, one value a pixel.
  func apply(to face: inout Pixels, target: Pixels, mask: [Float]) {
    let lab = face.values.map(LabColor.lab(fromSRGB:))
    guard let own = LabStatistics(lab, mask: mask),
      let wanted = LabStatistics(target.values.map(LabColor.lab(fromSRGB:)), mask: mask)
    else { return }
    let limit = SIMD4(repeating: contrastLimit)
    let ratio = (wanted.deviation / pointwiseMax(own.deviation, SIMD4(repeating: 1e-3)))
      .clamped(lowerBound: 1 / limit, upperBound: limit)
    for index in 0..<lab.count {
      var matched = (lab[index] - own.mean) * ratio + wanted.mean
      matched = lab[index] + (matched - lab[index]) * strength
      matched.w = face.values[index].w
      face.values[index] = LabColor.srgb(fromLab: matched)
    }
  }
}

/// Weighted mean and deviation of each channel.
struct LabStatistics: Sendable {
  let mean: SIMD4<Float>
  let deviation: SIMD4<Float>

  /// Nil when the mask is empty.
  init?(_ lab: [SIMD4<Float>], mask: [Float]) {
    precondition(lab.count == mask.count, "one weight a pixel")
    var weight: Float = 0
    var sum = SIMD4<Float>.zero
    for index in 0..<lab.count {
      weight += mask[index]
      sum += lab[index] * mask[index]
    }
    guard weight > 0 else { return nil }
    let mean = sum / weight
    var squares = SIMD4<Float>.zero
    for index in 0..<lab.count {
      let difference = lab[index] - mean
      squares += difference * difference * mask[index]
    }
    self.mean = mean
    deviation = (squares / weight).squareRoot()
  }
}
