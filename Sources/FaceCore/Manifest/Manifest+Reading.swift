public import Foundation

extension Manifest {
  /// Reads a manifest and checks that not a byte has changed since it was written.
  ///
  /// Throws `ManifestError`: `.unreadable`, `.malformed` with the line, or `.changed`.
  public init(path: String) throws {
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      let reason =
        FileManager.default.fileExists(atPath: path) ? "cannot be read" : "no such manifest"
      throw ManifestError(code: .unreadable, subject: path, reason: reason)
    }
    try self.init(bytes: bytes, subject: path)
  }

  /// `subject` names the source in errors.
  public init(data: Data, subject: String) throws {
    try self.init(bytes: [UInt8](data), subject: subject)
  }

  /// Rows are read on all cores; what is wrong is told of the first line it is wrong in.
  private init(bytes: [UInt8], subject: String) throws {
    guard bytes.last == Manifest.lineEnd else {
      let reason = Manifest.isText(bytes) ? "cut short: the last line has no end" : "not UTF-8 text"
      throw ManifestError(code: .malformed, subject: subject, reason: reason)
    }
    let lines = Manifest.lines(of: bytes)
    let header: Header = try Manifest.parse(bytes[lines[0]], line: 1, subject)
    guard header.format == Manifest.format else {
      throw ManifestError(
        code: .malformed, subject: subject,
        reason: "format \(header.format), this version reads \(Manifest.format)")
    }
    let blocks = stride(from: 1, to: lines.count, by: 512).map { $0..<min($0 + 512, lines.count) }
    let rows = try concurrentMap(blocks, threads: ProcessInfo.processInfo.activeProcessorCount) {
      (block) -> [ManifestRow] in
      var reader = ManifestRowReader(of: bytes)
      return try block.map { line in
        try reader.row(in: lines[line])
          ?? Manifest.parse(bytes[lines[line]], line: line + 1, subject)
      }
    }.flatMap(\.self)
    try Manifest.check(header, bytes, headerEnd: lines[0].upperBound, subject)
    guard header.faces == rows.count, header.counts == Manifest.counts(of: rows) else {
      throw ManifestError(
        code: .changed, subject: subject,
        reason: "the header counts \(header.faces) faces, the file holds \(rows.count), "
          + "or others of its sides and cells")
    }
    try Manifest.check(header, rows, subject)
    self.header = header
    self.rows = rows
  }

  private static let lineEnd = UInt8(ascii: "\n")

  /// Where the lines are, without their ends; the last byte is one.
  private static func lines(of bytes: [UInt8]) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    for index in bytes.indices where bytes[index] == lineEnd {
      lines.append(start..<index)
      start = index + 1
    }
    return lines
  }

  private static func isText(_ bytes: [UInt8]) -> Bool {
    String(validating: bytes, as: UTF8.self) != nil
  }

  /// Whether a manifest may be called so: a file's name that leads nowhere else.
  public static func isName(_ name: String) -> Bool {
    let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_."))
    return (name.first?.isLetter == true || name.first?.isNumber == true)
      && name.unicodeScalars.allSatisfy(allowed.contains)
  }

  /// What all who read one rely on, also where somebody else has written it.
  private static func check(_ header: Header, _ rows: [ManifestRow], _ subject: String) throws {
    func fail(_ reason: String) -> ManifestError {
      ManifestError(code: .malformed, subject: subject, reason: reason)
    }
    guard isName(header.name) else { throw fail("is named \(header.name.debugDescription)") }
    var ids: [Side: Set<String>] = [:]
    var crops: [Side: Set<String>] = [:]
    for row in rows {
      guard ids[row.side, default: []].insert(row.id).inserted,
        crops[row.side, default: []].insert(row.crop.name).inserted
      else { throw fail("face \(row.id) is on one side twice") }
      guard row.light?.harmonics.count ?? 9 == 9 else {
        throw fail("face \(row.id) has light of \(row.light?.harmonics.count ?? 0) numbers")
      }
      guard row.weight > 0, row.weight.isFinite else {
        throw fail("face \(row.id) has the weight \(row.weight)")
      }
      guard row.frame.time.numerator > 0, row.frame.time.denominator > 0 else {
        throw fail("face \(row.id) has a time on a clock that does not go")
      }
      guard (1...65_500).contains(row.crop.size) else {
        throw fail("face \(row.id) has a crop of \(row.crop.size) pixels")
      }
    }
  }

  private static func parse<Value: Decodable>(
    _ bytes: ArraySlice<UInt8>, line: Int, _ subject: String
  ) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(bytes))
    } catch {
      throw ManifestError(
        code: .malformed, subject: subject,
        reason: "line \(line) is not a manifest \(line == 1 ? "header" : "row")")
    }
  }

  /// The id covers the bytes as they stand, so even a change that parses the same is found.
  private static func check(
    _ header: Header, _ bytes: [UInt8], headerEnd: Int, _ subject: String
  ) throws {
    var bare = header
    bare.manifestID = nil
    let headerIsCanonical = try CanonicalJSON.line(header).utf8.elementsEqual(bytes[..<headerEnd])
    var digest = Digest()
    digest.update(try CanonicalJSON.line(bare))
    digest.update(bytes[headerEnd...])
    guard headerIsCanonical, header.manifestID == digest.hex() else {
      throw ManifestError(
        code: .changed, subject: subject,
        reason: "changed since it was written: its bytes do not match manifest_id")
    }
  }

  /// Compares every crop with its hash, on all cores.
  ///
  /// `crop` returns the bytes of a crop by name, nil when the archive has none, on any thread;
  /// `progress` is told the rows done. `absence` says why a crop would be missing.
  ///
  /// Throws `ManifestError` for the first crop that is missing or differs.
  public func verifyCrops(
    absence: String = ManifestRow.absence, crop: @Sendable (String) throws -> [UInt8]?,
    progress: (Progress) -> Void = { _ in }
  ) throws {
    let threads = ProcessInfo.processInfo.activeProcessorCount
    for start in stride(from: 0, to: rows.count, by: 1024) {
      let part = rows[start..<min(start + 1024, rows.count)]
      let pieces = stride(from: part.startIndex, to: part.endIndex, by: 64).map {
        part[$0..<min($0 + 64, part.endIndex)]
      }
      _ = try concurrentMap(pieces, threads: threads) { piece in
        for row in piece {
          if let fault = try row.cropFault(absence: absence, crop) { throw fault }
        }
      }
      progress(Progress(done: part.endIndex, total: rows.count))
    }
  }
}

extension ManifestRow {
  /// Why a crop is not in a workspace.
  public static let absence = "not in the crop archive; import its video again"

  /// What is wrong with the face's crop; nil when it is there and as it was.
  ///
  /// `crop` returns the bytes of a crop by name, nil when there is none; `absence` says why there
  /// would be none.
  public func cropFault(
    absence: String = ManifestRow.absence, _ crop: (String) throws -> [UInt8]?
  ) throws -> ManifestError? {
    let bytes = try crop(self.crop.name)
    return ManifestError(
      crop: self.crop.name, hash: bytes.map { Digest.hex(of: $0) }, expected: self.crop.sha256,
      absence: absence)
  }
}

extension ManifestError {
  /// What is wrong with a crop whose bytes have this hash, nil for none there; nil when it is the one
  /// that is expected.
  public init?(crop name: String, hash: String?, expected: String?, absence: String) {
    guard let hash else {
      self.init(code: .cropMissing, subject: name, reason: absence)
      return
    }
    guard hash != expected else { return nil }
    self.init(
      code: .cropChanged, subject: name, reason: "changed since the manifest was written")
  }
}
