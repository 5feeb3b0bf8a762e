import FaceCore

/// A frame's luma as means over 32 × 18 fields.
struct Thumbnail: Hashable, Sendable, Codable {
  static let (across, down) = (32, 18)
  /// Row by row; empty for no frame.
  private(set) var fields: [UInt8] = []

  init() {}

  /// Means of 16 pixels spread over each field.
  init(of gray: GrayImage) {
    let steps = 4
    let bytes = gray.bytes.span
    var sums = [Int](repeating: 0, count: Thumbnail.across * Thumbnail.down)
    for y in 0..<Thumbnail.down * steps {
      let row = min(gray.height - 1, (2 * y + 1) * gray.height / (2 * Thumbnail.down * steps))
      for x in 0..<Thumbnail.across * steps {
        let column = min(gray.width - 1, (2 * x + 1) * gray.width / (2 * Thumbnail.across * steps))
        sums[(y / steps) * Thumbnail.across + x / steps] += Int(bytes[row * gray.width + column])
      }
    }
    fields = sums.map { UInt8($0 / (steps * steps)) }
  }

  /// Mean difference of the fields, in steps of luma; nil unless there are two frames.
  func difference(from other: Thumbnail) -> Double? {
    guard !fields.isEmpty, fields.count == other.fields.count else { return nil }
    let sum = zip(fields, other.fields).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    return Double(sum) / Double(fields.count)
  }

  /// How alike they are whatever their brightness and contrast, −1 to 1: normalised correlation.
  ///
  /// 0 where one of them is plain.
  func likeness(to other: Thumbnail) -> Double { correlation(fields, other.fields) }

  /// Whether nothing is seen: black, white, or any other level all over.
  var isPlain: Bool {
    let mean = fields.reduce(0) { $0 + Int($1) } / max(1, fields.count)
    return fields.allSatisfy { abs(Int($0) - mean) < 16 }
  }

  /// Whether everything has become brighter, or nearly.
  func isBrighter(than other: Thumbnail) -> Bool {
    let brighter = zip(fields, other.fields).reduce(0) { $0 + ($1.0 >= $1.1 ? 1 : 0) }
    return brighter * 20 >= fields.count * 19
  }
}

/// Normalised correlation of two lists of levels, −1 to 1; 0 where one of them hardly varies.
func correlation(_ first: [UInt8], _ second: [UInt8]) -> Double {
  precondition(first.count == second.count, "each level has its counterpart")
  let count = Double(first.count)
  var (sum, otherSum, square, otherSquare, product) = (0, 0, 0, 0, 0)
  for (a, b) in zip(first, second) {
    sum += Int(a)
    otherSum += Int(b)
    square += Int(a) * Int(a)
    otherSquare += Int(b) * Int(b)
    product += Int(a) * Int(b)
  }
  let spread = Double(square) - Double(sum) * Double(sum) / count
  let otherSpread = Double(otherSquare) - Double(otherSum) * Double(otherSum) / count
  guard spread > count, otherSpread > count else { return 0 }
  let common = Double(product) - Double(sum) * Double(otherSum) / count
  return common / (spread * otherSpread).squareRoot()
}
