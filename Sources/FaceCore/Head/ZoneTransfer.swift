/// What light does to one zone of the face: how bright it makes it, with its shape, its own shadow and
/// shades that are a person's mean.
///
/// Precomputed radiance transfer (Sloan, Kautz and Snyder, SIGGRAPH 2002), measured on rendered heads for
/// a light that is even but for one source. Such a source throws shadows, which even light does not, so
/// that its constant tells otherwise on a zone than even light's: that is `source`.
package struct ZoneTransfer: Sendable {
  /// What the coefficients 00, 1−1, 10 and 11 of `Light` are multiplied by.
  package let first: SIMD4<Double>
  /// What the length of the first order is multiplied by.
  package let source: Double
  /// What the second order, 2−2 to 22, is multiplied by; three zeros behind it.
  package let second: SIMD8<Double>
  /// How much the zone counts: more where people's shades hardly differ, less at brows and beards.
  package let trust: Double

  /// From the eleven numbers of a row of the table, in the order above.
  init(_ row: [Double]) {
    first = SIMD4(row[0], row[1], row[2], row[3])
    source = row[4]
    second = SIMD8(row[5], row[6], row[7], row[8], row[9], 0, 0, 0)
    trust = row[10]
  }

  /// Linear luminance of the zone in a light.
  package func level(in light: Light) -> Double {
    let h = light.harmonics.map { Double($0) }
    let length = (h[1] * h[1] + h[2] * h[2] + h[3] * h[3]).squareRoot()
    return (first * SIMD4(h[0], h[1], h[2], h[3])).sum() + source * length
      + (second * SIMD8(h[4], h[5], h[6], h[7], h[8], 0, 0, 0)).sum()
  }
}
