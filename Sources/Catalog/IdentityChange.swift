import Foundation
import GRDB

/// A change of an identity itself: of its name, or of whether it is shown.
struct IdentityChange {
  let identity: Int64
  let oldName: String
  let newName: String
  let wasHidden: Bool
  let isHidden: Bool

  func insert(entry: Int64, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO identity_change(journal_id, identity_id, old_name, new_name, old_hidden,
          new_hidden)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [entry, identity, oldName, newName, wasHidden, isHidden])
  }
}

extension FaceQuery {
  /// Of those that match, one person's.
  public func among(_ name: String) -> FaceQuery {
    let own = QueryExpression.compare(.identity, .equal, .text(name))
    return FaceQuery(
      expression.map { .and([own, $0]) } ?? own, includesRejected: includesRejected)
  }
}

extension Workspace {
  /// Gives a person another name.
  ///
  /// Throws `.unknownIdentity`, or `.invalid` where the new name is taken or empty.
  public func rename(_ name: String, to newName: String, note: ChangeNote) throws {
    let newName = newName.precomposedStringWithCanonicalMapping
    try Self.checkName(newName)
    try catalog.write { db in
      let row = try identityRow(named: name, in: db)
      let isTaken = try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM identity WHERE name = ? AND id <> ?)",
        arguments: [newName, row])
      guard isTaken == false else {
        throw CatalogError(
          code: .invalid, subject: newName,
          reason: "is a name already; curate identity merge makes one person of two")
      }
      let entry = try note.record("rename \(name) to \(newName)", in: db)
      try db.execute(sql: "UPDATE identity SET name = ? WHERE id = ?", arguments: [newName, row])
      try IdentityChange(
        identity: row, oldName: name, newName: newName, wasHidden: false, isHidden: false
      ).insert(entry: entry, in: db)
    }
  }

  /// Makes one person of several: all faces and tracks get `name`, and the other names are hidden.
  ///
  /// Returns how many faces changed. Throws `.unknownIdentity`.
  @discardableResult
  public func merge(_ names: [String], into name: String, note: ChangeNote) throws -> Int {
    try catalog.write { db in
      let stays = try identityRow(named: name, in: db)
      var rows: [(name: String, row: Int64)] = []
      for other in names where other != name {
        rows.append((other, try identityRow(named: other, in: db)))
      }
      guard !rows.isEmpty else { return 0 }
      let entry = try note.record("merge \(names.joined(separator: ", ")) into \(name)", in: db)
      let marks = rows.map { "\($0.row)" }.joined(separator: ", ")
      let count = try changeIdentity(
        ofFaces: "SELECT id FROM face WHERE identity_id IN (\(marks))",
        tracks: "SELECT video_id, number FROM track WHERE identity_id IN (\(marks))", to: stays,
        entry: entry, in: db)
      for (other, row) in rows {
        try db.execute(sql: "UPDATE identity SET hidden = 1 WHERE id = ?", arguments: [row])
        try IdentityChange(
          identity: row, oldName: other, newName: other, wasHidden: false, isHidden: true
        ).insert(entry: entry, in: db)
      }
      return count
    }
  }

  /// Makes another person of those faces of `name` that match; whole tracks move with them, unless told.
  ///
  /// Returns how many faces changed. Throws `.unknownIdentity`, or `.invalid` where none matches.
  @discardableResult
  public func split(
    _ name: String, matching query: FaceQuery, to newName: String, scope: DecisionScope = .tracks,
    note: ChangeNote
  ) throws -> Int {
    let own = query.among(name)
    guard try count(matching: own) > 0 else {
      throw CatalogError(
        code: .invalid, subject: name, reason: "has no face that matches \(query.text)")
    }
    return try assign(newName, to: own, creating: true, scope: scope, note: note)
  }

  /// Names faces and whole tracks, and notes what they were called before.
  ///
  /// Both texts select: ids of faces, and videos with numbers of tracks.
  func changeIdentity(
    ofFaces faces: String, _ arguments: StatementArguments = [], tracks: String?,
    _ trackArguments: StatementArguments = [], to person: Int64?, entry: Int64, in db: Database
  ) throws -> Int {
    if let tracks {
      try db.execute(
        sql: """
          INSERT INTO track_decision(journal_id, video_id, track, identity_id,
            previous_identity_id)
          SELECT ?, video_id, number, ?, identity_id FROM track
          WHERE (video_id, number) IN (\(tracks)) AND identity_id IS NOT ?
          """,
        arguments: [entry, person] + trackArguments + [person])
    }
    try db.execute(
      sql: """
        INSERT INTO decision(journal_id, face_id, kind, identity_id, previous_identity_id)
        SELECT ?, id, 'identity', ?, identity_id FROM face
        WHERE id IN (\(faces)) AND identity_id IS NOT ?
        """,
      arguments: [entry, person] + arguments + [person])
    let count = db.changesCount
    try takeOverDecisions(entry: entry, in: db)
    return count
  }

  /// Gives faces and tracks the names that an entry decided.
  func takeOverDecisions(entry: Int64, in db: Database) throws {
    try db.execute(
      sql: """
        UPDATE track SET identity_id = decided.identity_id FROM track_decision AS decided
        WHERE decided.journal_id = ? AND decided.video_id = track.video_id
          AND decided.track = track.number
        """,
      arguments: [entry])
    try db.execute(
      sql: """
        UPDATE face SET identity_id = decision.identity_id FROM decision
        WHERE decision.journal_id = ? AND decision.face_id = face.id
        """,
      arguments: [entry])
  }
}
