import CFFmpeg

/// An exact fraction: frames per second, seconds per tick, width over height of a pixel.
public struct Rational: Hashable, Sendable, Codable {
  public var numerator: Int32
  public var denominator: Int32

  public init(numerator: Int32, denominator: Int32) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// For showing and for rates, not for keys.
  public var value: Double { Double(numerator) / Double(denominator) }

  init(_ fraction: AVRational) {
    self.init(numerator: fraction.num, denominator: fraction.den)
  }

  /// Nil for the 0/1 and 0/0 with which libav says "unknown".
  init?(known fraction: AVRational) {
    guard fraction.num > 0, fraction.den > 0 else { return nil }
    self.init(fraction)
  }

  var libav: AVRational { AVRational(num: numerator, den: denominator) }
}
