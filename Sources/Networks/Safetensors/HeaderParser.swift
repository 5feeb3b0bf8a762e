/// The JSON of a safetensors header, strictly: objects, arrays, strings and whole numbers, no key
/// twice.
///
/// Nothing else occurs in a valid header.
struct HeaderParser {
  indirect enum Value {
    case string(String)
    case integer(Int)
    case array([Value])
    /// In the order of the file.
    case object([(key: String, value: Value)])
  }

  /// What is wrong, for the reason of an error.
  struct Failure: Error {
    let reason: String
  }

  private let bytes: [UInt8]
  private var position = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func parse(_ bytes: [UInt8]) throws(Failure) -> Value {
    var parser = HeaderParser(bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.failure("text after the end") }
    return value
  }

  private func failure(_ what: String) -> Failure {
    Failure(reason: "the header is not valid: \(what) at byte \(position)")
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  /// The next byte that is not space, without taking it; 0 at the end.
  private mutating func peek() -> UInt8 {
    skipSpace()
    return position < bytes.count ? bytes[position] : 0
  }

  private mutating func take(_ character: Character) throws(Failure) {
    guard peek() == character.asciiValue else { throw failure("no \(character)") }
    position += 1
  }

  private mutating func value(depth: Int) throws(Failure) -> Value {
    guard depth < 8 else { throw failure("nested too deep") }
    switch peek() {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return .integer(try integer())
    default: throw failure("no value")
    }
  }

  private mutating func object(depth: Int) throws(Failure) -> Value {
    try take("{")
    var members: [(key: String, value: Value)] = []
    var keys = Set<String>()
    while peek() != UInt8(ascii: "}") {
      if !members.isEmpty { try take(",") }
      _ = peek()
      let key = try string()
      guard keys.insert(key).inserted else { throw failure("\"\(key)\" twice") }
      try take(":")
      members.append((key, try value(depth: depth + 1)))
    }
    try take("}")
    return .object(members)
  }

  private mutating func array(depth: Int) throws(Failure) -> Value {
    try take("[")
    var elements: [Value] = []
    while peek() != UInt8(ascii: "]") {
      if !elements.isEmpty { try take(",") }
      elements.append(try value(depth: depth + 1))
    }
    try take("]")
    return .array(elements)
  }

  private mutating func integer() throws(Failure) -> Int {
    var result = 0
    while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position])
    {
      let (product, tooLarge) = result.multipliedReportingOverflow(by: 10)
      let (sum, over) = product.addingReportingOverflow(Int(bytes[position] - 48))
      guard !tooLarge, !over else { throw failure("a number too large") }
      result = sum
      position += 1
    }
    return result
  }

  private mutating func string() throws(Failure) -> String {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      throw failure("no string")
    }
    position += 1
    var units: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else {
          throw failure("text that is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): units += try escape()
      case 0..<0x20: throw failure("a control character")
      default: units.append(byte)
      }
    }
    throw failure("a string without an end")
  }

  /// What a backslash stands for, in UTF-8.
  private mutating func escape() throws(Failure) -> [UInt8] {
    guard position < bytes.count else { throw failure("a string without an end") }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return try unicode()
    default: throw failure("an unknown escape")
    }
  }

  private mutating func unicode() throws(Failure) -> [UInt8] {
    var code = try fourDigits()
    if (0xD800..<0xDC00).contains(code) {
      guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      else { throw failure("half a character") }
      position += 2
      let low = try fourDigits()
      guard (0xDC00..<0xE000).contains(low) else { throw failure("half a character") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw failure("half a character") }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func fourDigits() throws(Failure) -> UInt32 {
    guard position + 4 <= bytes.count,
      bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let text = String(validating: bytes[position..<position + 4], as: UTF8.self),
      let value = UInt32(text, radix: 16)
    else { throw failure("an unknown escape") }
    position += 4
    return value
  }
}
