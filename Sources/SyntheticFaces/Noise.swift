import Foundation

/// A direction or position; head and camera frames are x right, y down, z away, in centimetres.
typealias Vector = SIMD3<Float>

@inline(__always)
func dot(_ a: Vector, _ b: Vector) -> Float { (a * b).sum() }

@inline(__always)
func cross(_ a: Vector, _ b: Vector) -> Vector {
  Vector(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

@inline(__always)
func normalized(_ v: Vector) -> Vector {
  let square = dot(v, v)
  return square > 1e-20 ? v / square.squareRoot() : Vector(0, 0, -1)
}

@inline(__always)
func mix(_ a: Float, _ b: Float, _ weight: Float) -> Float { a + (b - a) * weight }

@inline(__always)
func mix(_ a: Vector, _ b: Vector, _ weight: Float) -> Vector { a + (b - a) * weight }

/// 0 below `low`, 1 above `high`, a cubic between them.
///
/// `low` may exceed `high`.
@inline(__always)
func smoothstep(_ low: Float, _ high: Float, _ value: Float) -> Float {
  let t = min(1, max(0, (value - low) / (high - low)))
  return t * t * (3 - 2 * t)
}

/// A bell of height 1 whose deviations along the two axes are `width` and `height`.
@inline(__always)
func bump(_ dx: Float, _ width: Float, _ dy: Float, _ height: Float) -> Float {
  let x = dx / width
  let y = dy / height
  let square = x * x + y * y
  return square > 24 ? 0 : exp(-0.5 * square)
}

/// Repeatable noise without state.
enum Noise {
  /// 32 well-mixed bits of three integers.
  @inline(__always)
  static func hash(_ x: Int32, _ y: Int32, _ seed: UInt32) -> UInt32 {
    var bits = UInt32(bitPattern: x) &* 0x9E37_79B1
    bits ^= UInt32(bitPattern: y) &* 0x85EB_CA77
    bits ^= seed &* 0xC2B2_AE3D
    bits = (bits ^ (bits >> 15)) &* 0x2C1B_3C6D
    bits = (bits ^ (bits >> 12)) &* 0x297A_2D39
    return bits ^ (bits >> 15)
  }

  /// One random value a cell, 0 to 1.
  @inline(__always)
  static func cell(_ x: Int32, _ y: Int32, _ seed: UInt32) -> Float {
    Float(hash(x, y, seed) >> 8) * (1 / 16_777_216)
  }

  /// Without a call of the C library, which the compiler would make for the oldest processors.
  @inline(__always)
  private static func floor(_ value: Float) -> Int32 {
    let whole = Int32(value)
    return Float(whole) > value ? whole &- 1 : whole
  }

  /// Smooth noise, 0 to 1, whose features are one unit wide.
  @inline(__always)
  static func value(_ x: Float, _ y: Float, _ seed: UInt32) -> Float {
    let column = floor(x)
    let row = floor(y)
    let fx = smoothstep(0, 1, x - Float(column))
    let fy = smoothstep(0, 1, y - Float(row))
    let upper = mix(cell(column, row, seed), cell(column &+ 1, row, seed), fx)
    let lower = mix(cell(column, row &+ 1, seed), cell(column &+ 1, row &+ 1, seed), fx)
    return mix(upper, lower, fy)
  }

  /// A sum of octaves, 0 to 1.
  static func octaves(_ x: Float, _ y: Float, _ seed: UInt32, count: Int = 3) -> Float {
    var sum: Float = 0
    var weight: Float = 0.5
    var scale: Float = 1
    var total: Float = 0
    for octave in 0..<count {
      sum += weight * value(x * scale, y * scale, seed &+ UInt32(octave) &* 77)
      total += weight
      weight *= 0.5
      scale *= 2.03
    }
    return sum / total
  }
}

/// A curve through knots, without overshoot.
///
/// Source: Fritsch and Butland, "A Method for Constructing Local Monotone Piecewise Cubic
/// Interpolants", 1984.
struct Curve: Sendable {
  let at: [Float]
  let values: [Float]
  private let slopes: [Float]

  init(_ knots: [(at: Float, value: Float)]) {
    at = knots.map(\.at)
    values = knots.map(\.value)
    var secants = [Float]()
    for i in 1..<knots.count {
      secants.append((values[i] - values[i - 1]) / (at[i] - at[i - 1]))
    }
    var slopes = [Float](repeating: 0, count: knots.count)
    slopes[0] = secants[0]
    slopes[knots.count - 1] = secants[knots.count - 2]
    for i in 1..<max(1, knots.count - 1) where secants[i - 1] * secants[i] > 0 {
      slopes[i] = 2 * secants[i - 1] * secants[i] / (secants[i - 1] + secants[i])
    }
    self.slopes = slopes
  }

  func callAsFunction(_ x: Float) -> Float {
    let last = at.count - 1
    if x <= at[0] { return values[0] }
    if x >= at[last] { return values[last] }
    var i = 0
    while x > at[i + 1] { i += 1 }
    let width = at[i + 1] - at[i]
    let t = (x - at[i]) / width
    let t2 = t * t
    let t3 = t2 * t
    return values[i] * (2 * t3 - 3 * t2 + 1) + slopes[i] * width * (t3 - 2 * t2 + t)
      + values[i + 1] * (3 * t2 - 2 * t3) + slopes[i + 1] * width * (t3 - t2)
  }
}
