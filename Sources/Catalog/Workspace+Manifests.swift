import GRDB

/// What the catalogue remembers of a manifest that was written.
public struct ManifestRecord: Hashable, Sendable {
  /// The manifest's SHA-256: 64 lower-case hexadecimal digits.
  public var id: String
  public var name: String
  /// The recipe's text.
  public var recipe: String
  public var seed: UInt64
  public var rowCount: Int
  public var path: String

  public init(
    id: String, name: String, recipe: String, seed: UInt64, rowCount: Int, path: String
  ) {
    self.id = id
    self.name = name
    self.recipe = recipe
    self.seed = seed
    self.rowCount = rowCount
    self.path = path
  }
}

extension Workspace {
  /// Enters a manifest; the same one again changes only its name and path.
  public func record(_ manifest: ManifestRecord, note: ChangeNote) throws {
    try catalog.write { db in
      let isKnown = try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM manifest WHERE id = ?)", arguments: [manifest.id])
      if isKnown == true {
        try db.execute(
          sql: "UPDATE manifest SET name = ?, path = ? WHERE id = ?",
          arguments: [manifest.name, manifest.path, manifest.id])
        return
      }
      let entry = try note.record("manifest \(manifest.name)", in: db)
      try db.execute(
        sql: """
          INSERT INTO manifest(id, name, recipe, seed, rows, path, journal_id)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          manifest.id, manifest.name, manifest.recipe, String(manifest.seed), manifest.rowCount,
          manifest.path, entry,
        ])
    }
  }

  /// All manifests, the last first.
  public func manifests() throws -> [ManifestRecord] {
    try catalog.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM manifest ORDER BY journal_id DESC").map {
        let seed: String = $0["seed"]
        return ManifestRecord(
          id: $0["id"], name: $0["name"], recipe: $0["recipe"], seed: UInt64(seed) ?? 0,
          rowCount: $0["rows"], path: $0["path"])
      }
    }
  }
}
