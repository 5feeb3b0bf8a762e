public import FaceCore
import Foundation
import Media

extension CropShards {
  /// How much goes into one shard.
  public struct Limits: Sendable {
    public var faces: Int
    /// Of the whole file.
    public var bytes: Int

    public init(faces: Int = 1000, bytes: Int = 256_000_000) {
      precondition(faces > 0, "a shard holds a face")
      (self.faces, self.bytes) = (faces, bytes)
    }
  }

  /// Writes the manifest and its crops into a folder, and returns how many shards they fill.
  ///
  /// The same manifest makes the same bytes. Every file is whole or absent, and the manifest comes
  /// last: where it is, its shards are. Shards that a larger manifest of this name left are removed.
  ///
  /// Throws ``ManifestError`` for a crop that is missing or changed, before anything is written, and when
  /// another file has the manifest's name; ``MediaError`` and ``FileError`` when the folder cannot be
  /// written.
  ///
  /// - Parameters:
  ///   - replaces: Whether a file of the manifest's name that holds something else is replaced.
  ///   - crop: The bytes of a crop by its name, nil when there is none; called on any thread.
  @discardableResult
  public static func pack(
    _ manifest: Manifest, into folder: String, limits: Limits = Limits(), replaces: Bool = false,
    crop: @Sendable (String) throws -> [UInt8]?, progress: (FaceCore.Progress) -> Void = { _ in }
  ) throws -> Int {
    let listPath = "\(folder)/\(manifest.header.name).jsonl"
    let list = try manifest.data()
    let old = FileManager.default.contents(atPath: listPath)
    guard replaces || old == nil || old == list else {
      throw ManifestError(
        code: .changed, subject: listPath,
        reason: "exists and is not this manifest; add --force to replace it and its shards")
    }
    try manifest.verifyCrops(crop: crop)
    let files = FileManager.default
    try files.makeFolder(folder)
    if let old, old != list {
      // Another manifest's list must not stand beside these shards if this ends early.
      try FileError.naming(listPath, "cannot be removed") { try files.removeItem(atPath: listPath) }
    }
    var rows = manifest.rows[...]
    var shards = 0
    while !rows.isEmpty {
      rows = try writeShard(
        path(of: manifest.header.name, shard: shards, in: folder), of: rows, limits: limits,
        crop: crop)
      shards += 1
      progress(
        FaceCore.Progress(done: manifest.rows.count - rows.count, total: manifest.rows.count))
    }
    for shard in shards... {
      let extra = path(of: manifest.header.name, shard: shard, in: folder)
      guard files.fileExists(atPath: extra) else { break }
      try FileError.naming(extra, "cannot be removed") { try files.removeItem(atPath: extra) }
    }
    try AtomicFile.write(list, to: listPath)
    return shards
  }

  /// Writes as many faces as fit, one at least, and returns the others.
  private static func writeShard(
    _ path: String, of rows: ArraySlice<ManifestRow>, limits: Limits,
    crop: (String) throws -> [UInt8]?
  ) throws -> ArraySlice<ManifestRow> {
    var writer = try TarWriter(path: path)
    var rest = rows
    while let row = rest.first, rows.count - rest.count < limits.faces {
      var bytes: [UInt8] = []
      let fault = try row.cropFault { name in
        let found = try crop(name)
        bytes = found ?? []
        return found
      }
      if let fault { throw fault }
      let line = Array((try CanonicalJSON.line(row) + "\n").utf8)
      let space = TarWriter.space(for: bytes.count) + TarWriter.space(for: line.count)
      if rest.count < rows.count, writer.size + space > limits.bytes { break }
      try writer.add(memberName(of: row), bytes)
      try writer.add(rowName(of: row), line)
      rest.removeFirst()
    }
    try writer.commit()
    return rest
  }
}
