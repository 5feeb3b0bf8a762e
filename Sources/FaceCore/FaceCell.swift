/// One bin of yaw × pitch, and of light and expression where those are asked for, written
/// `y4p2/left-hard/mouth-open`.
///
/// What is nil is not looked at, or unknown: a face whose light cannot be told lies in `y4p2`.
public struct FaceCell: Hashable, Sendable {
  public var pose: PoseCell
  public var light: LightBin?
  public var expression: ExpressionBin?

  public init(_ pose: PoseCell, light: LightBin? = nil, expression: ExpressionBin? = nil) {
    (self.pose, self.light, self.expression) = (pose, light, expression)
  }

  /// The cell of the mirror image.
  public var mirrored: FaceCell {
    FaceCell(pose.mirrored, light: light?.mirrored, expression: expression)
  }

  /// The cell it shares with its mirror image: the one to image right, and of frontal faces the one
  /// whose light comes first in `LightBin`'s order.
  public var folded: FaceCell {
    max(pose, pose.mirrored) == pose && !isLitFromLater ? self : mirrored
  }

  private var isLitFromLater: Bool {
    guard pose == pose.mirrored, let light else { return false }
    return light.mirrored < light
  }

  public var name: String {
    ([pose.name] + [light?.rawValue, expression?.rawValue].compactMap(\.self))
      .joined(separator: "/")
  }

  /// Nil unless the text is a cell's name.
  public init?(name: String) {
    var parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)[...]
    guard let pose = PoseCell(name: parts.removeFirst()) else { return nil }
    self.init(pose)
    if let light = parts.first.flatMap(LightBin.init(rawValue:)) {
      self.light = light
      parts.removeFirst()
    }
    if let expression = parts.first.flatMap(ExpressionBin.init(rawValue:)) {
      self.expression = expression
      parts.removeFirst()
    }
    guard parts.isEmpty else { return nil }
  }
}

/// By pose, then light, then expression; what is nil comes first.
extension FaceCell: Comparable {
  public static func < (left: FaceCell, right: FaceCell) -> Bool { left.order < right.order }

  private var order: Int {
    let light = self.light.map { $0.index + 1 } ?? 0
    let expression = self.expression.map { $0.index + 1 } ?? 0
    return (pose.index * 18 + light) * 5 + expression
  }
}

/// Written as its name.
extension FaceCell: Codable, CustomStringConvertible {
  public var description: String { name }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let cell = FaceCell(name: name) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(name) is no cell such as y4p2/left-hard")
    }
    self = cell
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
