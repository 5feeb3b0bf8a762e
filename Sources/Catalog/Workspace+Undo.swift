import GRDB

/// What taking back and bringing back an entry does to the tables.
extension Workspace {
  /// Takes the effects of `target` back; `entry` is the undoing.
  func revert(_ target: JournalRecord, entry: Int64, in db: Database) throws {
    if try isManifest(target, in: db) {
      throw CatalogError(
        code: .invalid, subject: "undo \(target.id)", reason: "a manifest is a file: delete it")
    }
    try checkNotReplaced(target, in: db)
    try checkNothingBuilt(
      on: target,
      decided: """
        CASE kind WHEN 'identity' THEN face.identity_id IS NOT decision.identity_id
          WHEN 'reject' THEN face.rejection_id IS NOT decision.id
          ELSE face.rejection_id IS NOT NULL END
        """,
      track: "track.identity_id IS NOT decided.identity_id",
      duplicate: "face.duplicate_id IS NOT iif(best_id IS NULL, NULL, duplicate.id)",
      identity: """
        name <> new_name OR hidden <> new_hidden
          OR EXISTS (SELECT 1 FROM identity AS other WHERE other.name = old_name
            AND other.id <> identity.id)
        """,
      in: db)
    try db.execute(
      sql: """
        UPDATE face SET identity_id = previous_identity_id FROM decision
        WHERE decision.journal_id = ?1 AND kind = 'identity' AND decision.face_id = face.id;
        """,
      arguments: [target.id])
    try update(
      target,
      """
      UPDATE face SET rejection_id = decision.lifts_id FROM decision
      WHERE decision.journal_id = ? AND kind <> 'identity' AND decision.face_id = face.id
      """, in: db)
    try update(
      target,
      """
      UPDATE track SET identity_id = decided.previous_identity_id
      FROM track_decision AS decided WHERE decided.journal_id = ?
        AND decided.video_id = track.video_id AND decided.track = track.number
      """, in: db)
    try update(
      target,
      """
      UPDATE face SET duplicate_id = duplicate.previous_id FROM duplicate
      WHERE duplicate.journal_id = ? AND duplicate.face_id = face.id
      """, in: db)
    try update(
      target,
      """
      UPDATE identity SET name = old_name, hidden = old_hidden FROM identity_change
      WHERE identity_change.journal_id = ? AND identity_change.identity_id = identity.id
      """, in: db)
    // Last, for faces that came in rejected by the entry itself.
    try withdraw(target, entry: entry, in: db)
    try changeOver(target, undo: entry, in: db)
  }

  /// Brings the effects of `target`, which `undo` took back, about again.
  func apply(_ target: JournalRecord, undoneBy undo: Int64, in db: Database) throws {
    try checkNotReplaced(target, in: db)
    try bringBack(target, withdrawnBy: undo, in: db)
    try changeOver(target, undo: nil, in: db)
    try checkNothingBuilt(
      on: target,
      decided: """
        CASE kind WHEN 'identity' THEN face.identity_id IS NOT previous_identity_id
          ELSE face.rejection_id IS NOT lifts_id END
        """,
      track: "track.identity_id IS NOT decided.previous_identity_id",
      duplicate: "face.duplicate_id IS NOT duplicate.previous_id",
      identity: """
        name <> old_name OR hidden <> old_hidden
          OR EXISTS (SELECT 1 FROM identity AS other WHERE other.name = new_name
            AND other.id <> identity.id)
        """,
      in: db)
    try update(
      target,
      """
      UPDATE identity SET name = new_name, hidden = new_hidden FROM identity_change
      WHERE identity_change.journal_id = ? AND identity_change.identity_id = identity.id
      """, in: db)
    try update(
      target,
      """
      UPDATE face SET identity_id = decision.identity_id FROM decision
      WHERE decision.journal_id = ? AND kind = 'identity' AND decision.face_id = face.id
      """, in: db)
    try update(
      target,
      """
      UPDATE face SET rejection_id = iif(kind = 'reject', decision.id, NULL) FROM decision
      WHERE decision.journal_id = ? AND kind <> 'identity' AND decision.face_id = face.id
      """, in: db)
    try update(
      target,
      """
      UPDATE track SET identity_id = decided.identity_id FROM track_decision AS decided
      WHERE decided.journal_id = ? AND decided.video_id = track.video_id
        AND decided.track = track.number
      """, in: db)
    try update(
      target,
      """
      UPDATE face SET duplicate_id = iif(best_id IS NULL, NULL, duplicate.id) FROM duplicate
      WHERE duplicate.journal_id = ? AND duplicate.face_id = face.id
      """, in: db)
  }

