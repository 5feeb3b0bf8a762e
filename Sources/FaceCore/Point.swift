/// A position in an image, in pixels: x right, y down, pixel centres at .5.
public struct Point: Hashable, Sendable, Codable {
  public var x: Float
  public var y: Float

  public init(x: Float, y: Float) {
    self.x = x
    self.y = y
  }

  public static func + (left: Point, right: Point) -> Point {
    Point(x: left.x + right.x, y: left.y + right.y)
  }

  public static func - (left: Point, right: Point) -> Point {
    Point(x: left.x - right.x, y: left.y - right.y)
  }

  public static func * (point: Point, factor: Float) -> Point {
    Point(x: point.x * factor, y: point.y * factor)
  }

  /// Distance to another point, in pixels.
  public func distance(to other: Point) -> Float {
    let delta = self - other
    return (delta.x * delta.x + delta.y * delta.y).squareRoot()
  }

  /// Written as `[x, y]`.
  public init(from decoder: any Decoder) throws {
    var values = try decoder.unkeyedContainer()
    x = try values.decode(Float.self)
    y = try values.decode(Float.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.unkeyedContainer()
    try values.encode(x)
    try values.encode(y)
  }
}
