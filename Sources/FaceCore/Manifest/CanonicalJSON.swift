import Foundation

/// JSON with one spelling for one value: keys sorted, no spaces, shortest numbers.
public enum CanonicalJSON {
  /// One line, without its end.
  public static func line(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

extension Float {
  /// Rounded to thousandths, so that what is hashed does not carry noise.
  public var thousandths: Float { (self * 1000).rounded() / 1000 }
}

extension Double {
  /// Rounded to millionths.
  public var millionths: Double { (self * 1e6).rounded() / 1e6 }
}
