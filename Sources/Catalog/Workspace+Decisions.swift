public import FaceCore
import Foundation
import GRDB

/// What a decision covers.
public enum DecisionScope: Hashable, Sendable {
  /// The faces that match.
  case faces
  /// Every track with a face that matches, whole: one person through one shot.
  case tracks
}

/// What people decide about faces. Each call is one journal entry, or none where nothing changes.
extension Workspace {
  /// Rejects the faces that match and are not rejected yet; returns how many.
  @discardableResult
  public func reject(
    matching query: FaceQuery, reason: String, scope: DecisionScope = .faces, note: ChangeNote
  ) throws -> Int {
    guard !reason.isEmpty else {
      throw CatalogError(code: .invalid, subject: "reject", reason: "a rejection needs a reason")
    }
    return try decide(on: query, scope: scope) { db, faces in
      let open = "\(faces.text) AND rejection_id IS NULL"
      guard try exists(open, faces.arguments, in: db) else { return 0 }
      let entry = try note.record("reject: \(reason)", in: db)
      return try reject(faces.text, faces.arguments, why: reason, entry: entry, in: db)
    }
  }

  /// Rejects, by this entry, the rows of `face` that a condition names and that are not rejected yet; returns how
  /// many.
  @discardableResult
  func reject(
    _ condition: String, _ arguments: StatementArguments, why: String, entry: Int64,
    in db: Database
  ) throws -> Int {
    try db.execute(
      sql: """
        INSERT INTO decision(journal_id, face_id, kind, why)
        SELECT ?, id, 'reject', ? FROM face WHERE \(condition) AND rejection_id IS NULL
        """,
      arguments: [entry, why] + arguments)
    let count = db.changesCount
    try db.execute(
      sql: """
        UPDATE face SET rejection_id = decision.id FROM decision
        WHERE decision.journal_id = ? AND decision.face_id = face.id
        """,
      arguments: [entry])
    return count
  }

  /// Takes back the faces that match and are rejected; returns how many.
  ///
  /// Not those of an import that was undone, which that brings back.
  @discardableResult
  public func accept(
    matching query: FaceQuery, reason: String = "", scope: DecisionScope = .faces,
    note: ChangeNote
  ) throws -> Int {
    var query = query
    query.includesRejected = true
    return try decide(on: query, scope: scope) { db, faces in
      let rejected = """
        \(faces.text) AND rejection_id IS NOT NULL
          AND EXISTS (SELECT 1 FROM video WHERE id = face.video_id AND NOT withdrawn)
        """
      guard try exists(rejected, faces.arguments, in: db) else { return 0 }
      let entry = try note.record("accept", in: db)
      try db.execute(
        sql: """
          INSERT INTO decision(journal_id, face_id, kind, why, lifts_id)
          SELECT ?, id, 'accept', ?, rejection_id FROM face WHERE \(rejected)
          """,
        arguments: [entry, reason] + faces.arguments)
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
  /// A track that is named as a whole keeps the name for faces that an import still adds to it.
  /// Throws `.unknownIdentity` unless the name exists or `creating` is set.
  @discardableResult
  public func assign(
    _ name: String?, to query: FaceQuery, creating: Bool = false,
    scope: DecisionScope = .faces, note: ChangeNote
  ) throws -> Int {
    let name = name?.precomposedStringWithCanonicalMapping
    return try decide(on: query, scope: scope) { db, faces in
      let isNew = try creating && name.map { try !identityNames(in: db).contains($0) } ?? false
      var person = try isNew ? nil : name.map { try identityRow(named: $0, in: db) }
      guard
        try isNew
          || exists(
            "\(faces.text) AND identity_id IS NOT ?", faces.arguments + [person], in: db)
      else { return 0 }
      if isNew, let name { try Self.checkName(name) }
      let entry = try note.record("identity \(name ?? "(none)")", in: db)
      if isNew, let name { person = try insertIdentity(name, notes: "", entry: entry, in: db) }
      return try changeIdentity(
        ofFaces: "SELECT id FROM face WHERE \(faces.text)", faces.arguments,
        tracks: scope == .tracks ? "SELECT video_id, track FROM face WHERE \(faces.text)" : nil,
        faces.arguments, to: person, entry: entry, in: db)
    }
  }

  /// Marks faces as near-duplicates of better ones; returns how many were not marked so yet.
  ///
  /// Throws `.unknownFace`.
  @discardableResult
  public func markDuplicates(
    _ pairs: [(face: FaceID, best: FaceID)], note: ChangeNote
  ) throws -> Int {
    try catalog.write { db in
      let rows = try pairs.map { (try faceRow($0.face, in: db), try faceRow($0.best, in: db)) }
      var entry: Int64?
      var count = 0
      for (face, best) in rows {
        let isMarked = try Bool.fetchOne(
          db,
          sql: """
            SELECT EXISTS (SELECT 1 FROM face JOIN duplicate ON duplicate.id = face.duplicate_id
              WHERE face.id = ? AND duplicate.best_id = ?)
            """,
          arguments: [face, best])
        guard isMarked == false else { continue }
        let written = try entry ?? note.record("duplicates", in: db)
        entry = written
        try db.execute(
          sql: """
            INSERT INTO duplicate(journal_id, face_id, best_id, previous_id)
            SELECT ?, id, ?, duplicate_id FROM face WHERE id = ?
            """,
          arguments: [written, best, face])
        try db.execute(
          sql: "UPDATE face SET duplicate_id = ? WHERE id = ?",
          arguments: [db.lastInsertedRowID, face])
        count += 1
      }
      return count
    }
  }

  private func faceRow(_ id: FaceID, in db: Database) throws -> Int64 {
    let row = try Int64.fetchOne(
      db,
      sql: """
        SELECT face.id FROM video JOIN face ON face.video_id = video.id
        WHERE substr(video.sha256, 1, 16) = ? AND ordinal = ? AND position = ?
        """,
      arguments: [id.video, id.ordinal, id.position])
    guard let row else {
      throw CatalogError(
        code: .unknownFace, subject: id.description, reason: "no face of this id")
    }
    return row
  }

  private func exists(
    _ condition: String, _ arguments: StatementArguments, in db: Database
  ) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM face WHERE \(condition))", arguments: arguments)
      ?? false
  }

  /// Calls `body` with a condition on `face` for the rows a decision covers.
  private func decide(
    on query: FaceQuery, scope: DecisionScope,
    _ body: (Database, (text: String, arguments: StatementArguments)) throws -> Int
  ) throws -> Int {
    try catalog.write { db in
      try check(query, in: db)
      // Chosen once: the decision itself changes what would match.
      let sql = QuerySQL(query)
      try db.execute(sql: "CREATE TEMP TABLE IF NOT EXISTS chosen(id INTEGER PRIMARY KEY)")
      try db.execute(sql: "DELETE FROM temp.chosen")
      let matching = "\(sql.prefix)SELECT faces.face_id FROM face_facts AS faces WHERE \(sql.text)"
      try db.execute(sql: "INSERT INTO temp.chosen \(matching)", arguments: sql.arguments)
      if scope == .tracks {
        try db.execute(
          sql: """
            INSERT OR IGNORE INTO temp.chosen SELECT id FROM face WHERE (video_id, track) IN
              (SELECT video_id, track FROM face WHERE id IN (SELECT id FROM temp.chosen))
            """)
      }
      return try body(db, ("id IN (SELECT id FROM temp.chosen)", []))
    }
  }
}
