import Foundation

/// The rows of a manifest's file, one after another, byte for byte as they stand there.
package struct ManifestLines {
  private let path: String
  private let file: FileHandle
  private var waiting: [UInt8] = []
  private var place = 0

  package init(path: String) throws {
    self.path = path
    file = try FileError.naming(path, "cannot be read") {
      try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    }
    _ = try next()  // The header.
  }

  /// The next row, with its line end.
  ///
  /// Throws `ManifestError` where there is none, `FileError` when the file cannot be read.
  package mutating func next() throws -> [UInt8] {
    while true {
      if let end = waiting[place...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { place = end + 1 }
        return Array(waiting[place...end])
      }
      waiting.removeFirst(place)
      place = 0
      let more = try FileError.naming(path, "cannot be read") {
        try file.read(upToCount: 1 << 20)
      }
      guard let more, !more.isEmpty else {
        throw ManifestError(code: .changed, subject: path, reason: "has changed while it was read")
      }
      waiting += more
    }
  }
}
