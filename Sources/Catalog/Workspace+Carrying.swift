import FaceCore
import GRDB

/// What faces found by a later import of a video took over from those found before.
public struct CarriedDecisions: Hashable, Sendable {
  /// Those found before, whose place it took.
  public var before = 0
  public var faces = 0
  public var named = 0
  public var rejected = 0
}

/// Names and rejections that go over from one import of a video to the one that takes its place.
extension Workspace {
  /// What the names and rejections of an import that took the place of another are.
  ///
  /// Nil where it took no other's place.
  public func carriedDecisions(of video: VideoRecord) throws -> CarriedDecisions? {
    try catalog.read { db in
      guard let replaced = try inForce(video.row, in: db), let tracks = replaced.tracks.first
      else { return nil }
      let before = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM face WHERE video_id = ? AND track >= ? AND track < ?",
        arguments: [video.row, tracks.lowerBound, tracks.upperBound])
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT count(*), count(face.identity_id), count(rejection_id) FROM face
          JOIN video ON video.id = face.video_id WHERE video.id = ? AND \(Workspace.isInForce)
          """,
        arguments: [video.row])
      return row.map {
        CarriedDecisions(before: before ?? 0, faces: $0[0], named: $0[1], rejected: $0[2])
      }
    }
  }

  /// A face found in the same place of the same frame by the import before.
  struct Predecessor {
    var identity: Int64?
    /// Why a person rejected it.
    var rejectedWhy: String?
  }

  /// The one that overlaps most, by more than a third, of the last import that found one; boxes are those of
  /// the landmarks, for detectors draw theirs differently.
  func predecessor(
    of landmarks: Landmarks, ordinal: Int, video: Int64, replaced: Replaced, in db: Database
  ) throws -> Predecessor? {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT track, landmarks, identity_id, (SELECT why FROM decision
            WHERE id = rejection_id AND why NOT IN ('\(Workspace.replacedReason)',
              '\(Workspace.undoneReason)'))
          FROM face WHERE video_id = ? AND ordinal = ? AND track < ? ORDER BY position
          """),
      arguments: [video, ordinal, replaced.firstTrack])
    let near = rows.compactMap { row in
      Landmarks(blob: row[1]).map {
        (overlap: $0.box.overlap(with: landmarks.box), row: row)
      }
    }.filter { $0.overlap > 1 / 3 }
    for tracks in replaced.tracks {
      let found = near.filter { tracks.contains($0.row[0]) }
      if let best = found.max(by: { $0.overlap < $1.overlap }) {
        return Predecessor(identity: best.row[2], rejectedWhy: best.row[3])
      }
    }
    return nil
  }

  func reject(_ face: Int64, why: String, entry: Int64, in db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT INTO decision(journal_id, face_id, kind, why) VALUES (?, ?, 'reject', ?)"
    ).execute(arguments: [entry, face, why])
    try db.cachedStatement(sql: "UPDATE face SET rejection_id = ? WHERE id = ?")
      .execute(arguments: [db.lastInsertedRowID, face])
  }

  /// Tells faces that were not found before by those of their track that were: they get the name of the nearest,
  /// and are rejected where the one before and the one after were, or the only one of the two.
  ///
  /// In a track without any they get the name of the video.
  func settleCarried(of video: VideoRecord, in db: Database) throws {
    guard let replaced = try inForce(video.row, in: db) else { return }
    let person = try importSettings(of: video, in: db).identity
    let tracks = try Int.fetchAll(
      db, sql: "SELECT number FROM track WHERE video_id = ? AND number >= ? ORDER BY number",
      arguments: [video.row, replaced.firstTrack])
    for track in tracks {
      let faces = try foundAgain(track, of: video, replaced, in: db)
      let known = faces.filter(\.wasFound)
      var after = 0
      for face in faces where !face.wasFound {
        while after < known.count, known[after].ordinal <= face.ordinal { after += 1 }
        let neighbours = [after - 1, after].filter(known.indices.contains).map { known[$0] }
        let nearest = neighbours.min {
          abs($0.ordinal - face.ordinal) < abs($1.ordinal - face.ordinal)
        }
        try db.cachedStatement(sql: "UPDATE face SET identity_id = ? WHERE id = ?")
          .execute(arguments: [nearest == nil ? person : nearest?.identity, face.row])
        if let why = nearest?.rejectedWhy, neighbours.allSatisfy({ $0.rejectedWhy != nil }) {
          try reject(face.row, why: why, entry: replaced.entry, in: db)
        }
      }
    }
  }

  /// A face of the import in force.
  private struct FoundFace {
    var row: Int64
    var ordinal: Int
    var identity: Int64?
    var rejectedWhy: String?
    /// Whether the import before found it, too.
    var wasFound: Bool
  }

  private func foundAgain(
    _ track: Int, of video: VideoRecord, _ replaced: Replaced, in db: Database
  ) throws -> [FoundFace] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT id, ordinal, face.identity_id, landmarks,
          (SELECT why FROM decision WHERE id = rejection_id AND journal_id = ?) FROM face
        WHERE video_id = ? AND track = ? ORDER BY ordinal, position
        """,
      arguments: [replaced.entry, video.row, track]
    ).map { row in
      guard let landmarks = Landmarks(blob: row[3]) else {
        throw CatalogError(code: .damaged, subject: video.name, reason: "has damaged landmarks")
      }
      let before = try predecessor(
        of: landmarks, ordinal: row[1], video: video.row, replaced: replaced, in: db)
      return FoundFace(
        row: row[0], ordinal: row[1], identity: row[2], rejectedWhy: row[4],
        wasFound: before != nil)
    }
  }
}
