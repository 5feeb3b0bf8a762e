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

extension Double {
  /// Rounded to millionths.
  public var millionths: Double { (self * 1e6).rounded() / 1e6 }
}
