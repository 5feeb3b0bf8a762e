import Foundation

/// A 2 × 3 affine map of the plane: `x' = a·x + b·y + tx`, `y' = c·x + d·y + ty`.
public struct AffineTransform: Hashable, Sendable {
  public var a, b, tx, c, d, ty: Double

  public init(a: Double, b: Double, tx: Double, c: Double, d: Double, ty: Double) {
    (self.a, self.b, self.tx, self.c, self.d, self.ty) = (a, b, tx, c, d, ty)
  }

  public static let identity = AffineTransform(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0)

  public static func translation(x: Double, y: Double) -> AffineTransform {
    AffineTransform(a: 1, b: 0, tx: x, c: 0, d: 1, ty: y)
  }

  public static func scale(_ factor: Double) -> AffineTransform {
    AffineTransform(a: factor, b: 0, tx: 0, c: 0, d: factor, ty: 0)
  }

  /// Turns clockwise on screen.
  ///
  /// `angle` in radians.
  public static func rotation(_ angle: Double) -> AffineTransform {
    AffineTransform(
      a: cos(angle), b: -sin(angle), tx: 0, c: sin(angle), d: cos(angle), ty: 0)
  }

  public var determinant: Double { a * d - b * c }

  /// Pixels of output for one pixel of input along a line.
  public var meanScale: Double { abs(determinant).squareRoot() }

  /// The map that undoes this one.
  ///
  /// Traps when the map is singular.
  public var inverse: AffineTransform {
    let scale = determinant
    precondition(scale != 0, "a singular transform has no inverse")
    return AffineTransform(
      a: d / scale, b: -b / scale, tx: (b * ty - d * tx) / scale,
      c: -c / scale, d: a / scale, ty: (c * tx - a * ty) / scale)
  }

  /// This map, followed by `next`.
  public func then(_ next: AffineTransform) -> AffineTransform {
    AffineTransform(
      a: next.a * a + next.b * c, b: next.a * b + next.b * d,
      tx: next.a * tx + next.b * ty + next.tx,
      c: next.c * a + next.d * c, d: next.c * b + next.d * d,
      ty: next.c * tx + next.d * ty + next.ty)
  }

  public func apply(_ point: Point) -> Point {
    let x = Double(point.x)
    let y = Double(point.y)
    return Point(x: Float(a * x + b * y + tx), y: Float(c * x + d * y + ty))
  }
}

/// Written as `[a, b, tx, c, d, ty]`.
extension AffineTransform: Codable {
  public init(from decoder: any Decoder) throws {
    var values = try decoder.unkeyedContainer()
    self.init(
      a: try values.decode(Double.self), b: try values.decode(Double.self),
      tx: try values.decode(Double.self), c: try values.decode(Double.self),
      d: try values.decode(Double.self), ty: try values.decode(Double.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.unkeyedContainer()
    for value in [a, b, tx, c, d, ty] { try values.encode(value) }
  }
}
