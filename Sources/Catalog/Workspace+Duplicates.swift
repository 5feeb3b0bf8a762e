import GRDB

/// What making the marks of near-duplicates anew changed.
public struct DuplicateChange: Hashable, Sendable {
  /// Faces that were no duplicates, or of another face.
  public var marked = 0
  /// Faces that are no duplicates any more.
  public var lifted = 0

  public init(marked: Int = 0, lifted: Int = 0) { (self.marked, self.lifted) = (marked, lifted) }
}

extension Workspace {
  /// Faces that are marked as near-duplicates of one that is rejected, or somebody else's since: nobody stands
  /// for them until the marks are made anew.
  public func orphanedDuplicates() throws -> Int {
    try catalog.read { db in
      try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM face JOIN duplicate ON duplicate.id = face.duplicate_id
          JOIN face AS best ON best.id = best_id
          WHERE face.duplicate_id IS NOT NULL AND face.rejection_id IS NULL
            AND (best.rejection_id IS NOT NULL OR best.identity_id <> face.identity_id)
          """) ?? 0
    }
  }

  /// Makes the marks of these faces anew: each face of `pairs` is a duplicate of its best one, and
  /// none of the others of `scope` is one.
  ///
  /// One journal entry, or none where all is so already; faces outside the scope stay as they are. All
  /// are rows of `face`.
  @discardableResult
  public func remarkDuplicates(
    _ pairs: [(face: Int64, best: Int64)], of scope: [Int64], note: ChangeNote
  ) throws -> DuplicateChange {
    try catalog.write { db in
      try fillMarks(pairs, of: scope, in: db)
      let difference = """
        FROM temp.mark JOIN face ON face.id = mark.face_id
        LEFT JOIN duplicate AS standing ON standing.id = face.duplicate_id
        WHERE standing.best_id IS NOT mark.best_id
        """
      let counts = try Row.fetchOne(
        db, sql: "SELECT count(*) AS all_changes, count(mark.best_id) AS marked \(difference)")
      let (all, marked): (Int, Int) = (counts?["all_changes"] ?? 0, counts?["marked"] ?? 0)
      guard all > 0 else { return DuplicateChange() }
      let change = DuplicateChange(marked: marked, lifted: all - marked)
      let entry = try note.record("dedup: \(change.marked) marked, \(change.lifted) lifted", in: db)
      try db.execute(
        sql: """
          INSERT INTO duplicate(journal_id, face_id, best_id, previous_id)
          SELECT ?, face.id, mark.best_id, face.duplicate_id \(difference)
          """,
        arguments: [entry])
      try db.execute(
        sql: """
          UPDATE face SET duplicate_id = iif(best_id IS NULL, NULL, duplicate.id) FROM duplicate
          WHERE duplicate.journal_id = ? AND duplicate.face_id = face.id
          """,
        arguments: [entry])
      return change
    }
  }

  /// How many of these faces' marks would be made and lifted.
  public func duplicateChange(
    _ pairs: [(face: Int64, best: Int64)], of scope: [Int64]
  ) throws -> DuplicateChange {
    let standing = try catalog.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT face.id, best_id FROM face JOIN duplicate ON duplicate.id = face.duplicate_id
          """)
    }
    let before = Dictionary(standing.map { ($0[0] as Int64, $0[1] as Int64) }) { first, _ in first }
    let after = Dictionary(pairs.map { ($0.face, $0.best) }) { first, _ in first }
    var change = DuplicateChange()
    for face in scope {
      if let best = after[face] {
        if before[face] != best { change.marked += 1 }
      } else if before[face] != nil {
        change.lifted += 1
      }
    }
    return change
  }

  private func fillMarks(
    _ pairs: [(face: Int64, best: Int64)], of scope: [Int64], in db: Database
  ) throws {
    try db.execute(
      sql: """
        CREATE TEMP TABLE IF NOT EXISTS mark(face_id INTEGER PRIMARY KEY, best_id INTEGER);
        DELETE FROM temp.mark;
        """)
    let scoped = try db.makeStatement(sql: "INSERT OR IGNORE INTO temp.mark VALUES (?, NULL)")
    for face in scope { try scoped.execute(arguments: [face]) }
    let marked = try db.makeStatement(sql: "INSERT OR REPLACE INTO temp.mark VALUES (?, ?)")
    for (face, best) in pairs { try marked.execute(arguments: [face, best]) }
  }
}
