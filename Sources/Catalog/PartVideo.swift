import GRDB

/// A video of the attached part on its way in, inside a transaction.
struct PartVideo {
  let workspace: Workspace
  let db: Database
  /// Its row in the part.
  let row: Int64
  /// The first frame that is not here yet.
  let start: Int

  /// The column lists of both sides of a copy: all but what is computed or has another row id here.
  private static let faceColumns =
    [
      "track", "ordinal", "position", "ticks", "yaw", "pitch", "roll", "pose_w", "pose_x",
      "pose_y", "pose_z", "score", "eye_distance", "box_x", "box_y", "box_width", "box_height",
      "crop_name", "crop_sha256", "crop_size", "crop_type", "crop_a", "crop_b", "crop_tx",
      "crop_c", "crop_d", "crop_ty", "light", "seen_light", "landmarks", "light_bin", "cell",
    ] + MeasureColumn.allCases.map(\.rawValue)

  /// A person of the part by the same name here.
  private static func person(_ column: String) -> String {
    """
    (SELECT mine.id FROM main.identity AS mine JOIN part.identity AS theirs USING (name)
      WHERE theirs.id = \(column))
    """
  }

  /// Returns how many faces came in.
  func insert(note: ChangeNote) throws -> Int {
    try copyPeople()
    let next = try Int.fetchOne(
      db,
      sql: """
        SELECT mine.next_ordinal FROM main.video AS mine JOIN part.video AS theirs USING (sha256)
        WHERE theirs.id = ?
        """, arguments: [row])
    guard next ?? 0 == start else {
      throw CatalogError(
        code: .conflict, subject: workspace.folder,
        reason: "another merge or import is at work; merge again when it is through")
    }
    let video = try copyVideo()
    try db.execute(
      sql: """
        INSERT INTO main.shot SELECT ?1, number, first_ordinal FROM part.shot
          WHERE video_id = ?2 ON CONFLICT DO NOTHING;
        """,
      arguments: [video, row])
    try db.execute(
      sql: """
        INSERT INTO main.track(video_id, number, shot, identity_id)
        SELECT ?1, number, shot, \(PartVideo.person("identity_id")) FROM part.track
          WHERE video_id = ?2 ON CONFLICT DO NOTHING
        """,
      arguments: [video, row])
    try db.execute(
      sql: """
        INSERT INTO main.measure SELECT ?1, name, version FROM part.measure WHERE video_id = ?2
          ON CONFLICT DO UPDATE SET version = max(version, excluded.version)
        """,
      arguments: [video, row])
    let columns = PartVideo.faceColumns.joined(separator: ", ")
    try db.execute(
      sql: """
        INSERT INTO main.face(video_id, identity_id, \(columns))
        SELECT ?1, \(PartVideo.person("identity_id")), \(columns) FROM part.face
          WHERE video_id = ?2 AND ordinal >= ?3 ORDER BY ordinal, position
        """,
      arguments: [video, row, start])
    let count = db.changesCount
    try copyTold(video)
    try copyEntries(video)
    try copyDecisions(video)
    try copyTracksDecided(video)
    return count
  }

  private func copyPeople() throws {
    let people = try Row.fetchAll(
      db,
      sql: """
        SELECT name, notes, at, author, command, summary
        FROM part.identity JOIN part.journal ON journal.id = identity.journal_id
        WHERE name NOT IN (SELECT name FROM main.identity WHERE NOT hidden) AND identity.id IN
          (SELECT identity_id FROM part.face WHERE video_id = ?1
            UNION SELECT identity_id FROM part.track WHERE video_id = ?1
            UNION SELECT identity_id FROM part.video WHERE id = ?1
            UNION SELECT decision.identity_id FROM part.decision JOIN part.face
              ON face.id = face_id WHERE video_id = ?1
            UNION SELECT previous_identity_id FROM part.decision JOIN part.face
              ON face.id = face_id WHERE video_id = ?1)
        """,
      arguments: [row])
    for person in people {
      let entry = try PartVideo.copiedEntry(person, in: db)
      _ = try workspace.insertIdentity(
        person["name"], notes: person["notes"], entry: entry, in: db)
    }
  }

  /// Returns its row here.
  private func copyVideo() throws -> Int64 {
    let columns = """
      sha256, size, modified, path, name, width, height, codec, time_numerator, time_denominator,
      duration, frame_count, state, error, next_ordinal, resume_state, parameters, withdrawn,
      first_track, end_track, first_shot
      """
    guard
      let source = try Row.fetchOne(
        db,
        sql: """
          SELECT video.sha256, journal.* FROM part.video JOIN part.journal
          ON journal.id = video.journal_id WHERE video.id = ?
          """,
        arguments: [row])
    else { preconditionFailure("the video was just read") }
    let known = try Int64.fetchOne(
      db, sql: "SELECT id FROM main.video WHERE sha256 = ?", arguments: [source["sha256"] as String]
    )
    if let known {
      try db.execute(
        sql: """
          UPDATE main.video SET (frame_count, state, error, next_ordinal, resume_state, parameters,
              identity_id) =
            (SELECT frame_count, state, error, next_ordinal, resume_state, parameters,
              \(PartVideo.person("theirs.identity_id")) FROM part.video AS theirs WHERE id = ?1)
          WHERE id = ?2
          """,
        arguments: [row, known])
      return known
    }
    let entry = try PartVideo.newEntry(source, in: db)
    try db.execute(
      sql: """
        INSERT INTO main.video(\(columns), identity_id, journal_id)
        SELECT \(columns), \(PartVideo.person("identity_id")), ?1 FROM part.video WHERE id = ?2
        """,
      arguments: [entry, row])
    return db.lastInsertedRowID
  }