  private func update(_ target: JournalRecord, _ sql: String, in db: Database) throws {
    try db.execute(sql: sql, arguments: [target.id])
  }

  private func isManifest(_ target: JournalRecord, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM manifest WHERE journal_id = ?)",
      arguments: [target.id]) ?? false
  }

  /// An import that is undone rejects what it brought; the entry that undoes it says so.
  private func withdraw(_ target: JournalRecord, entry: Int64, in db: Database) throws {
    let video = try Int64.fetchOne(
      db, sql: "SELECT id FROM video WHERE journal_id = ?", arguments: [target.id])
    guard let video else { return }
    try db.execute(sql: "UPDATE video SET withdrawn = 1 WHERE id = ?", arguments: [video])
    try reject("video_id = ?", [video], why: Workspace.undoneReason, entry: entry, in: db)
  }

  private func bringBack(
    _ target: JournalRecord, withdrawnBy undo: Int64, in db: Database
  ) throws {
    try db.execute(
      sql: "UPDATE video SET withdrawn = 0 WHERE journal_id = ?", arguments: [target.id])
    try db.execute(
      sql: """
        UPDATE face SET rejection_id = NULL
        WHERE rejection_id IN (SELECT id FROM decision WHERE journal_id = ?)
        """,
      arguments: [undo])
  }

  /// Refuses to go over later changes.
  ///
  /// The four conditions say, of a decision about a face, of a track, of a duplicate and of an
  /// identity, that things are not as the entry left them, or found them.
  private func checkNothingBuilt(
    on target: JournalRecord, decided: String, track: String, duplicate: String,
    identity: String, in db: Database
  ) throws {
    let isBuiltOn = try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM decision JOIN face ON face.id = decision.face_id
            WHERE decision.journal_id = ?1 AND \(decided))
          OR EXISTS (SELECT 1 FROM track_decision AS decided JOIN track
            ON track.video_id = decided.video_id AND track.number = decided.track
            WHERE decided.journal_id = ?1 AND \(track))
          OR EXISTS (SELECT 1 FROM duplicate JOIN face ON face.id = duplicate.face_id
            WHERE duplicate.journal_id = ?1 AND \(duplicate))
          OR EXISTS (SELECT 1 FROM identity_change JOIN identity
            ON identity.id = identity_change.identity_id
            WHERE identity_change.journal_id = ?1 AND (\(identity)))
        """,
      arguments: [target.id])
    guard isBuiltOn == true else { return }
    let later = try Row.fetchOne(
      db,
      sql: """
        SELECT id, summary FROM journal WHERE id > ?1 AND undoes IS NULL AND id IN
          (SELECT journal_id FROM decision WHERE face_id IN
              (SELECT face_id FROM decision WHERE journal_id = ?1)
            UNION SELECT journal_id FROM identity_change WHERE identity_id IN
              (SELECT identity_id FROM identity_change WHERE journal_id = ?1)
            UNION SELECT journal_id FROM duplicate WHERE face_id IN
              (SELECT face_id FROM duplicate WHERE journal_id = ?1))
        ORDER BY id DESC LIMIT 1
        """,
      arguments: [target.id])
    let name = later.map { "\($0["id"] as Int64) (\($0["summary"] as String))" } ?? "a later change"
    throw CatalogError(
      code: .conflict, subject: "\(target.id) (\(target.summary))",
      reason: "\(name) builds on it; undo that first")
  }
}
