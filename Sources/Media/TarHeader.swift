/// The 512 bytes before a member of a POSIX ustar archive.
///
/// Format: IEEE Std 1003.1, `pax`, "ustar Interchange Format".
struct TarHeader {
  static let blockSize = 512
  /// Bytes of a name that fits without a prefix.
  static let nameLimit = 100

  var name: String
  /// Bytes of the member.
  var size: Int
  /// `0` is a regular file.
  var type: UInt8

  /// Bytes from the header to the next one.
  var span: Int {
    Self.blockSize + (size + Self.blockSize - 1) / Self.blockSize * Self.blockSize
  }
}

extension TarHeader {
  /// What is wrong with a header, in words.
  struct Fault: Error {
    var reason: String
  }

  /// Traps unless there are 512 bytes.
  init(block: ArraySlice<UInt8>) throws(Fault) {
    precondition(block.count == Self.blockSize, "a header is one block")
    func field(_ start: Int, _ length: Int) -> ArraySlice<UInt8> {
      block[block.startIndex + start..<block.startIndex + start + length]
    }
    guard field(257, 5).elementsEqual("ustar".utf8) else {
      throw Fault(reason: "no ustar header where one should be")
    }
    let sum = block.reduce(0) { $0 + Int($1) } - field(148, 8).reduce(0) { $0 + Int($1) } + 8 * 32
    guard Self.octal(field(148, 8)) == sum else {
      throw Fault(reason: "a header whose checksum is wrong")
    }
    guard let size = Self.octal(field(124, 12)) else {
      throw Fault(reason: "a header whose size is no octal number")
    }
    guard let name = Self.text(field(0, 100)), let prefix = Self.text(field(345, 155)) else {
      throw Fault(reason: "a name that is not UTF-8")
    }
    self.size = size
    type = block[block.startIndex + 156]
    // GNU tar has other things where POSIX has a prefix.
    let isPOSIX = field(257, 6).last == 0
    self.name = isPOSIX && !prefix.isEmpty ? prefix + "/" + name : name
  }

  /// Octal digits, with spaces before and a space or zero after; nil for anything else.
  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
    // Twelve digits are 36 bits.
    return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String? {
    String(validating: field.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// The block, for a regular file that everyone may read, of nobody and no time.
  ///
  /// Traps on a name or a size that does not fit.
  var block: [UInt8] {
    precondition((1...Self.nameLimit).contains(name.utf8.count), "a name fits the header")
    precondition((0..<1 << 33).contains(size), "a size fits the header")
    var block = [UInt8](repeating: 0, count: Self.blockSize)
    func put(_ text: String, at start: Int) {
      block.replaceSubrange(start..<start + text.utf8.count, with: text.utf8)
    }
    func octal(_ value: Int, digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put("0000644", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    put(octal(size, digits: 11), at: 124)
    put("00000000000", at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar", at: 257)
    put("00", at: 263)
    put(octal(block.reduce(0) { $0 + Int($1) }, digits: 6) + "\0", at: 148)
    return block
  }
}
