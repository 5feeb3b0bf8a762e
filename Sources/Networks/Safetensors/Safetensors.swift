internal import Foundation

/// Arrays of 32-bit floats in a file that other programs read: an 8-byte length, a JSON header,
/// the numbers.
public enum Safetensors {
  /// Headers above this are refused, as the reference reader does.
  private static let largestHeader = 100_000_000

  /// Writes the arrays in their order and waits for the disk.
  ///
  /// Throws with the system's reason where it cannot be written.
  public static func write(
    _ parameters: Parameters, metadata: [String: String] = [:], to path: String
  ) throws(NetworksError) {
    var header = headerText(parameters.entries, metadata: metadata)
    // The numbers start at a multiple of 64 bytes.
    header += String(repeating: " ", count: 63 - (header.utf8.count + 8 + 63) % 64)
    let file = try File(writing: path)
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    try file.append(bytes: length + Array(header.utf8))
    for entry in parameters.entries {
      try file.append(
        UnsafeRawBufferPointer(
          start: parameters.pointer(entry.name), count: entry.count * MemoryLayout<Float>.size))
    }
    try file.sync()
  }

  private static func headerText(_ entries: [Parameter], metadata: [String: String]) -> String {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map {
        "\(quoted($0.key)):\(quoted($0.value))"
      }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for entry in entries {
      let end = offset + entry.count * MemoryLayout<Float>.size
      let shape = entry.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(entry.name)):"
          + "{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    return "{\(members.joined(separator: ","))}"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// The arrays and the metadata of a file that holds 32-bit floats only.
  ///
  /// Throws one line that says what is wrong with a file that is cut off, altered or of another
  /// kind; never reads outside of it.
  public static func read(
    _ path: String
  ) throws(NetworksError) -> (parameters: Parameters, metadata: [String: String]) {
    try read(File(reading: path))
  }

  /// The same from the bytes of a file, named `name` in errors.
  ///
  /// The bytes must stay where they are meanwhile.
  public static func read(
    _ bytes: UnsafeRawBufferPointer, name: String
  ) throws(NetworksError) -> (parameters: Parameters, metadata: [String: String]) {
    try read(File(memory: bytes, path: name))
  }

  private static func read(
    _ file: consuming File
  ) throws(NetworksError) -> (parameters: Parameters, metadata: [String: String]) {
    let path = file.path
    let (header, start) = try readHeader(file)
    if let other = header.entries.first(where: { $0.type != "F32" }) {
      throw NetworksError(
        code: .mismatch, subject: path,
        reason: "\"\(other.name)\" is of type \(other.type), not F32")
    }
    let parameters = Parameters(header.entries.map { Parameter($0.name, $0.shape) })
    try read(header.entries, from: file, start: start, into: parameters)
    return (parameters, header.metadata)
  }

  /// Fills the arrays that `parameters` has; others in the file are passed over.
  ///
  /// Returns the metadata.
  ///
  /// Throws also when one is missing or has another shape.
  @discardableResult
  public static func read(
    _ path: String, into parameters: Parameters
  ) throws(NetworksError) -> [String: String] {
    let file = try File(reading: path)
    let (header, start) = try readHeader(file)
    let found = Dictionary(uniqueKeysWithValues: header.entries.map { ($0.name, $0) })
    var wanted: [SafetensorsHeader.Entry] = []
    for parameter in parameters.entries {
      guard let entry = found[parameter.name] else {
        throw NetworksError(
          code: .mismatch, subject: path, reason: "no array \"\(parameter.name)\"")
      }
      guard entry.shape == parameter.shape, entry.type == "F32" else {
        throw NetworksError(
          code: .mismatch, subject: path,
          reason: "\"\(entry.name)\" is \(entry.type) \(entry.shape), not F32 \(parameter.shape)")
      }
      wanted.append(entry)
    }
    try read(wanted, from: file, start: start, into: parameters)
    return header.metadata
  }

  private static func read(
    _ entries: [SafetensorsHeader.Entry], from file: borrowing File, start: Int,
    into parameters: Parameters
  ) throws(NetworksError) {
    for entry in entries {
      try file.read(
        UnsafeMutableRawBufferPointer(
          start: parameters.pointer(entry.name), count: entry.bytes.count),
        at: start + entry.bytes.lowerBound)
    }
  }

  /// The header and the place of the first number.
  private static func readHeader(
    _ file: borrowing File
  ) throws(NetworksError) -> (SafetensorsHeader, start: Int) {
    let size = try file.size()
    let prefix = try file.bytes(0..<min(8, size))
    guard prefix.count == 8 else {
      throw NetworksError(code: .damaged, subject: file.path, reason: "shorter than 8 bytes")
    }
    let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(min(largestHeader, size - 8)) else {
      throw NetworksError(
        code: .damaged, subject: file.path,
        reason: "a header of \(length) bytes in a file of \(size)")
    }
    let start = 8 + Int(length)
    let text = try file.bytes(8..<start)
    do {
      return (try SafetensorsHeader(parsing: text, byteCount: size - start), start)
    } catch {
      throw NetworksError(code: .damaged, subject: file.path, reason: error.reason)
    }
  }
}

extension File {
  fileprivate func bytes(_ range: Range<Int>) throws(NetworksError) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: range.count)
    var failure: NetworksError?
    result.withUnsafeMutableBytes { buffer in
      do throws(NetworksError) {
        try read(buffer, at: range.lowerBound)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return result
  }

  fileprivate func append(bytes: [UInt8]) throws(NetworksError) {
    var failure: NetworksError?
    bytes.withUnsafeBytes { buffer in
      do throws(NetworksError) {
        try append(buffer)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
