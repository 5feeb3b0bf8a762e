/// CIELAB of sRGB colours: L 0 to 100, a and b about ±100, white D65.
///
/// The fourth value of a vector is passed through.
///
/// Sources: IEC 61966-2-1 (sRGB), CIE 15 (L*a*b*). All roots come from Newton's method on a first
/// guess from the float's bits, exact to a few units in the last place.
package enum LabColor {
  /// White of the illuminant D65, 2° observer, Y = 1.
  private static let white = SIMD4<Float>(0.950_47, 1, 1.088_83, 1)

  package static func lab(fromSRGB color: SIMD4<Float>) -> SIMD4<Float> {
    let rgb = linear(fromSRGB: color)
    let x = 0.412_456_4 * rgb.x + 0.357_576_1 * rgb.y + 0.180_437_5 * rgb.z
    let y = 0.212_672_9 * rgb.x + 0.715_152_2 * rgb.y + 0.072_175_0 * rgb.z
    let z = 0.019_333_9 * rgb.x + 0.119_192_0 * rgb.y + 0.950_304_1 * rgb.z
    let share = SIMD4(x, y, z, 1) / white
    let line = share * (841 / 108) + 4 / 29
    let f = cubeRoot(share).replacing(with: line, where: share .<= 0.008_856_452)
    return SIMD4(116 * f.y - 16, 500 * (f.x - f.y), 200 * (f.y - f.z), color.w)
  }

  /// Cut to the range of sRGB, 0 to 1.
  package static func srgb(fromLab lab: SIMD4<Float>) -> SIMD4<Float> {
    let fy = (lab.x + 16) / 116
    let f = SIMD4(fy + lab.y / 500, fy, fy - lab.z / 200, 1)
    let line = (f - 4 / 29) * (108 / 841)
    let xyz = (f * f * f).replacing(with: line, where: f .<= 6 / 29) * white
    let rgb = SIMD4(
      3.240_454_2 * xyz.x - 1.537_138_5 * xyz.y - 0.498_531_4 * xyz.z,
      -0.969_266_0 * xyz.x + 1.876_010_8 * xyz.y + 0.041_556_0 * xyz.z,
      0.055_643_4 * xyz.x - 0.204_025_9 * xyz.y + 1.057_225_2 * xyz.z, 0)
    var color = srgb(fromLinear: rgb.clamped(lowerBound: .zero, upperBound: .one))
    color.w = lab.w
    return color
  }

  package static func linear(fromSRGB color: SIMD4<Float>) -> SIMD4<Float> {
    let base = (color + 0.055) / 1.055
    // x^2.4 = x² · (x²)^(1/5)
    let square = base * base
    let curve = square * fifthRoot(square)
    return curve.replacing(with: color / 12.92, where: color .<= 0.040_45)
  }

  package static func srgb(fromLinear color: SIMD4<Float>) -> SIMD4<Float> {
    // x^(1/2.4) = c · c^(1/4), c = x^(1/3)
    let root = cubeRoot(color)
    let curve = 1.055 * root * root.squareRoot().squareRoot() - 0.055
    return curve.replacing(with: color * 12.92, where: color .<= 0.003_130_8)
  }

  /// Of values above 0; others give something finite.
  private static func cubeRoot(_ x: SIMD4<Float>) -> SIMD4<Float> {
    let positive = x.replacing(with: 1e-12, where: x .< 1e-12)
    var root = guess(positive, share: 1 / 3, bias: 709_982_080)
    for _ in 0..<3 { root = (2 * root + positive / (root * root)) * (1 / 3) }
    return root
  }

  private static func fifthRoot(_ x: SIMD4<Float>) -> SIMD4<Float> {
    let positive = x.replacing(with: 1e-12, where: x .< 1e-12)
    var root = guess(positive, share: 1 / 5, bias: 851_978_496)
    for _ in 0..<3 {
      let square = root * root
      root = (4 * root + positive / (square * square)) * (1 / 5)
    }
    return root
  }

  /// A float's bits are about its logarithm: a share of them is about a root, to some percent.
  ///
  /// The bias is (1 − share) · 127 · 2²³, a little less.
  @inline(__always)
  private static func guess(_ x: SIMD4<Float>, share: Float, bias: Float) -> SIMD4<Float> {
    // Lane by lane: the vector's own conversion is not compiled to instructions.
    func root(_ lane: Float) -> Float {
      let bits = Float(Int32(truncatingIfNeeded: lane.bitPattern)) * share + bias
      return Float(bitPattern: UInt32(bits))
    }
    return SIMD4(root(x.x), root(x.y), root(x.z), root(x.w))
  }
}

extension SIMD4<Float> {
  fileprivate static var one: SIMD4<Float> { SIMD4(repeating: 1) }
}
