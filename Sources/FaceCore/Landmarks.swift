/// The 68 points of a face in the iBUG 300-W order, in pixels.
///
/// "Left" and "right" are those of the image. Source: Sagonas et al., "300 Faces in-the-Wild
/// Challenge", 2013.
public struct Landmarks: Hashable, Sendable {
  public static let count = 68
  public static let jaw = 0..<17
  public static let leftBrow = 17..<22
  public static let rightBrow = 22..<27
  public static let noseBridge = 27..<31
  public static let nostrils = 31..<36
  public static let leftEye = 36..<42
  public static let rightEye = 42..<48
  public static let outerLips = 48..<60
  public static let innerLips = 60..<68

  public let points: [Point]

  /// Traps unless there are 68 points.
  public init(_ points: [Point]) {
    precondition(points.count == Landmarks.count, "a face has 68 landmarks")
    self.points = points
  }

  public subscript(index: Int) -> Point { points[index] }

  public func mean(of range: Range<Int>) -> Point {
    points[range].reduce(Point(x: 0, y: 0), +) * (1 / Float(range.count))
  }

  public var box: Box { Box(around: points) }

  /// Distance between the centres of the eyes, in pixels.
  public var interEyeDistance: Float {
    mean(of: Landmarks.leftEye).distance(to: mean(of: Landmarks.rightEye))
  }

  public func mapped(by transform: AffineTransform) -> Landmarks {
    Landmarks(points.map(transform.apply))
  }

  /// The landmarks of the mirrored image of this width: moved, and renamed left for right.
  public func mirrored(width: Float) -> Landmarks {
    Landmarks(Landmarks.mirrorOrder.map { Point(x: width - points[$0].x, y: points[$0].y) })
  }

  /// For each landmark, the one that takes its place in a mirror.
  public static let mirrorOrder: [Int] =
    Array((0..<17).reversed()) + Array((17..<27).reversed()) + [27, 28, 29, 30]
    + [35, 34, 33, 32, 31] + [45, 44, 43, 42, 47, 46] + [39, 38, 37, 36, 41, 40]
    + [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55] + [64, 63, 62, 61, 60, 67, 66, 65]
}

/// Written as 68 pairs `[x, y]`.
extension Landmarks: Codable {
  public init(from decoder: any Decoder) throws {
    let points = try decoder.singleValueContainer().decode([Point].self)
    guard points.count == Landmarks.count else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a face has 68 landmarks"))
    }
    self.init(points)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(points)
  }
}
