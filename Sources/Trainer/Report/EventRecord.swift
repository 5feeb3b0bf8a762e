import Foundation

/// One record of a TensorBoard event file.
///
/// Sources of the formats: TensorFlow's `record_writer` for the framing, `event.proto` and
/// `summary.proto` for the message, Protocol Buffers' encoding for its bytes.
package struct EventRecord {
  enum Content {
    /// The first record of a file.
    case version
    /// Whatever earlier files hold from this step on is void.
    case start
    case scalars([(tag: String, value: Float)])
    /// A PNG file.
    case picture(tag: String, width: Int, height: Int, png: [UInt8])
  }

  /// Seconds since 1970.
  let time: Double
  let step: Int
  let content: Content

  /// The record with its length and sums.
  var framed: Data {
    let event = message
    let length = littleEndian(UInt64(event.count))
    return Data(
      length + littleEndian(Self.maskedSum(length)) + event + littleEndian(Self.maskedSum(event)))
  }

  private var message: [UInt8] {
    var event = ProtocolMessage()
    event.add(1, time)
    event.add(2, step)
    switch content {
    case .version: event.add(3, Array("brain.Event:2".utf8))
    case .start:
      var session = ProtocolMessage()
      session.add(1, 1)
      event.add(7, session.bytes)
    case .scalars(let scalars):
      var summary = ProtocolMessage()
      for (tag, value) in scalars {
        var entry = ProtocolMessage()
        entry.add(1, Array(tag.utf8))
        entry.add(2, value)
        summary.add(1, entry.bytes)
      }
      event.add(5, summary.bytes)
    case .picture(let tag, let width, let height, let png):
      var image = ProtocolMessage()
      image.add(1, height)
      image.add(2, width)
      image.add(3, 3)  // RGB
      image.add(4, png)
      var entry = ProtocolMessage()
      entry.add(1, Array(tag.utf8))
      entry.add(4, image.bytes)
      var summary = ProtocolMessage()
      summary.add(1, entry.bytes)
      event.add(5, summary.bytes)
    }
    return event.bytes
  }

  /// CRC-32C, turned and moved, so that a sum over data that holds sums is a good one.
  package static func maskedSum(_ bytes: [UInt8]) -> UInt32 {
    let sum = CRC32C.sum(bytes)
    return (sum >> 15 | sum << 17) &+ 0xa282_ead8
  }
}

/// A Protocol Buffers message in the making.
private struct ProtocolMessage {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ field: Int, _ value: Int) {
    varint(field << 3)
    varint(value)
  }

  mutating func add(_ field: Int, _ value: Double) {
    varint(field << 3 | 1)
    bytes += littleEndian(value.bitPattern)
  }

  mutating func add(_ field: Int, _ value: Float) {
    varint(field << 3 | 5)
    bytes += littleEndian(value.bitPattern)
  }

  mutating func add(_ field: Int, _ value: [UInt8]) {
    varint(field << 3 | 2)
    varint(value.count)
    bytes += value
  }

  /// Seven bits a byte, the lowest first.
  private mutating func varint(_ value: Int) {
    var rest = UInt64(bitPattern: Int64(value))
    while rest > 0x7f {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// Lowest byte first.
private func littleEndian(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
  (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

/// The cyclic redundancy check of Castagnoli, Bräuer and Herrmann, 1993, as RFC 3720 has it.
package enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82f6_3b78 : sum >> 1 }
  }

  package static func sum(_ bytes: [UInt8]) -> UInt32 {
    let table = Self.table
    return ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }
}
