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
    if let mantissa = found.mantissa, !found.isScaled,
      let number = Number(exactly: found.isNegative ? -mantissa : mantissa)
    {
      return number
    }
    guard !found.isScaled, let number = Number(String(decoding: bytes[found.range], as: UTF8.self))
    else { throw Unusual() }
    return number
  }

  mutating func number() throws -> Double {
    let found = try digits()
    if let mantissa = found.mantissa, found.decimals < Self.powers.count {
      // Correctly rounded: both numbers are exact.
      let value = Double(mantissa) / Self.powers[found.decimals]
      return found.isNegative ? -value : value
    }
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
      Double(mantissa) >= Self.powers[found.decimals]
    {
      // Correctly rounded though rounded twice: from 1 on, with 7 decimals at most, no number lies
      // nearer to the middle between two floats than a double can tell, unless it is the middle.
      let value = Float(Double(mantissa) / Self.powers[found.decimals])
      return found.isNegative ? -value : value
    }
    let text = String(decoding: bytes[found.range], as: UTF8.self)
    guard let number = Float(text), number.isFinite, number != 0 || found.isZero else {
      throw Unusual()
    }
    return number
  }

  /// Of ten.
  private static let powers: [Double] = [
    1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]

  /// A number as JSON has it.
  private struct Digits {
    var range: Range<Int>
    /// All digits as one number; nil with an exponent, or with more than 15 of them.
    var mantissa: Int?
    var decimals = 0
    var isNegative = false
    /// Whether all digits are 0; else a number that is read as 0 is too small to be told.
    var isZero = false
    /// Whether there is a point or an exponent.
    var isScaled = false
  }

  private mutating func digits() throws -> Digits {
    let start = place
    var found = Digits(range: start..<start)
    if place < end, bytes[place] == UInt8(ascii: "-") {
      place += 1
      found.isNegative = true
    }
    let first = place
    var mantissa = 0
    var count = run(into: &mantissa)
    guard count == 1 || count > 1 && bytes[first] != UInt8(ascii: "0") else { throw Unusual() }
    if place < end, bytes[place] == UInt8(ascii: ".") {
      place += 1
      found.decimals = run(into: &mantissa)
      guard found.decimals > 0 else { throw Unusual() }
      count += found.decimals
      found.isScaled = true
    }
    found.mantissa = count <= 15 ? mantissa : nil
    found.isZero = mantissa == 0 && (first..<place).allSatisfy { bytes[$0] < UInt8(ascii: "1") }
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
