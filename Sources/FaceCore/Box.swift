/// An upright rectangle in an image, in pixels.
public struct Box: Hashable, Sendable, Codable {
  public var x: Float
  public var y: Float
  public var width: Float
  public var height: Float

  public init(x: Float, y: Float, width: Float, height: Float) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The smallest box that holds all points.
  public init(around points: [Point]) {
    let xs = points.map(\.x)
    let ys = points.map(\.y)
    let left = xs.min() ?? 0
    let top = ys.min() ?? 0
    self.init(
      x: left, y: top, width: (xs.max() ?? 0) - left, height: (ys.max() ?? 0) - top)
  }

  public var area: Float { width * height }
  public var center: Point { Point(x: x + width / 2, y: y + height / 2) }

  /// Its left and upper edges count, the others do not.
  package func contains(_ point: Point) -> Bool {
    point.x >= x && point.y >= y && point.x < x + width && point.y < y + height
  }

  /// Area of the intersection over area of the union, 0 to 1.
  public func overlap(with other: Box) -> Float {
    let shared = sharedArea(with: other)
    return shared > 0 ? shared / (area + other.area - shared) : 0
  }

  /// Area of the intersection over that of the smaller box, 0 to 1: 1 where one holds the other.
  public func containment(with other: Box) -> Float {
    let shared = sharedArea(with: other)
    return shared > 0 ? shared / min(area, other.area) : 0
  }

  private func sharedArea(with other: Box) -> Float {
    let across = min(x + width, other.x + other.width) - max(x, other.x)
    let down = min(y + height, other.y + other.height) - max(y, other.y)
    return across > 0 && down > 0 ? across * down : 0
  }
}
