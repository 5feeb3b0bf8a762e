import FaceCore
import Foundation
import GRDB

/// Where an import takes up its work.
public enum ImportStart: Hashable, Sendable {
  /// Nothing is left to do: `.done` or `.partial`.
  case finished(VideoState)
  /// Go on with this frame, from this state; empty at the start.
  case from(ordinal: Int, resumeState: [UInt8])
}

/// A file that an import could not read at all.
public struct UnreadableFile: Hashable, Sendable {
  public let path: String
  public let reason: String
  /// When it was tried last: UTC, `2026-01-31T12:00:00Z`.
  public let time: String
  /// What it was to be imported with; empty where that is not known.
  public let parameters: String
  /// The name its faces were to get.
  public let identity: String?
}

extension Workspace {
  /// The video that was last seen at this path with this size and time of change, in nanoseconds
  /// since 1970.
  ///
  /// A finished one need not be hashed again.
  public func knownVideo(path: String, size: Int64, modified: Int64) throws -> VideoRecord? {
    try catalog.read { db in
      try Row.fetchOne(
        db,
        sql: VideoRecord.selection
          + " WHERE video.path = ? AND video.size = ? AND video.modified = ?",
        arguments: [path, size, modified]
      ).map(VideoRecord.init)
    }
  }

  /// Enters a video, or finds it: the same content is the same row wherever its file lies.
  ///
  /// Of a file that moved, the new path is noted. Of two copies, the path that sorts first is
  /// kept. Only a new video makes a journal entry.
  public func register(_ facts: VideoFacts, note: ChangeNote) throws -> VideoRecord {
    let name = (facts.path as NSString).lastPathComponent.precomposedStringWithCanonicalMapping
    return try catalog.write { db in
      let known = try Row.fetchOne(
        db, sql: "SELECT id, path, size FROM video WHERE sha256 = ?", arguments: [facts.sha256])
      let id: Int64
      if let known {
        id = known["id"]
        if movesPath(from: known, to: facts) {
          try db.execute(
            sql: "UPDATE video SET path = ?, name = ?, modified = ? WHERE id = ?",
            arguments: [facts.path, name, facts.modified, id])
        }
      } else {
        let entry = try note.record("import \(name)", in: db)
        try db.execute(
          sql: """
            INSERT INTO video(sha256, size, modified, path, name, width, height, codec,
              time_numerator, time_denominator, duration, frame_count, journal_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            facts.sha256, facts.size, facts.modified, facts.path, name, facts.width, facts.height,
            facts.codec, facts.duration.numerator, facts.duration.denominator,
            facts.duration.ticks, facts.frameCount, entry,
          ])
        id = db.lastInsertedRowID
      }
      try db.execute(sql: "DELETE FROM unreadable WHERE path = ?", arguments: [facts.path])
      return try video(row: id, in: db)
    }
  }

  /// Videos that lay where this one lies, such as the same file before it was whole, with faces that stand,
  /// each with the entry of the log that brought it in.
  public func formerVideos(at video: VideoRecord) throws -> [(video: VideoRecord, entry: Int64)] {
    try catalog.read { db in
      try Row.fetchAll(
        db,
        sql: VideoRecord.selection
          + " WHERE video.path = ? AND video.id <> ? AND NOT video.withdrawn ORDER BY video.id",
        arguments: [video.facts.path, video.row]
      ).map { (try VideoRecord($0), $0["journal_id"]) }.filter { $0.0.faceCount > 0 }
    }
  }

  /// Forgets a file of which nothing could be read.
  public func forgetUnreadable(path: String) throws {
    try catalog.write { db in
      try db.execute(sql: "DELETE FROM unreadable WHERE path = ?", arguments: [path])
    }
  }

  /// Keeps in mind a file of which nothing could be read, until it goes in, and what it was to be imported
  /// with.
  public func noteUnreadable(
    path: String, reason: String, parameters: String = "", identity: String? = nil,
    note: ChangeNote
  ) throws {
    try catalog.write { db in
      try db.execute(
        sql: """
          INSERT OR REPLACE INTO unreadable(path, reason, at, parameters, identity)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [path, reason, note.date.formatted(.iso8601), parameters, identity])
    }
  }

  /// Files that imports could not read at all, by path.
  public func unreadableFiles() throws -> [UnreadableFile] {
    try catalog.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM unreadable ORDER BY path").map {
        UnreadableFile(
          path: $0["path"], reason: $0["reason"], time: $0["at"], parameters: $0["parameters"],
          identity: $0["identity"])
      }
    }
  }

  /// Starts an import, or takes up one that was interrupted.
  ///
  /// `parameters` is the text of everything that decides what is found; an interrupted import
  /// goes on only with the same, or where it was `begun` with what this one can go on from, and any that
  /// found nobody begins anew with others.
  /// `identity` is the name that every face found gets; it must exist.
  /// With `again`, what an import with other parameters found makes place: its faces are rejected by an entry of
  /// that note, and those found again take over their names and rejections.
  /// Throws `.conflict` or `.unknownIdentity`.
  public func beginImport(
    of video: VideoRecord, parameters: String, begun: String? = nil, identity: String? = nil,
    again: ChangeNote? = nil
  ) throws -> ImportStart {
    try catalog.write { db in
      let current = try self.video(row: video.row, in: db)
      guard !current.isWithdrawn else {
        throw CatalogError(
          code: .conflict, subject: current.name,
          reason: "its import was undone; curate redo brings it back")
      }
      if let again, current.faceCount > 0, current.parameters != parameters {
        try replaceImport(of: current, note: again, in: db)
        let person = try identity.map { try identityRow(named: $0, in: db) }
        return try begin(current, with: parameters, person: person, after: nil, in: db)
      }
      // Where nobody was found by other means nothing is lost.
      let isAnew = current.faceCount == 0 && current.parameters != parameters
      if current.state.isFinished, !isAnew { return .finished(current.state) }
      let person = try identity.map { try identityRow(named: $0, in: db) }
      let stored = try importSettings(of: video, in: db)
      guard
        current.nextOrdinal == 0 || isAnew
          || [parameters, begun].contains(stored.parameters) && stored.identity == person
      else {
        throw CatalogError(
          code: .conflict, subject: current.name,
          reason: "its import was begun with other parameters; finish it with those: "
            + (stored.parameters.isEmpty ? "(none)" : stored.parameters))
      }
      return try begin(
        current, with: parameters, person: person, after: isAnew ? nil : stored.resumeState, in: db)
    }
  }

  /// `state` is what to go on after; nil from the first frame on.
  private func begin(
    _ video: VideoRecord, with parameters: String, person: Int64?, after state: [UInt8]?,
    in db: Database
  ) throws -> ImportStart {
    try db.execute(
      sql: """
        UPDATE video SET state = 'importing', error = NULL, parameters = ?1, identity_id = ?2,
          next_ordinal = iif(?3, 0, next_ordinal), resume_state = iif(?3, NULL, resume_state)
        WHERE id = ?4
        """,
      arguments: [parameters, person, state == nil, video.row])
    return .from(ordinal: state == nil ? 0 : video.nextOrdinal, resumeState: state ?? [])
  }

  /// Keeps what was found in the next frames: crops first, then all the rest in one transaction.
  ///
  /// A batch that is in already changes nothing. Throws `.conflict` when it neither follows on
  /// what is in nor lies within it, which means two imports at once with different batches.
  /// Traps on a batch with faces in more than 256 frames, or with one outside its frames.
  public func commit(_ batch: ImportBatch, of video: VideoRecord) throws {
    precondition(
      Set(batch.faces.map(\.ordinal)).count <= ImportBatch.frameLimit,
      "a batch holds faces of 256 frames at most")
    precondition(
      batch.faces.allSatisfy { batch.frames.contains($0.ordinal) }, "a face lies in its batch")
    try catalog.write { db in
      let current = try checkInForce(batch.parameters, of: video, in: db)
      guard batch.frames.upperBound > current.nextOrdinal else { return }
      guard batch.frames.lowerBound == current.nextOrdinal, current.state == .importing else {
        throw CatalogError(
          code: .conflict, subject: current.name,
          reason: "another import of it is at work: frames \(batch.frames) do not follow on "
            + "\(current.nextOrdinal)")
      }
      let replaced = try inForce(video.row, in: db)
      let batch = try placed(batch, of: video, behind: replaced, in: db)
      let ids = batch.faces.map {
        FaceID(videoSHA256: video.facts.sha256, ordinal: $0.ordinal, position: $0.position)
      }
      // On the disk before the faces are, and by nobody else meanwhile.
      try crops.put(
        zip(ids, batch.faces).map {
          ($0.cropName(fileExtension: $1.crop.fileExtension), $1.crop.bytes)
        })
      for shot in batch.shots { try insert(shot, of: current, in: db) }
      try insert(
        zip(ids, batch.faces), of: current, inPlaceOf: replaced,
        notesRules: batch.hasRulesOfBefore, in: db)
      try db.execute(
        sql: "UPDATE video SET next_ordinal = ?, resume_state = ? WHERE id = ?",
        arguments: [batch.frames.upperBound, Data(batch.resumeState), video.row])
    }
  }

  private func insert(
    _ faces: some Sequence<(FaceID, NewFace)>, of video: VideoRecord,
    inPlaceOf replaced: Replaced?, notesRules: Bool, in db: Database
  ) throws {
    let person = try importSettings(of: video, in: db).identity
    for (id, face) in faces {
      let before = try replaced.flatMap {
        try predecessor(
          of: face.landmarks, ordinal: face.ordinal, video: video.row, replaced: $0, in: db)
      }
      // Without a predecessor a face is named when its whole track is known.
      let name = replaced == nil ? person : before?.identity
      try insert(face, id: id, of: video, identity: name, notesRules: notesRules, in: db)
      if let replaced, let why = before?.rejectedWhy {
        try reject(db.lastInsertedRowID, why: why, entry: replaced.entry, in: db)
      }
    }
  }

  /// Before anything is written, for crops of other options have the same names.
  @discardableResult
  private func checkInForce(
    _ parameters: String?, of video: VideoRecord, in db: Database
  ) throws -> VideoRecord {
    let current = try self.video(row: video.row, in: db)
    guard parameters ?? current.parameters == current.parameters else {
      throw CatalogError(
        code: .conflict, subject: current.name,
        reason: "its import was undone, or another took over; it is in with these options: "
          + current.parameters)
    }
    return current
  }

  /// Every frame was looked at.
  ///
  /// With `parameters`, those it was begun with, throws `.conflict` where another import took over since.
  public func finishImport(of video: VideoRecord, parameters: String? = nil) throws {
    try end(video, parameters, as: .done, reason: nil)
  }

  /// The file ends early or is damaged; what could be read stays.
  public func endImportPartially(
    of video: VideoRecord, parameters: String? = nil, reason: String
  ) throws {
    try end(video, parameters, as: .partial, reason: reason)
  }

  /// Something that may pass, such as a full disk; the next import goes on from here.
  public func failImport(
    of video: VideoRecord, parameters: String? = nil, reason: String
  ) throws {
    try end(video, parameters, as: .failed, reason: reason)
  }

  private func end(
    _ video: VideoRecord, _ parameters: String?, as state: VideoState, reason: String?
  ) throws {
    precondition(reason != "", "a failure has a reason")
    try catalog.write { db in
      guard try !checkInForce(parameters, of: video, in: db).state.isFinished else { return }
      let isOver = state.isFinished
      if isOver { try settleCarried(of: video, in: db) }
      try db.execute(
        sql: """
          UPDATE video SET state = ?, error = ?,
            resume_state = CASE WHEN ? THEN NULL ELSE resume_state END,
            frame_count = CASE WHEN ? THEN next_ordinal ELSE frame_count END
          WHERE id = ?
          """,
        arguments: [state.rawValue, reason, isOver, isOver, video.row])
    }
  }
}
