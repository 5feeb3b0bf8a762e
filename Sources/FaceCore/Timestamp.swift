/// A moment of a video: ticks of the stream's own clock, never a floating-point second.
public struct Timestamp: Hashable, Sendable, Codable {
  public var ticks: Int64
  /// A tick lasts `numerator / denominator` seconds.
  public var numerator: Int32
  public var denominator: Int32

  public init(ticks: Int64, numerator: Int32, denominator: Int32) {
    self.ticks = ticks
    self.numerator = numerator
    self.denominator = denominator
  }

  /// For showing and for rates, not for keys.
  public var seconds: Double { Double(ticks) * Double(numerator) / Double(denominator) }
}
