/// The parts of JSON.
extension ManifestRowReader {
  mutating func next() throws -> UInt8 {
    guard place < end else { throw Unusual() }
    defer { place += 1 }
    return bytes[place]
  }

  mutating func expect(_ text: String) throws {
    for byte in text.utf8 {
      guard try next() == byte else { throw Unusual() }
    }
  }

  /// Text without escapes.
  mutating func text() throws -> String {
    try expect("\"")
    let start = place
    while true {
      let byte = try next()
      if byte == UInt8(ascii: "\"") { break }
      guard byte >= 0x20, byte != UInt8(ascii: "\\") else { throw Unusual() }
    }
    guard let text = String(validating: bytes[start..<place - 1], as: UTF8.self) else {
      throw Unusual()
    }
    return text
  }

  mutating func text(after key: String) throws -> String {
    try expect(key)
    return try text()
  }

  mutating func whole<Number: FixedWidthInteger>(after key: String) throws -> Number {
    try expect(key)
    let found = try digits()
    guard !found.isScaled, let number = Number(String(decoding: bytes[found.range], as: UTF8.self))
    else { throw Unusual() }
    return number
  }

  mutating func number() throws -> Double {
    let found = try digits()
    guard let number = Double(String(decoding: bytes[found.range], as: UTF8.self)),
      number.isFinite, number != 0 || found.isZero
    else { throw Unusual() }
    return number
  }

  mutating func number(after key: String) throws -> Double {
    try expect(key)
    return try number()
  }

  /// A list of so many numbers.
  mutating func numbers(_ count: Int) throws -> [Double] {
    try expect("[")
    var numbers: [Double] = []
    for index in 0..<count {
      if index > 0 { try expect(",") }
      numbers.append(try number())
    }
    try expect("]")
    return numbers
  }

  mutating func float() throws -> Float {
    let found = try digits()
    if let mantissa = found.mantissa, found.decimals <= 7,
      mantissa >= Self.powers[found.decimals]
    {
      // Correctly rounded though rounded twice: from 1 on, with 7 decimals at most, no number lies
      // nearer to the middle between two floats than a double can tell, unless it is the middle.
      let value = Float(Double(mantissa) / Double(Self.powers[found.decimals]))
      return bytes[found.range.lowerBound] == UInt8(ascii: "-") ? -value : value
    }
    let text = String(decoding: bytes[found.range], as: UTF8.self)
    guard let number = Float(text), number.isFinite, number != 0 || found.isZero else {
      throw Unusual()
    }
    return number
  }

  private static let powers = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000]

  /// A number as JSON has it.
  private struct Digits {
    var range: Range<Int>
    /// All digits as one number; nil with an exponent, or with more than 15 of them.
    var mantissa: Int?
    var decimals = 0
    /// Whether all digits are 0; else a number that is read as 0 is too small to be told.
    var isZero = false
    /// Whether there is a point or an exponent.
    var isScaled = false
  }

  private mutating func digits() throws -> Digits {
    let start = place
    if place < end, bytes[place] == UInt8(ascii: "-") { place += 1 }
    let first = place
    var mantissa = 0
    var count = run(into: &mantissa)
    guard count == 1 || count > 1 && bytes[first] != UInt8(ascii: "0") else { throw Unusual() }
    var found = Digits(range: start..<place)
    if place < end, bytes[place] == UInt8(ascii: ".") {
      place += 1
      found.decimals = run(into: &mantissa)
      guard found.decimals > 0 else { throw Unusual() }
      count += found.decimals
      found.isScaled = true
    }
    found.mantissa = count <= 15 ? mantissa : nil
    found.isZero = bytes[first..<place].allSatisfy { !(0x31...0x39).contains($0) }
    if place < end, bytes[place] | 0x20 == UInt8(ascii: "e") {
      place += 1
      if place < end, bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+") {
        place += 1
      }
      guard run(into: &mantissa) > 0 else { throw Unusual() }
      found.isScaled = true
      found.mantissa = nil
    }
    found.range = start..<place
    return found
  }

  /// Reads decimal digits and returns how many there are.
  private mutating func run(into mantissa: inout Int) -> Int {
    let start = place
    while place < end, bytes[place] &- UInt8(ascii: "0") < 10 {
      mantissa = mantissa &* 10 &+ Int(bytes[place] &- UInt8(ascii: "0"))
      place += 1
    }
    return place - start
  }
}
