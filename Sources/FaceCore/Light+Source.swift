/// Light that is even but for one source.
///
/// The first order says from where the source shines and how strongly; the second is the source's own where
/// it is a point far away, and less where it is wide.
extension Light {
  /// The second order over the length of the first, for the harmonics of a point's direction: the clamped
  /// cosine's coefficients, 1/4 and 2/3 (Basri and Jacobs, 2003), the latter times 0.488603.
  package static let secondOverFirst = 0.25 / (0.488603 * 2 / 3)

  /// The constant over the length of the first order, for a point and no other light: the least there is.
  package static let leastConstant = 0.282095 / (0.488603 * 2 / 3)

  /// Five real harmonics of second order, 2−2 to 22, at a direction of unit length; three zeros behind them.
  package static func secondOrder(_ d: SIMD3<Double>) -> SIMD8<Double> {
    SIMD8(
      1.092548 * d.x * d.y, 1.092548 * d.y * d.z,
      0.315392 * (2 * d.z * d.z - d.x * d.x - d.y * d.y), 1.092548 * d.x * d.z,
      0.546274 * (d.x * d.x - d.y * d.y), 0, 0, 0)
  }

  /// - Parameters:
  ///   - first: The coefficients 00, 1−1, 10 and 11.
  ///   - hardness: Of the source: 0 is wide, 1 a point.
  package init(first: SIMD4<Double>, hardness: Double) {
    let toward = SIMD3(first.w, first.y, first.z)
    let length = (toward * toward).sum().squareRoot()
    let second =
      length > 0
      ? Light.secondOrder(toward / length) * (hardness * length * Light.secondOverFirst) : .zero
    self.init(
      harmonics: [
        first.x, first.y, first.z, first.w, second[0], second[1], second[2], second[3], second[4],
      ].map { Float($0) })
  }

  /// Of the source, 0 to 1, by how long the second order is.
  package var hardness: Double {
    func length(_ part: Range<Int>) -> Double {
      harmonics[part].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    // The harmonics of any direction are as long: √(5/4π).
    let point = length(1..<4) * Light.secondOverFirst * 0.630783
    return point > 0 ? min(1, length(4..<9) / point) : 1
  }
}
