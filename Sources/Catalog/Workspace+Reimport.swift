import GRDB

/// Imports of a video in the place of an earlier one.
///
/// Nothing of the earlier is lost: its faces are rejected, and undoing the entry brings them back.
extension Workspace {
  /// The reason by which faces of an import that another took the place of are rejected.
  public static let replacedReason = "imported again"
  /// The reason by which those of an import that was undone are.
  static let undoneReason = "import undone"

  /// Whether a row of `face`, joined with its `video`, is of the import in force.
  static let isInForce = isInForce("face")

  private static func isInForce(_ row: String) -> String {
    "\(row).track >= video.first_track AND \(row).track < video.end_track"
  }

  /// Whether a row of `face`, under that name, is seen where rejected ones are: those of an import that another
  /// took the place of are rejected, and not seen.
  static func isNotReplaced(_ row: String) -> String {
    """
    (\(row).rejection_id IS NULL OR EXISTS
      (SELECT 1 FROM video WHERE video.id = \(row).video_id AND \(isInForce(row))))
    """
  }

  /// What `video` and `reimport` change over.
  private static let changing = [
    "first_track", "end_track", "first_shot", "reimport_id", "state", "error", "frame_count",
    "next_ordinal", "resume_state", "parameters", "identity_id",
  ]

  /// Puts an import of the video's frames from the first on in the place of the one in force.
  func replaceImport(of video: VideoRecord, note: ChangeNote, in db: Database) throws {
    let entry = try note.record("import \(video.name) again", in: db)
    let columns = Workspace.changing.joined(separator: ", ")
    try reject(
      "video_id = ? AND track >= ? AND track < ?",
      [video.row, video.tracks.lowerBound, video.tracks.upperBound],
      why: Workspace.replacedReason, entry: entry, in: db)
    // Whatever is brought back later must not grow into what comes now.
    let next = try Int.fetchOne(
      db, sql: "SELECT ifnull(max(number) + 1, 0) FROM track WHERE video_id = ?",
      arguments: [video.row])
    try db.execute(
      sql: "UPDATE reimport SET end_track = ?1 WHERE video_id = ?2 AND end_track > ?1",
      arguments: [next, video.row])
    try db.execute(
      sql: "UPDATE video SET end_track = ?1 WHERE id = ?2 AND end_track > ?1",
      arguments: [next, video.row])
    try db.execute(
      sql: """
        INSERT INTO reimport(journal_id, video_id, \(columns))
          SELECT ?1, id, \(columns) FROM video WHERE id = ?2
        """,
      arguments: [entry, video.row])
    try db.execute(
      sql: """
        UPDATE video SET first_track = ?1, end_track = \(Int.max), reimport_id = ?2,
          first_shot =
            (SELECT ifnull(max(number) + 1, 0) FROM shot WHERE video_id = ?3),
          state = 'pending', error = NULL, next_ordinal = 0, resume_state = NULL
        WHERE id = ?3
        """,
      arguments: [next, entry, video.row])
  }

  /// The faces and shots of a batch under the numbers that are free for them, behind those of the imports
  /// before.
  func placed(
    _ batch: ImportBatch, of video: VideoRecord, behind current: Replaced?, in db: Database
  ) throws -> ImportBatch {
    guard let current else { return batch }
    var placed = batch
    for index in placed.shots.indices { placed.shots[index].number += current.firstShot }
    for index in placed.faces.indices {
      placed.faces[index].track += current.firstTrack
      placed.faces[index].shot += current.firstShot
      placed.faces[index].position +=
        try Int.fetchOne(
          db.cachedStatement(
            sql: """
              SELECT ifnull(max(position) + 1, 0) FROM face
              WHERE video_id = ? AND ordinal = ? AND track < ?
              """),
          arguments: [video.row, placed.faces[index].ordinal, current.firstTrack]) ?? 0
    }
    return placed
  }

  /// What the import in force took the place of.
  struct Replaced {
    /// By which it did.
    var entry: Int64
    /// The tracks of the import before, of the one before that, and so on.
    var tracks: [Range<Int>]
    var firstTrack: Int
    var firstShot: Int
  }

