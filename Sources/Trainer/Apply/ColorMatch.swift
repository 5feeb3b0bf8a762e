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
  ///
  /// Only pixels up to `margin` around the mask are changed: no others are ever shown.
  func apply(to face: inout Pixels, target: Pixels, mask: [Float], margin: Int) {
    guard let own = LabStatistics(face.values, mask: mask),
      let wanted = LabStatistics(target.values, mask: mask)
    else { return }
    let limit = SIMD4(repeating: contrastLimit)
    let ratio = (wanted.deviation / (own.deviation + 1e-3))
      .clamped(lowerBound: 1 / limit, upperBound: limit)
    let shown = mask.indices.filter { mask[$0] > 0 }
    let columns = shown.map { $0 % face.width }
    guard let left = columns.min(), let right = columns.max(),
      let first = shown.first, let last = shown.last
    else { return }
    let rows =
      max(0, first / face.width - margin)...min(face.height - 1, last / face.width + margin)
    for row in rows {
      for column in max(0, left - margin)...min(face.width - 1, right + margin) {
        let index = row * face.width + column
        let lab = LabColor.lab(fromSRGB: face.values[index])
        var matched = (lab - own.mean) * ratio + wanted.mean
        matched = lab + (matched - lab) * strength
        matched.w = lab.w
        face.values[index] = LabColor.srgb(fromLab: matched)
      }
    }
  }
}

/// Weighted mean and deviation of each channel in CIELAB.
struct LabStatistics: Sendable {
  let mean: SIMD4<Float>
  let deviation: SIMD4<Float>

  /// Of sRGB colours; nil when the mask is empty.
  init?(_ colors: [SIMD4<Float>], mask: [Float]) {
    precondition(colors.count == mask.count, "one weight a pixel")
    var weight: Float = 0
    var sum = SIMD4<Float>.zero
    var squares = SIMD4<Float>.zero
    // About the middle of the range, so that the squares keep their digits.
    let middle = SIMD4<Float>(50, 0, 0, 0)
    for index in 0..<colors.count where mask[index] > 0 {
      let lab = LabColor.lab(fromSRGB: colors[index]) - middle
      weight += mask[index]
      sum += lab * mask[index]
      squares += lab * lab * mask[index]
    }
    guard weight > 0 else { return nil }
    let offset = sum / weight
    let variance = squares / weight - offset * offset
    mean = offset + middle
    deviation = variance.replacing(with: 0, where: variance .< 0).squareRoot()
  }
}
