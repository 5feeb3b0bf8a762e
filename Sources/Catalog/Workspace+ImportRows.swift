import FaceCore
import Foundation
import GRDB

/// The steps of an import inside a transaction.
extension Workspace {
  func video(row: Int64, in db: Database) throws -> VideoRecord {
    guard
      let found = try Row.fetchOne(
        db, sql: VideoRecord.selection + " WHERE video.id = ?", arguments: [row])
    else {
      throw CatalogError(
        code: .unknownVideo, subject: "video \(row)", reason: "is not in this workspace")
    }
    return try VideoRecord(found)
  }

  /// Whether the file seen now takes the place of the one seen before.
  func movesPath(from known: Row, to facts: VideoFacts) -> Bool {
    let path: String = known["path"]
    if path == facts.path { return true }
    let before = try? FileManager.default.attributesOfItem(atPath: path)  // Gone: it moved.
    guard let size = before?[.size] as? Int64, size == known["size"] else { return true }
    return facts.path < path
  }

  func importSettings(
    of video: VideoRecord, in db: Database
  ) throws -> (parameters: String, identity: Int64?, resumeState: [UInt8]) {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT parameters, resume_state, identity.id FROM video
        LEFT JOIN identity ON identity.id = identity_id AND NOT hidden WHERE video.id = ?
        """,
      arguments: [video.row])
    let state: Data? = row?[1]
    return (row?[0] ?? "", row?[2], [UInt8](state ?? Data()))
  }

  func insert(
    _ face: NewFace, id: FaceID, of video: VideoRecord, identity: Int64?, notesRules: Bool,
    in db: Database
  ) throws {
    let clock = video.facts.duration
    guard
      (face.time.numerator, face.time.denominator) == (clock.numerator, clock.denominator)
    else {
      throw CatalogError(
        code: .invalid, subject: id.description, reason: "its time is not on the video's clock")
    }
    let name = try trackName(of: face, in: video, in: db) ?? identity
    let pose = face.pose
    let crop = face.crop
    let map = crop.transform
    try db.cachedStatement(
      sql: """
        INSERT INTO face(video_id, track, ordinal, position, ticks, yaw, pitch, roll,
          pose_w, pose_x, pose_y, pose_z, score, eye_distance, identity_id,
          box_x, box_y, box_width, box_height, crop_name, crop_sha256, crop_size, crop_type,
          crop_a, crop_b, crop_tx, crop_c, crop_d, crop_ty, light, landmarks, light_bin, cell,
          \(MeasureColumn.allCases.map(\.rawValue).joined(separator: ", ")))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
          ?, ?, ?, ?\(String(repeating: ", ?", count: MeasureColumn.allCases.count)))
        """
    ).execute(
      arguments: [
        video.row, face.track, face.ordinal, face.position, face.time.ticks,
        pose.yaw, pose.pitch, pose.roll, pose.w, pose.x, pose.y, pose.z,
        face.score, face.landmarks.interEyeDistance, name,
        face.box.x, face.box.y, face.box.width, face.box.height,
        id.cropName(fileExtension: crop.fileExtension), crop.sha256, crop.size, crop.faceType,
        map.a, map.b, map.tx, map.c, map.d, map.ty, face.light?.blob, face.landmarks.blob,
        face.light?.bin.rawValue, PoseCell(yaw: pose.yaw, pitch: pose.pitch).index,
      ] + StatementArguments(try measured(face, of: video, notesRules: notesRules, in: db)))
  }

  /// The values of the measure columns, in order; the versions of their rules are noted if wanted.
  private func measured(
    _ face: NewFace, of video: VideoRecord, notesRules: Bool, in db: Database
  ) throws -> [Double?] {
    var values: [String: Double] = [:]
    for measure in face.measures {
      values[measure.name] = measure.value
      // The detector's score has a column of its own.
      guard notesRules, MeasureColumn(rawValue: measure.name) != nil else { continue }
      try note(measure.name, version: measure.version, of: video.row, in: db)
    }
    return MeasureColumn.allCases.map { values[$0.rawValue] }
  }

  /// Enters the face's track, and says whom it was named for as a whole.
  private func trackName(
    of face: NewFace, in video: VideoRecord, in db: Database
  ) throws -> Int64? {
    try db.cachedStatement(
      sql: "INSERT INTO track(video_id, number, shot) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    ).execute(arguments: [video.row, face.track, face.shot])
    return try Int64.fetchOne(
      db.cachedStatement(
        sql: "SELECT identity_id FROM track WHERE video_id = ? AND number = ?"),
      arguments: [video.row, face.track])
  }

  func insert(_ shot: NewShot, of video: VideoRecord, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO shot(video_id, number, first_ordinal) VALUES (?, ?, ?)
        ON CONFLICT DO NOTHING
        """
    ).execute(arguments: [video.row, shot.number, shot.firstOrdinal])
  }
}