  /// Nil for a first import.
  func inForce(_ video: Int64, in db: Database) throws -> Replaced? {
    let current = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT reimport_id, first_track, first_shot FROM video
          WHERE id = ? AND reimport_id IS NOT NULL
          """),
      arguments: [video])
    guard let current else { return nil }
    var replaced = Replaced(
      entry: current[0], tracks: [], firstTrack: current[1], firstShot: current[2])
    var entry: Int64? = replaced.entry
    while let at = entry {
      let before = try Row.fetchOne(
        db.cachedStatement(
          sql: "SELECT first_track, end_track, reimport_id FROM reimport WHERE journal_id = ?"),
        arguments: [at])
      guard let before else { break }
      replaced.tracks.append((before[0] as Int)..<(before[1] as Int))
      entry = before[2]
    }
    return replaced
  }

  /// Refuses to bring faces of an import back that is not in force, and to go over one that took over names and
  /// rejections; that an import comes or goes is for `changeOver`.
  func checkNotReplaced(_ target: JournalRecord, in db: Database) throws {
    let other = try Row.fetchOne(
      db,
      sql: """
        SELECT video.name, journal.id, journal.summary, face.track < video.first_track FROM decision
        JOIN face ON face.id = decision.face_id
        JOIN video ON video.id = face.video_id
        LEFT JOIN journal ON journal.id = video.reimport_id
        WHERE decision.journal_id = ?1
          AND (kind <> 'identity' AND (video.withdrawn OR face.track >= video.end_track)
            OR face.track < video.first_track AND ?1 < video.reimport_id)
          AND NOT EXISTS (SELECT 1 FROM reimport WHERE journal_id = ?1)
        LIMIT 1
        """,
      arguments: [target.id])
    guard let other else { return }
    let reason =
      if let entry = other[1] as Int64?, other[3] as Bool {
        "\(entry) (\(other[2] as String)) builds on it; undo that first"
      } else {
        "it is about faces of an import of \(other[0] as String) that was undone; "
          + "bring that back first"
      }
    throw CatalogError(
      code: .conflict, subject: "\(target.id) (\(target.summary))", reason: reason)
  }

  /// Changes over the import that an entry brought in and the one in whose place it came; nothing for
  /// another entry.
  ///
  /// `undo` is the entry that takes it back, nil where it is brought back. The faces it brought are
  /// rejected by that entry.
  func changeOver(_ target: JournalRecord, undo: Int64?, in db: Database) throws {
    guard
      let other = try Row.fetchOne(
        db, sql: "SELECT * FROM reimport WHERE journal_id = ?", arguments: [target.id]),
      let mine = try Row.fetchOne(
        db, sql: "SELECT * FROM video WHERE id = ?", arguments: [other["video_id"] as Int64])
    else { return }
    func refuse(_ reason: String) -> CatalogError {
      CatalogError(
        code: .conflict, subject: "\(target.id) (\(target.summary))", reason: reason)
    }
    guard !(mine["withdrawn"] as Bool) else {
      throw refuse("the first import of \(mine["name"] as String) is undone; bring that back first")
    }
    let isNext =
      undo != nil
      ? mine["reimport_id"] == target.id
      : (mine["first_track"] as Int) < (other["first_track"] as Int)
    guard isNext else { throw refuse("the video was imported again since; undo that first") }
    let state = VideoState(rawValue: other["state"])
    guard state?.isFinished == true || other["end_track"] == Int.max else {
      throw refuse(
        "the import before it was not finished; import it again with these: "
          + (other["parameters"] as String))
    }
    if let undo {
      try reject(
        "video_id = ? AND track >= ? AND track < ?",
        [mine["id"], mine["first_track"], mine["end_track"]], why: Workspace.undoneReason,
        entry: undo, in: db)
    }
    let assignments = Workspace.changing.map { "\($0) = ?" }.joined(separator: ", ")
    func values(_ row: Row, of key: Int64) -> StatementArguments {
      StatementArguments(Workspace.changing.map { row[$0] as DatabaseValue } + [key.databaseValue])
    }
    try db.execute(
      sql: "UPDATE video SET \(assignments) WHERE id = ?",
      arguments: values(other, of: mine["id"]))
    try db.execute(
      sql: "UPDATE reimport SET \(assignments) WHERE journal_id = ?",
      arguments: values(mine, of: target.id))
    // Which rules told of the faces that are in force now is not known any more.
    func version(_ row: Row) -> Substring? {
      (row["parameters"] as String).split(separator: " ").first
    }
    if version(mine) != version(other) {
      try db.execute(
        sql: "DELETE FROM measure WHERE video_id = ?", arguments: [mine["id"] as Int64])
    }
  }
}
