import Foundation
import GRDB

/// What people decide about faces. Each call is one journal entry, or none where nothing changes.
extension Workspace {
  /// Rejects the faces that match and are not rejected yet; returns how many.
  @discardableResult
  public func reject(
    matching query: FaceQuery, reason: String, note: ChangeNote
  ) throws -> Int {
    guard !reason.isEmpty else {
      throw CatalogError(code: .invalid, subject: "reject", reason: "a rejection needs a reason")
    }
    return try decide(on: query, note: note) { db, condition in
      guard try condition.hasMatches(and: "NOT faces.rejected") else { return 0 }
      let entry = try note.record("reject: \(reason)", in: db)
      try db.execute(
        sql: """
          INSERT INTO decision(journal_id, face_id, kind, why)
          SELECT ?, faces.face_id, 'reject', ? FROM face_detail AS faces
          WHERE \(condition.sql.text) AND NOT faces.rejected
          """,
        arguments: [entry, reason] + condition.sql.arguments)
      let count = db.changesCount
      try db.execute(
        sql: """
          UPDATE face SET rejection_id = decision.id FROM decision
          WHERE decision.journal_id = ? AND decision.face_id = face.id
          """,
        arguments: [entry])
      return count
    }
  }

  /// Takes back the faces that match and are rejected; returns how many.
  @discardableResult
  public func accept(
    matching query: FaceQuery, reason: String = "", note: ChangeNote
  ) throws -> Int {
    var query = query
    query.includesRejected = true
    return try decide(on: query, note: note) { db, condition in
      guard try condition.hasMatches(and: "faces.rejected") else { return 0 }
      let entry = try note.record("accept", in: db)
      try db.execute(
        sql: """
          INSERT INTO decision(journal_id, face_id, kind, why, lifts_id)
          SELECT ?, faces.face_id, 'accept', ?, faces.rejection_id
          FROM face_detail AS faces
          WHERE \(condition.sql.text) AND faces.rejected
          """,
        arguments: [entry, reason] + condition.sql.arguments)
      let count = db.changesCount
      try db.execute(
        sql: """
          UPDATE face SET rejection_id = NULL FROM decision
          WHERE decision.journal_id = ? AND decision.face_id = face.id
          """,
        arguments: [entry])
      return count
    }
  }

  /// Gives the faces that match a name, or takes it away (nil); returns how many changed.
  ///
  /// Throws `.unknownIdentity` unless the name exists or `creating` is set.
  @discardableResult
  public func assign(
    _ name: String?, to query: FaceQuery, creating: Bool = false, note: ChangeNote
  ) throws -> Int {
    let name = name?.precomposedStringWithCanonicalMapping
    return try decide(on: query, note: note) { db, condition in
      let isNew = try creating && name.map { try !identityNames(in: db).contains($0) } ?? false
      var person = try isNew ? nil : name.map { try identityRow(named: $0, in: db) }
      guard try isNew || condition.hasMatches(and: "faces.identity_id IS NOT ?", [person]) else {
        return 0
      }
      let entry = try note.record("identity \(name ?? "(none)")", in: db)
      if isNew, let name { person = try insertIdentity(name, notes: "", entry: entry, in: db) }
      try db.execute(
        sql: """
          INSERT INTO decision(journal_id, face_id, kind, identity_id, previous_identity_id)
          SELECT ?, faces.face_id, 'identity', ?, faces.identity_id
          FROM face_detail AS faces
          WHERE \(condition.sql.text) AND faces.identity_id IS NOT ?
          """,
        arguments: [entry, person] + condition.sql.arguments + [person])
      let count = db.changesCount
      try db.execute(
        sql: """
          UPDATE face SET identity_id = decision.identity_id FROM decision
          WHERE decision.journal_id = ? AND decision.face_id = face.id
          """,
        arguments: [entry])
      return count
    }
  }

  private func decide(
    on query: FaceQuery, note: ChangeNote,
    _ body: (Database, Condition) throws -> Int
  ) throws -> Int {
    try catalog.write { db in
      try check(query, in: db)
      return try body(db, Condition(sql: QuerySQL(query), db: db))
    }
  }

  /// The WHERE of a query, inside a transaction.
  private struct Condition {
    let sql: QuerySQL
    let db: Database

    func hasMatches(and more: String, _ arguments: StatementArguments = []) throws -> Bool {
      try Bool.fetchOne(
        db,
        sql: """
          SELECT EXISTS (SELECT 1 FROM face_detail AS faces
            WHERE \(sql.text) AND \(more))
          """,
        arguments: sql.arguments + arguments) ?? false
    }
  }
}
