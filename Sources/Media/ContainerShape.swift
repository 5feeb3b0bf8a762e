/// The outermost structure of a container, read without libav: enough to see that a file was cut
/// and to find an XMP packet.
struct ContainerShape {
  struct Box: Hashable {
    /// Four characters.
    let type: [UInt8]
    /// Bytes from the start of the file to the box's content, and to its end as promised.
    let content: Int
    let end: Int
  }

  /// More top-level boxes than any real file has; fragmented ones have some ten thousand.
  private static let boxLimit = 1_000_000

  /// Top-level boxes of an ISO base media file (ISO/IEC 14496-12, 4.2); none for other files.
  static func boxes(of file: borrowing InputFile, size: Int) throws(MediaError) -> [Box] {
    var boxes: [Box] = []
    var at = 0
    while at + 8 <= size, boxes.count < boxLimit {
      let head = try file.read(at: at, count: 16)
      guard head.count >= 8 else { break }
      let type = Array(head[4..<8])
      if boxes.isEmpty, !isFirstBox(type) { return [] }
      var length = bigEndian(head[0..<4])
      var header = 8
      if length == 1 {
        guard head.count == 16 else { break }
        length = bigEndian(head[8..<16])
        header = 16
      } else if length == 0 {
        length = size - at
      }
      guard length >= header, length <= Int.max - at else { break }
      boxes.append(Box(type: type, content: at + header, end: at + length))
      at += length
    }
    return boxes
  }

  /// True when the outermost structure says that the file should be longer than it is.
  static func isTruncated(path: String) throws(MediaError) -> Bool {
    let size = try FileChecks.size(ofReadable: path)
    let file = try InputFile(path: path)
    if let last = try boxes(of: file, size: size).last { return last.end > size }
    let head = try file.read(at: 0, count: 64 << 10)
    if head.starts(with: Array("RIFF".utf8)), head.count >= 8 {
      let length = head[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
      return length + 8 > size
    }
    if let end = matroskaEnd(head) { return end > size }
    return false
  }

  /// An ISO file without a `moov` box cannot be read: its index came last and was cut off.
  static func isMissingIndex(path: String) throws(MediaError) -> Bool {
    let size = try FileChecks.size(ofReadable: path)
    let found = try boxes(of: InputFile(path: path), size: size)
    let moov = Array("moov".utf8)
    return !found.isEmpty && !found.contains { $0.type == moov && $0.end <= size }
  }

  private static func isFirstBox(_ type: [UInt8]) -> Bool {
    ["ftyp", "moov", "mdat", "wide", "free", "skip"].contains { Array($0.utf8) == type }
  }

  private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int {
    Int(truncatingIfNeeded: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  /// Where the Segment of a Matroska file should end (RFC 8794); nil when it does not say.
  private static func matroskaEnd(_ head: [UInt8]) -> Int? {
    guard head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) else { return nil }
    guard let (header, afterSize) = variableInteger(head, at: 4) else { return nil }
    let segment = afterSize + header
    guard segment >= 0, segment + 4 < head.count,
      Array(head[segment..<segment + 4]) == [0x18, 0x53, 0x80, 0x67],
      let (length, content) = variableInteger(head, at: segment + 4)
    else { return nil }
    return content + length
  }

  /// An EBML variable-size integer and the place after it; nil for "unknown" or nonsense.
  private static func variableInteger(_ bytes: [UInt8], at start: Int) -> (Int, Int)? {
    guard start < bytes.count else { return nil }
    let length = bytes[start].leadingZeroBitCount + 1
    guard length <= 8, start + length <= bytes.count else { return nil }
    var value = Int(bytes[start]) & ((1 << (8 - length)) - 1)
    for byte in bytes[start + 1..<start + length] { value = value << 8 | Int(byte) }
    let unknown = (1 << (7 * length)) - 1
    return value == unknown ? nil : (value, start + length)
  }
}
