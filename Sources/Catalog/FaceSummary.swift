public import FaceCore
import GRDB

import struct Foundation.Data

/// A face as far as counting and choosing among a million of them goes: what the index of filters holds.
public struct FaceSummary: Hashable, Sendable {
  public let id: FaceID
  /// The rows of face and video: only good within this workspace.
  public let row: Int64
  public let videoRow: Int64
  /// Within its video.
  public let track: Int
  /// Degrees.
  public let yaw: Double
  public let pitch: Double
  /// Nil where light could not be measured.
  public let light: LightBin?
  /// Nil where it was not measured, as the others.
  public let mouth: Double?
  public let eyes: Double?
  public let brows: Double?
  public let exposure: Double?
  public let sharpness: Double?
  public let interEye: Double?
  public let landmarkMisfit: Double?
  public let blur: Double?
  public let noise: Double?
  /// Whether it is marked as a near-duplicate of another.
  public let isDuplicate: Bool
}

extension FaceSummary {
  fileprivate static let columns = """
    faces.face_id, faces.video_id, faces.track, faces.ordinal, faces.position, faces.yaw,
    faces.pitch, faces.light, faces.mouth, faces.eyes, faces.brows, faces.exposure,
    faces.sharpness, faces.inter_eye, faces.landmark_misfit, faces.blur, faces.noise,
    faces.duplicate_id IS NOT NULL
    """

  fileprivate init(_ row: Row, sha256: String, lights: [String: LightBin]) {
    id = FaceID(videoSHA256: sha256, ordinal: row[3], position: row[4])
    (self.row, videoRow, track) = (row[0], row[1], row[2])
    (yaw, pitch) = (row[5], row[6])
    let bin: String? = row[7]
    light = bin.flatMap { lights[$0] }
    (mouth, eyes, brows, exposure) = (row[8], row[9], row[10], row[11])
    (sharpness, interEye, landmarkMisfit) = (row[12], row[13], row[14])
    (blur, noise, isDuplicate) = (row[15], row[16], row[17])
  }
}

/// How many faces of a video lie in a pose and light.
public struct VideoCellCount: Hashable, Sendable {
  public let video: String
  public let cell: FaceCell
  public let count: Int
}

extension Workspace {
  /// Calls `body` with the faces of a query, in no order, from the index of filters alone.
  public func forEachSummary(
    matching query: FaceQuery = .all, _ body: (FaceSummary) throws -> Void
  ) throws {
    let lights = Dictionary(uniqueKeysWithValues: LightBin.allCases.map { ($0.rawValue, $0) })
    try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      let videos = Dictionary(
        uniqueKeysWithValues: try Row.fetchAll(db, sql: "SELECT id, sha256 FROM video")
          .map { ($0[0] as Int64, $0[1] as String) })
      let rows = try Row.fetchCursor(
        db,
        sql: condition.prefix
          + "SELECT \(FaceSummary.columns) FROM face_facts AS faces WHERE \(condition.text)",
        arguments: condition.arguments)
      while let row = try rows.next() {
        try body(FaceSummary(row, sha256: videos[row[1]] ?? "", lights: lights))
      }
    }
  }

  /// When the faces of these rows are seen, in seconds on their videos' clocks.
  public func times(rows: [Int64]) throws -> [Double] {
    try catalog.read { db in
      let statement = try db.makeStatement(
        sql: """
          SELECT CAST(ticks AS REAL) * time_numerator / time_denominator
          FROM face JOIN video ON video.id = face.video_id WHERE face.id = ?
          """)
      return try rows.map { try Double.fetchOne(statement, arguments: [$0]) ?? 0 }
    }
  }

  /// The hashes of the faces of these rows, nil where there is none of this version.
  public func hashes(rows: [Int64], version: Int = FaceHash.version) throws -> [FaceHash?] {
    try catalog.read { db in
      let statement = try db.makeStatement(
        sql: "SELECT hash, quality FROM face_hash WHERE face_id = ? AND version = ?")
      return try rows.map { row in
        guard let found = try Row.fetchOne(statement, arguments: [row, version]) else { return nil }
        let bytes: Data = found[0]
        return FaceHash(bytes: bytes, quality: found[1])
      }
    }
  }

  /// How the faces of a query fill poses and lights, video by video.
  public func videoCellCounts(matching query: FaceQuery) throws -> [VideoCellCount] {
    try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      return try Row.fetchAll(
        db,
        sql: condition.prefix + """
          SELECT (SELECT name FROM video WHERE id = faces.video_id), faces.cell, faces.light, count(*)
          FROM face_facts AS faces WHERE \(condition.text)
          GROUP BY faces.video_id, 2, 3 ORDER BY 1, 2, 3, faces.video_id
          """, arguments: condition.arguments
      ).map { row in
        let light: String? = row[2]
        return VideoCellCount(
          video: row[0],
          cell: FaceCell(PoseCell.all[row[1]], light: light.flatMap(LightBin.init)), count: row[3])
      }
    }
  }
}