  /// Names given to whole tracks, and the imports that took the place of others.
  private func copyTracksDecided(_ video: Int64) throws {
    func mapped(_ column: String) -> String {
      "(SELECT mine FROM temp.entry_map WHERE theirs = \(column))"
    }
    try db.execute(
      sql: """
        INSERT INTO main.track_decision SELECT \(mapped("journal_id")), ?1, track,
          \(PartVideo.person("identity_id")), \(PartVideo.person("previous_identity_id"))
        FROM part.track_decision WHERE video_id = ?2 ON CONFLICT DO NOTHING
        """,
      arguments: [video, row])
    try db.execute(
      sql: """
        INSERT INTO main.reimport(journal_id, video_id, first_track, end_track, first_shot,
          reimport_id, state, error, frame_count, next_ordinal, resume_state, parameters, identity_id)
        SELECT \(mapped("journal_id")), ?1, first_track, end_track, first_shot,
          \(mapped("reimport_id")), state, error, frame_count, next_ordinal, resume_state, parameters,
          \(PartVideo.person("identity_id"))
        FROM part.reimport WHERE video_id = ?2 ON CONFLICT DO NOTHING
        """,
      arguments: [video, row])
    try db.execute(
      sql: """
        UPDATE main.video SET reimport_id = (SELECT \(mapped("theirs.reimport_id"))
          FROM part.video AS theirs WHERE theirs.id = ?2) WHERE id = ?1
        """,
      arguments: [video, row])
  }

  /// What the end of an import told of faces that are here already, by their tracks.
  private func copyTold(_ video: Int64) throws {
    let told = """
      yaw, pitch, roll, pose_w, pose_x, pose_y, pose_z, cell, jitter, light, light_bin, seen_light
      """
    try db.execute(
      sql: """
        UPDATE main.face SET (\(told)) = (SELECT \(told) FROM part.face AS theirs
          WHERE theirs.video_id = ?2 AND theirs.ordinal = main.face.ordinal
            AND theirs.position = main.face.position)
        WHERE video_id = ?1 AND ordinal < ?3 AND EXISTS (SELECT 1 FROM part.face AS theirs
          WHERE theirs.video_id = ?2 AND theirs.ordinal = main.face.ordinal
            AND theirs.position = main.face.position)
        """,
      arguments: [video, row, start])
  }

  /// Decisions about its faces; a rejection before the one that lifts it.
  private func copyDecisions(_ video: Int64) throws {
    let theirs = """
      FROM part.decision AS theirs JOIN part.face AS their_face ON their_face.id = theirs.face_id
      JOIN temp.entry_map ON entry_map.theirs = theirs.journal_id
      JOIN main.face AS my_face ON my_face.video_id = ?1 AND my_face.ordinal = their_face.ordinal
        AND my_face.position = their_face.position
      WHERE their_face.video_id = ?2 AND their_face.ordinal >= ?3
      """
    for kind in ["reject", "accept", "identity"] {
      try db.execute(
        sql: """
          INSERT INTO main.decision(journal_id, face_id, kind, why, lifts_id, identity_id,
            previous_identity_id)
          SELECT entry_map.mine, my_face.id, kind, why,
            (SELECT mine.id FROM part.decision AS lifted
              JOIN temp.entry_map AS lifting ON lifting.theirs = lifted.journal_id
              JOIN main.decision AS mine ON mine.journal_id = lifting.mine
                AND mine.face_id = my_face.id
              WHERE lifted.id = theirs.lifts_id),
            \(PartVideo.person("theirs.identity_id")),
            \(PartVideo.person("theirs.previous_identity_id"))
          \(theirs) AND kind = '\(kind)' ORDER BY theirs.id
          """,
        arguments: [video, row, start])
    }
    try db.execute(
      sql: """
        UPDATE main.face SET rejection_id =
          (SELECT mine.id FROM part.face AS their_face
            JOIN part.decision AS rejection ON rejection.id = their_face.rejection_id
            JOIN temp.entry_map ON entry_map.theirs = rejection.journal_id
            JOIN main.decision AS mine ON mine.journal_id = entry_map.mine
              AND mine.face_id = main.face.id
            WHERE their_face.video_id = ?2 AND their_face.ordinal = main.face.ordinal
              AND their_face.position = main.face.position)
        WHERE video_id = ?1 AND ordinal >= ?3
        """,
      arguments: [video, row, start])
  }
}
