/// What a safetensors file says it holds: names, types, shapes and places of arrays.
///
/// Source: the format's description, https://huggingface.co/docs/safetensors.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let type: String
    let shape: [Int]
    /// Bytes after the header.
    let bytes: Range<Int>
  }

  /// In the order of their bytes.
  let entries: [Entry]
  let metadata: [String: String]

  /// Bytes of one number of each type.
  private static let widths = [
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "I16": 2, "U16": 2, "F16": 2,
    "BF16": 2, "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8,
  ]

  /// Refuses arrays that overlap, leave holes or do not fill the `byteCount` bytes behind the
  /// header.
  init(parsing text: [UInt8], byteCount: Int) throws(HeaderParser.Failure) {
    guard case .object(let members) = try HeaderParser.parse(text), text.first == UInt8(ascii: "{")
    else { throw HeaderParser.Failure(reason: "the header is not a JSON object") }
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for (key, value) in members {
      guard case .object(let fields) = value else {
        throw HeaderParser.Failure(reason: "\"\(key)\" is not an object")
      }
      if key == "__metadata__" {
        for (name, value) in fields {
          guard case .string(let text) = value else {
            throw HeaderParser.Failure(reason: "metadata \"\(name)\" is not text")
          }
          metadata[name] = text
        }
      } else {
        entries.append(try Self.entry(key, fields))
      }
    }
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    var end = 0
    for entry in entries {
      guard entry.bytes.lowerBound == end else {
        throw HeaderParser.Failure(
          reason: "\"\(entry.name)\" starts at byte \(entry.bytes.lowerBound), not at \(end)")
      }
      end = entry.bytes.upperBound
    }
    guard end == byteCount else {
      throw HeaderParser.Failure(
        reason: "the arrays need \(end) bytes, the file has \(byteCount)")
    }
    (self.entries, self.metadata) = (entries, metadata)
  }

  private static func entry(
    _ name: String, _ fields: [(key: String, value: HeaderParser.Value)]
  ) throws(HeaderParser.Failure) -> Entry {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    for (key, value) in fields {
      switch (key, value) {
      case ("dtype", .string(let text)): type = text
      case ("shape", .array(let values)): shape = values.compactMap(\.integer)
      case ("data_offsets", .array(let values)): offsets = values.compactMap(\.integer)
      default: throw HeaderParser.Failure(reason: "\"\(name)\" has a strange \"\(key)\"")
      }
      if case .array(let values) = value, values.contains(where: { $0.integer == nil }) {
        throw HeaderParser.Failure(reason: "\"\(name)\" has a strange \"\(key)\"")
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
      throw HeaderParser.Failure(reason: "\"\(name)\" lacks its type, shape or place")
    }
    guard let width = widths[type] else {
      throw HeaderParser.Failure(reason: "\"\(name)\" is of the unknown type \(type)")
    }
    var size = width
    for side in shape {
      let (product, tooLarge) = size.multipliedReportingOverflow(by: side)
      guard !tooLarge else { throw HeaderParser.Failure(reason: "\"\(name)\" is too large") }
      size = product
    }
    guard size == offsets[1] - offsets[0] else {
      throw HeaderParser.Failure(
        reason: "\"\(name)\" has \(offsets[1] - offsets[0]) bytes, its shape needs \(size)")
    }
    return Entry(name: name, type: type, shape: shape, bytes: offsets[0]..<offsets[1])
  }
}

extension HeaderParser.Value {
  fileprivate var integer: Int? {
    if case .integer(let value) = self { value } else { nil }
  }
}
