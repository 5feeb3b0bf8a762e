import Foundation
import GRDB

/// A person of the catalogue, and how many faces carry the name.
public struct IdentityRecord: Hashable, Sendable {
  public let name: String
  public let notes: String
  /// Who made it.
  public let author: String
  /// Faces that are not rejected.
  public let faceCount: Int
  public let rejectedCount: Int
  /// Videos with at least one of its faces.
  public let videoCount: Int
}

extension Workspace {
  /// Enters a person; one of that name stays as it is, and false is returned.
  @discardableResult
  public func createIdentity(
    _ name: String, notes: String = "", note: ChangeNote
  ) throws -> Bool {
    try catalog.write { db in
      let name = name.precomposedStringWithCanonicalMapping
      guard try identityNames(in: db).contains(name) == false else { return false }
      try Self.checkName(name)
      _ = try insertIdentity(
        name, notes: notes, entry: try note.record("identity \(name)", in: db), in: db)
      return true
    }
  }

  /// All people, by name.
  public func identities() throws -> [IdentityRecord] {
    try catalog.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT identity.name, identity.notes, journal.author,
            count(face.id) - count(face.rejection_id) AS faces,
            count(face.rejection_id) AS rejected, count(DISTINCT face.video_id) AS videos
          FROM identity
          JOIN journal ON journal.id = identity.journal_id
          LEFT JOIN face ON face.identity_id = identity.id
            AND \(Workspace.isNotReplaced("face"))
          WHERE NOT identity.hidden GROUP BY identity.id ORDER BY identity.name
          """
      ).map {
        IdentityRecord(
          name: $0["name"], notes: $0["notes"], author: $0["author"], faceCount: $0["faces"],
          rejectedCount: $0["rejected"], videoCount: $0["videos"])
      }
    }
  }

  /// Throws `.invalid` for what nobody may be called: nothing, what a query means something else by, or what
  /// breaks lines.
  public static func checkName(_ name: String) throws {
    func refuse(_ reason: String) -> CatalogError {
      CatalogError(code: .invalid, subject: "identity \(name.debugDescription)", reason: reason)
    }
    guard !name.isEmpty, name == name.trimmingCharacters(in: .whitespacesAndNewlines) else {
      throw refuse("a name is not empty and has no space around")
    }
    guard name.lowercased() != "none" else {
      throw refuse("means nobody in a query; take another name")
    }
    guard !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw refuse("a name has no control characters") }
  }

  func insertIdentity(
    _ name: String, notes: String, entry: Int64, in db: Database
  ) throws -> Int64 {
    guard !name.isEmpty, name == name.trimmingCharacters(in: .whitespacesAndNewlines) else {
      throw CatalogError(
        code: .invalid, subject: "identity", reason: "a name is not empty and has no space around")
    }
    let hidden = try Int64.fetchOne(
      db, sql: "SELECT id FROM identity WHERE name = ? AND hidden", arguments: [name])
    let row: Int64
    var oldName = name
    if let hidden {
      row = hidden
      try db.execute(sql: "UPDATE identity SET hidden = 0 WHERE id = ?", arguments: [row])
    } else {
      try db.execute(
        sql: "INSERT INTO identity(name, notes, journal_id) VALUES (?, ?, ?)",
        arguments: [name, notes, entry])
      row = db.lastInsertedRowID
      // Where the making is undone, the name is free for another.
      oldName = "\(name) (undone \(row))"
    }
    try IdentityChange(
      identity: row, oldName: oldName, newName: name, wasHidden: true, isHidden: false
    ).insert(entry: entry, in: db)
    return row
  }

  func identityNames(in db: Database) throws -> [String] {
    try String.fetchAll(db, sql: "SELECT name FROM identity WHERE NOT hidden ORDER BY name")
  }

  /// Throws `.unknownIdentity` with the names there are.
  func identityRow(named name: String, in db: Database) throws -> Int64 {
    let row = try Int64.fetchOne(
      db, sql: "SELECT id FROM identity WHERE name = ? AND NOT hidden",
      arguments: [name.precomposedStringWithCanonicalMapping])
    guard let row else { throw unknownIdentity(name, known: try identityNames(in: db)) }
    return row
  }

  func unknownIdentity(
    _ name: String, known: [String], excerpt: String? = nil
  ) -> CatalogError {
    let shown = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
    return CatalogError(
      code: .unknownIdentity, subject: name,
      reason: "no identity of this name; "
        + (known.isEmpty ? "none has been named yet" : "there are: \(shown)"),
      excerpt: excerpt)
  }
}
