import Foundation
import GRDB

/// What a merge did.
public struct MergeReport: Hashable, Sendable {
  /// Videos that came in, whole or further than they were.
  public var videos = 0
  public var faces = 0
  /// Videos that were in already, as far or further.
  public var skipped = 0
  /// Videos that both workspaces hold and that differ, one line each; they stay as they are here.
  public var conflicts: [String] = []
}

extension Workspace {
  /// Joins another workspace into this one: its videos with all that was found in them, its names,
  /// decisions and history, and its crops.
  ///
  /// Videos are known by their content and people by their names. A video comes in one transaction,
  /// its crops before it, so that a merge that was killed can be run again. The part is only read.
  /// Joining parts gives the same content as importing their videos here.
  @discardableResult
  public func merge(_ part: Workspace, note: ChangeNote) throws -> MergeReport {
    var report = MergeReport()
    guard
      URL(fileURLWithPath: folder).resolvingSymlinksInPath()
        != URL(fileURLWithPath: part.folder).resolvingSymlinksInPath()
    else {
      throw CatalogError(code: .invalid, subject: part.folder, reason: "is this workspace itself")
    }
    for incoming in try part.videos() {
      let mine = try catalog.read { db in
        try Row.fetchOne(
          db, sql: VideoRecord.selection + " WHERE video.sha256 = ?",
          arguments: [incoming.facts.sha256]
        ).map(VideoRecord.init)
      }
      if let mine, mine.nextOrdinal >= incoming.nextOrdinal,
        mine.state.isFinished
          || !incoming.state.isFinished
      {
        if mine.state.isFinished, incoming.state.isFinished,
          (mine.parameters, mine.faceCount) != (incoming.parameters, incoming.faceCount),
          try !hadImport(of: mine, like: incoming)
        {
          report.conflicts.append(
            "\(incoming.name): was imported here with other options: \(mine.parameters)")
        } else {
          report.skipped += 1
        }
        continue
      }
      if let mine, max(mine.tracks.lowerBound, incoming.tracks.lowerBound) > 0 {
        report.conflicts.append(
          "\(incoming.name): is in already, and was imported again there or here: import it again here, too"
        )
        continue
      }
      if let mine, mine.nextOrdinal > 0, mine.parameters != incoming.parameters {
        report.conflicts.append(
          "\(incoming.name): its import was begun here with other options: \(mine.parameters)")
        continue
      }
      let start = mine?.nextOrdinal ?? 0
      try copyCrops(of: incoming, from: start, in: part)
      report.faces += try catalog.write(attaching: part.catalog) { db in
        var count = 0
        try db.inTransaction(.immediate) {
          count = try PartVideo(workspace: self, db: db, row: incoming.row, start: start)
            .insert(note: note)
          return .commit
        }
        return count
      }
      report.videos += 1
    }
    try catalog.write(attaching: part.catalog) { db in
      try db.inTransaction(.immediate) {
        try copyNames(in: db)
        try copyUnreadable(in: db)
        try copyDuplicates(in: db)
        return .commit
      }
    }
    return report
  }

  /// Whether an import of the video in whose place another came here is that of the part.
  private func hadImport(of mine: VideoRecord, like theirs: VideoRecord) throws -> Bool {
    try catalog.read { db in
      try Bool.fetchOne(
        db,
        sql: "SELECT EXISTS (SELECT 1 FROM reimport WHERE video_id = ? AND parameters = ?)",
        arguments: [mine.row, theirs.parameters]) ?? false
    }
  }

  /// People of the part that no video brought along.
  private func copyNames(in db: Database) throws {
    let names = try Row.fetchAll(
      db,
      sql: """
        SELECT name, notes, at, author, command, summary
        FROM part.identity JOIN part.journal ON journal.id = identity.journal_id
        WHERE NOT hidden AND name NOT IN (SELECT name FROM main.identity WHERE NOT hidden)
        """)
    for row in names {
      let entry = try PartVideo.copiedEntry(row, in: db)
      _ = try insertIdentity(row["name"], notes: row["notes"], entry: entry, in: db)
    }
  }

  /// Files that could not be read there.
  private func copyUnreadable(in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO main.unreadable SELECT * FROM part.unreadable
          WHERE path NOT IN (SELECT path FROM main.video) ON CONFLICT DO NOTHING
        """)
  }

  /// Marks that stand in the part, where both faces are here and this one has no mark yet.
  private func copyDuplicates(in db: Database) throws {
    let marks = """
      part.face AS theirs JOIN part.duplicate AS mark ON mark.id = theirs.duplicate_id
      JOIN part.face AS their_best ON their_best.id = mark.best_id
      JOIN part.video AS their_video ON their_video.id = theirs.video_id
      JOIN part.video AS best_video ON best_video.id = their_best.video_id
      JOIN main.video AS my_video ON my_video.sha256 = their_video.sha256
      JOIN main.video AS my_best_video ON my_best_video.sha256 = best_video.sha256
      JOIN main.face AS mine ON mine.video_id = my_video.id
        AND mine.ordinal = theirs.ordinal AND mine.position = theirs.position
      JOIN main.face AS my_best ON my_best.video_id = my_best_video.id
        AND my_best.ordinal = their_best.ordinal AND my_best.position = their_best.position
      WHERE mine.duplicate_id IS NULL
      """
    let entries = try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM part.journal WHERE id IN
          (SELECT journal_id FROM part.duplicate WHERE id IN
            (SELECT duplicate_id FROM part.face WHERE duplicate_id IS NOT NULL)) ORDER BY id
        """)
    for row in entries {
      let entry = try PartVideo.copiedEntry(row, in: db)
      try db.execute(
        sql: """
          INSERT INTO main.duplicate(journal_id, face_id, best_id)
          SELECT ?1, mine.id, my_best.id FROM \(marks) AND mark.journal_id = ?2
            ON CONFLICT DO NOTHING
          """,
        arguments: [entry, row["id"] as Int64])
      try db.execute(
        sql: """
          UPDATE main.face SET duplicate_id = duplicate.id FROM main.duplicate
          WHERE duplicate.journal_id = ? AND duplicate.face_id = main.face.id
            AND main.face.duplicate_id IS NULL
          """,
        arguments: [entry])
    }
  }

  private func copyCrops(of video: VideoRecord, from start: Int, in part: Workspace) throws {
    var last: Int64 = 0
    while true {
      let rows = try part.catalog.read { db in
        try Row.fetchAll(
          db,
          sql: """
            SELECT id, crop_name FROM face WHERE video_id = ? AND ordinal >= ? AND id > ?
            ORDER BY id LIMIT 256
            """,
          arguments: [video.row, start, last])
      }
      guard let end = rows.last else { return }
      last = end["id"]
      try crops.put(
        try rows.compactMap { row in
          let name: String = row["crop_name"]
          return try part.crops.crop(named: name).map { (name, $0) }
        })
    }
  }
}
