import Foundation
import GRDB

/// One change of the catalogue.
public struct JournalRecord: Hashable, Sendable {
  public let id: Int64
  /// UTC, `2026-01-31T12:00:00Z`.
  public let time: String
  public let author: String
  /// As it was typed.
  public let command: String
  /// What was done, and to how many faces where it was a decision about faces.
  public let summary: String
  /// The entry it took back, or brought back; nil for a change of its own.
  public let undoes: Int64?
  /// Whether it is taken back now.
  public let isUndone: Bool
}

/// History: nothing is rewritten. Undoing an entry appends one that undoes it, redoing one that
/// undoes the undoing.
extension Workspace {
  /// The newest entries first.
  public func log(limit: Int? = nil) throws -> [JournalRecord] {
    try catalog.read { db in try entries("1", limit: limit, in: db) }
  }

  /// Takes back an entry, or the last own change that is in force; nil when there is none.
  ///
  /// Throws `.conflict` when later changes build on it, and `.invalid` for an entry that cannot be
  /// taken back.
  @discardableResult
  public func undo(id: Int64? = nil, note: ChangeNote) throws -> JournalRecord? {
    try catalog.write { db in
      let target: JournalRecord
      if let id {
        guard let found = try entries("id = \(id)", limit: 1, in: db).first else {
          throw CatalogError(code: .invalid, subject: "undo \(id)", reason: "no such entry")
        }
        guard found.undoes == nil, !found.isUndone else {
          throw CatalogError(
            code: .invalid, subject: "undo \(id)",
            reason: found.isUndone ? "it is undone already" : "it is an undo itself: curate redo")
        }
        target = found
      } else {
        guard let last = try lastInForce(in: db) else { return nil }
        target = last
      }
      let head = try lastLink(after: target.id, in: db)
      let entry = try note.record("undo: \(target.summary)", undoes: head, in: db)
      try revert(target, entry: entry, in: db)
      return target
    }
  }

  /// Brings back what was undone last; nil when nothing is.
  ///
  /// Throws `.conflict` when later changes stand in the way.
  @discardableResult
  public func redo(note: ChangeNote) throws -> JournalRecord? {
    try catalog.write { db in
      // The last undo that was not itself taken back.
      let undoes = try entries("undoes IS NOT NULL", limit: nil, in: db)
      for undo in undoes where !undo.isUndone {
        var root = undo
        var depth = 0
        while let before = root.undoes,
          let entry = try entries("id = \(before)", limit: 1, in: db).first
        {
          root = entry
          depth += 1
        }
        guard depth % 2 == 1 else { continue }
        _ = try note.record("redo: \(root.summary)", undoes: undo.id, in: db)
        try apply(root, undoneBy: undo.id, in: db)
        return root
      }
      return nil
    }
  }

  private func entries(
    _ condition: String, limit: Int?, in db: Database
  ) throws -> [JournalRecord] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT id, at, author, command, summary, undoes,
          (SELECT count(*) FROM decision WHERE decision.journal_id = journal.id) AS faces
        FROM journal WHERE \(condition) ORDER BY id DESC LIMIT ?
        """,
      arguments: [limit ?? -1]
    ).map { row in
      let id: Int64 = row["id"]
      let faces: Int = row["faces"]
      let summary: String = row["summary"]
      return JournalRecord(
        id: id, time: row["at"], author: row["author"], command: row["command"],
        summary: faces > 0 ? "\(summary) (\(faces) faces)" : summary, undoes: row["undoes"],
        isUndone: try !isInForce(id, in: db))
    }
  }

  /// Whether an entry is not undone, or done again since.
  func isInForce(_ id: Int64, in db: Database) throws -> Bool {
    var (links, at) = (0, id)
    while let next = try Int64.fetchOne(
      db, sql: "SELECT id FROM journal WHERE undoes = ?", arguments: [at])
    {
      (links, at) = (links + 1, next)
    }
    return links % 2 == 0
  }

  /// Manifests are files, not states, and are not taken back.
  private func lastInForce(in db: Database) throws -> JournalRecord? {
    let own = try Int64.fetchCursor(
      db,
      sql: """
        SELECT id FROM journal WHERE undoes IS NULL
          AND id NOT IN (SELECT journal_id FROM manifest) ORDER BY id DESC
        """)
    while let id = try own.next() {
      if let entry = try entries("id = \(id)", limit: 1, in: db).first, !entry.isUndone {
        return entry
      }
    }
    return nil
  }

  /// The end of the chain of undoing and redoing.
  private func lastLink(after id: Int64, in db: Database) throws -> Int64 {
    var at = id
    while let next = try Int64.fetchOne(
      db, sql: "SELECT id FROM journal WHERE undoes = ?", arguments: [at])
    {
      at = next
    }
    return at
  }
}
