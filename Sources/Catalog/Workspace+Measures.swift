public import FaceCore
import GRDB

/// What a face has to be measured anew for: names of measures, each with the version of its rule.
public typealias MeasureRules = [String: Int]

/// Taking measures anew.
///
/// Measures are facts about the footage, not decisions: they are written over by better ones, without a
/// journal entry, and manifests keep what they were made with.
extension Workspace {
  /// The rules whose columns an older version filled for this video, or none; nothing for a video that
  /// is still being imported or has no face.
  public func staleRules(_ rules: MeasureRules, of video: VideoRecord) throws -> MeasureRules {
    guard video.state.isFinished, video.faceCount > 0 else { return [:] }
    return try catalog.read { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT name, version FROM measure WHERE video_id = ?", arguments: [video.row])
      let known = Dictionary(rows.map { ($0[0] as String, $0[1] as Int) }) { first, _ in first }
      return rules.filter { (known[$0.key] ?? 0) < $0.value }
    }
  }

  /// The next faces of a video to be measured by these rules, where an interrupted run left off.
  public func facesToMeasure(
    _ rules: MeasureRules, of video: VideoRecord, limit: Int
  ) throws -> [FaceRecord] {
    try catalog.read { db in
      let last = try Int64.fetchOne(
        db, sql: "SELECT last_face FROM measuring WHERE video_id = ? AND rules = ?",
        arguments: [video.row, text(of: rules)])
      return try Row.fetchAll(
        db,
        sql: FaceRecord.selection
          + " WHERE video_id = ? AND face_id > ? ORDER BY face_id LIMIT ?",
        arguments: [video.row, last ?? 0, limit]
      ).map(FaceRecord.init)
    }
  }

  /// Writes the measures of these faces, and how far the video is done, in one transaction.
  ///
  /// A rule that says nothing of a face leaves NULL; where there is nil for a face, it could not be looked at,
  /// and keeps what it has. Traps on a measure without a column.
  public func keep(
    _ measures: [(face: FaceRecord, measures: [Measure]?)], rules: MeasureRules,
    of video: VideoRecord
  ) throws {
    guard let last = measures.map(\.face.row).max(), !rules.isEmpty else { return }
    let names = rules.keys.sorted()
    precondition(names.allSatisfy { MeasureColumn(rawValue: $0) != nil }, "a measure has a column")
    try catalog.write { db in
      let statement = try db.makeStatement(
        sql: "UPDATE face SET \(names.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = ?")
      for (face, measures) in measures {
        guard let measures else { continue }
        let values = names.map { name in measures.first { $0.name == name }?.value }
        try statement.execute(arguments: StatementArguments(values) + [face.row])
      }
      try db.execute(
        sql: """
          INSERT INTO measuring(video_id, rules, last_face, missing) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET rules = ?2, last_face = ?3,
              missing = iif(rules = ?2, missing, 0) + ?4
          """,
        arguments: [
          video.row, text(of: rules), last, measures.filter { $0.measures == nil }.count,
        ])
    }
  }

  /// Notes that all faces of the video were measured by these rules, unless some could not be looked at: then
  /// it has to be measured again.
  public func finishMeasuring(_ rules: MeasureRules, of video: VideoRecord) throws {
    try catalog.write { db in
      let missing = try Int.fetchOne(
        db, sql: "SELECT missing FROM measuring WHERE video_id = ? AND rules = ?",
        arguments: [video.row, text(of: rules)])
      if missing ?? 0 == 0 {
        for (name, version) in rules { try note(name, version: version, of: video.row, in: db) }
      }
      try db.execute(sql: "DELETE FROM measuring WHERE video_id = ?", arguments: [video.row])
    }
  }

  func note(_ name: String, version: Int, of video: Int64, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO measure(video_id, name, version) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET version = excluded.version WHERE version < excluded.version
        """
    ).execute(arguments: [video, name, version])
  }

  private func text(of rules: MeasureRules) -> String {
    rules.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
