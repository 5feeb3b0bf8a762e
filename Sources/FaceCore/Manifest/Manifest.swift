public import Foundation

/// The frozen, hashed list of faces a recipe produced; the only thing the trainer reads.
///
/// A file of JSON lines: the header, then one face a line, sorted by id. `manifest_id` is the
/// SHA-256 of the header without the id and of the rows, each with its line end.
public struct Manifest: Sendable {
  /// The first line.
  public struct Header: Codable, Hashable, Sendable {
    /// `curate-manifest/1`.
    public var format: String
    /// Nil only while the id is being computed.
    public var manifestID: String?
    public var name: String
    /// The recipe's text, whole.
    public var recipe: String
    public var seed: UInt64
    /// The catalogue's revision the selection was made from.
    public var catalogRevision: Int
    /// Name and version of the program that wrote the file.
    public var tool: String
    public var faces: Int
    /// Faces by side, then by cell.
    public var counts: [String: [String: Int]]
    /// What the recipe asked for and the catalogue lacks, by side and cell.
    public var short: [String: [String: Int]]

    public init(
      name: String, recipe: String, seed: UInt64, catalogRevision: Int, tool: String,
      short: [String: [String: Int]]
    ) {
      format = Manifest.format
      (self.name, self.recipe, self.seed) = (name, recipe, seed)
      (self.catalogRevision, self.tool, self.short) = (catalogRevision, tool, short)
      faces = 0
      counts = [:]
    }

    enum CodingKeys: String, CodingKey {
      case format, name, recipe, seed, tool, faces, counts, short
      case manifestID = "manifest_id"
      case catalogRevision = "catalog_revision"
    }
  }

  public static let format = "curate-manifest/1"

  public let header: Header
  public let rows: [ManifestRow]

  /// The SHA-256 that names this manifest.
  public var id: String { header.manifestID ?? "" }

  /// Sorts the rows, fills in the counts and computes the id.
  ///
  /// Throws `ManifestError` when two rows share an id.
  public init(header: Header, rows: [ManifestRow]) throws {
    var header = header
    self.rows = rows.sorted { $0.id < $1.id }
    for (row, next) in zip(self.rows, self.rows.dropFirst()) where row.id == next.id {
      throw ManifestError(code: .malformed, subject: header.name, reason: "\(row.id) twice")
    }
    header.faces = rows.count
    header.counts = Manifest.counts(of: rows)
    header.manifestID = nil
    header.manifestID = Manifest.id(
      header: try CanonicalJSON.line(header), rows: try Manifest.lines(self.rows))
    self.header = header
  }

  /// The file's bytes.
  public func data() throws -> Data {
    let lines = [try CanonicalJSON.line(header)] + (try Manifest.lines(rows))
    return Data((lines.joined(separator: "\n") + "\n").utf8)
  }

  /// Each row's line, on all cores.
  private static func lines(_ rows: [ManifestRow]) throws -> [String] {
    try concurrentMap(rows, threads: ProcessInfo.processInfo.activeProcessorCount) {
      try CanonicalJSON.line($0)
    }
  }

  static func counts(of rows: [ManifestRow]) -> [String: [String: Int]] {
    var counts: [String: [String: Int]] = [:]
    for row in rows { counts[row.side.rawValue, default: [:]][row.cell, default: 0] += 1 }
    return counts
  }

  static func id(header: String, rows: [String]) -> String {
    var digest = Digest()
    for line in [header] + rows {
      digest.update(line)
      digest.update("\n")
    }
    return digest.hex()
  }
}

/// What is wrong with a manifest; prints as one line.
public struct ManifestError: Error, CustomStringConvertible, Sendable {
  public enum Code: Sendable { case unreadable, malformed, changed, cropMissing, cropChanged }

  public var code: Code
  /// File or manifest the error is about.
  public var subject: String
  public var reason: String

  public init(code: Code, subject: String, reason: String) {
    (self.code, self.subject, self.reason) = (code, subject, reason)
  }

  public var description: String { "\(subject): \(reason)" }
}
