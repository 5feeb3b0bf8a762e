import GRDB

/// The history of a video of a part on its way in.
extension PartVideo {
  /// The same entry of the part's journal here, once however often it is asked for; `undone` is the one here
  /// that it undoes, and those `used` are others of the same words.
  static func copiedEntry(
    _ row: Row, undoing undone: Int64? = nil, except used: Set<Int64> = [], in db: Database
  ) throws -> Int64 {
    let known =
      if let undone {
        try Int64.fetchOne(
          db, sql: "SELECT id FROM main.journal WHERE undoes = ?", arguments: [undone])
      } else {
        // Each video has an entry of its own, for that can be undone by itself.
        try Int64.fetchAll(
          db,
          sql: """
            SELECT id FROM main.journal WHERE at = ? AND author = ? AND command = ? AND summary = ?
              AND undoes IS NULL AND id NOT IN (SELECT journal_id FROM main.video)
            """,
          arguments: values(of: row)
        ).first { !used.contains($0) }
      }
    return try known ?? newEntry(row, undoing: undone, in: db)
  }

  static func newEntry(
    _ row: Row, undoing undone: Int64? = nil, in db: Database
  ) throws -> Int64 {
    try db.execute(
      sql: """
        INSERT INTO main.journal(at, author, command, summary, undoes) VALUES (?, ?, ?, ?, ?)
        """,
      arguments: values(of: row) + [undone])
    return db.lastInsertedRowID
  }

  private static func values(of row: Row) -> StatementArguments {
    [
      row["at"] as String, row["author"] as String, row["command"] as String,
      row["summary"] as String,
    ]
  }

  /// Entries of decisions about its faces, and of imports that took the place of others, with those that undo
  /// and redo them: `entry_map` has the row here of each.
  func copyEntries(_ video: Int64) throws {
    try db.execute(
      sql: """
        CREATE TEMP TABLE IF NOT EXISTS entry_map(theirs INTEGER PRIMARY KEY, mine INTEGER);
        DELETE FROM temp.entry_map;
        """)
    try db.execute(
      sql: """
        INSERT INTO temp.entry_map SELECT theirs.journal_id, mine.journal_id
        FROM part.video AS theirs, main.video AS mine WHERE theirs.id = ? AND mine.id = ?
        """,
      arguments: [row, video])
    let entries = try Row.fetchAll(
      db,
      sql: """
        WITH RECURSIVE wanted(id) AS (
          SELECT theirs FROM temp.entry_map
          UNION SELECT decision.journal_id FROM part.decision JOIN part.face ON face.id = face_id
            WHERE video_id = ?1 AND ordinal >= ?2
          UNION SELECT journal_id FROM part.track_decision WHERE video_id = ?1
          UNION SELECT journal_id FROM part.reimport WHERE video_id = ?1
          UNION SELECT journal.id FROM wanted JOIN part.journal ON undoes = wanted.id)
        SELECT * FROM part.journal
        WHERE id IN (SELECT id FROM wanted) AND id NOT IN (SELECT theirs FROM temp.entry_map)
        ORDER BY id
        """,
      arguments: [row, start])
    var used: Set<Int64> = []
    for entry in entries {
      let undone = try (entry["undoes"] as Int64?).flatMap {
        try Int64.fetchOne(
          db, sql: "SELECT mine FROM temp.entry_map WHERE theirs = ?", arguments: [$0])
      }
      let mine = try PartVideo.copiedEntry(entry, undoing: undone, except: used, in: db)
      used.insert(mine)
      try db.execute(
        sql: "INSERT INTO temp.entry_map VALUES (?, ?)", arguments: [entry["id"] as Int64, mine])
    }
  }
}
