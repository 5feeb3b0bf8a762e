public import FaceCore
import GRDB

import struct Foundation.Data

/// The faces of one person in one track; of a track where no name was given, all.
public struct FaceTrack: Hashable, Sendable {
  /// Rows, only good within this workspace.
  public let video: Int64
  public let identity: Int64?
  /// Within the video.
  public let track: Int
  public let faceCount: Int
}

/// What a track knows of each of its faces.
public struct TrackFace: Hashable, Sendable {
  public let row: Int64
  /// The decoded frame.
  public let ordinal: Int
  /// In pixels of the frame.
  public let landmarks: Landmarks
  /// What it shows of its light by itself; nil where that is nothing.
  public let seenLight: Light?
}

/// What a track tells of one of its faces.
public struct ToldFace: Hashable, Sendable {
  public var pose: Pose
  /// Percent of the distance of the eyes; nil where a neighbour is missing.
  public var jitter: Double?
  public var light: Light?

  public init(pose: Pose, jitter: Double?, light: Light?) {
    (self.pose, self.jitter, self.light) = (pose, jitter, light)
  }
}

/// Faces as tracks: what is told of a face by those before and after it.
extension Workspace {
  /// The tracks of the import in force of one video, or of all whose import is over: those of a person one
  /// after the other.
  public func faceTracks(of video: VideoRecord? = nil) throws -> [FaceTrack] {
    try catalog.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT face.video_id, face.track, face.identity_id, count(*) FROM face
          JOIN video ON video.id = face.video_id
          LEFT JOIN identity ON identity.id = face.identity_id
          WHERE \(video == nil ? "video.state IN ('done', 'partial')" : "video.id = ? AND \(Workspace.isInForce)")
          GROUP BY 1, 2, 3 ORDER BY identity.name, video.sha256, face.track
          """,
        arguments: video.map { [$0.row] } ?? []
      ).map { FaceTrack(video: $0[0], identity: $0[2], track: $0[1], faceCount: $0[3]) }
    }
  }

  /// The faces of a track, the rejected ones only if asked for, in the order of frames: each `step`-th,
  /// at most `limit`, without the first `offset`.
  public func faces(
    of track: FaceTrack, every step: Int = 1, includesRejected: Bool = true, limit: Int = .max,
    offset: Int = 0
  ) throws -> [TrackFace] {
    try catalog.read { db in
      let rows = try Int64.fetchAll(
        db,
        sql: """
          SELECT id FROM face WHERE video_id = ? AND track = ? AND identity_id IS ?
            \(includesRejected ? "" : "AND rejection_id IS NULL") ORDER BY ordinal, position
          """,
        arguments: [track.video, track.track, track.identity])
      let statement = try db.makeStatement(
        sql: """
          SELECT id, ordinal, landmarks, ifnull(seen_light, light) FROM face WHERE id = ?
          """)
      return try stride(from: offset, to: rows.count, by: step).prefix(limit).compactMap { index in
        guard let row = try Row.fetchOne(statement, arguments: [rows[index]]),
          let landmarks = Landmarks(blob: row[2])
        else { return nil }
        let light: Data? = row[3]
        return TrackFace(
          row: row[0], ordinal: row[1], landmarks: landmarks,
          seenLight: light.flatMap { Light(blob: $0) })
      }
    }
  }

  /// Writes what was told of faces by their tracks, where it is not written already.
  ///
  /// Returns how many faces changed. Like measures, poses and lights are facts and no decisions.
  @discardableResult
  public func keep(_ told: [(face: TrackFace, told: ToldFace)]) throws -> Int {
    try catalog.write { db in
      let statement = try db.makeStatement(
        sql: """
          UPDATE face SET yaw = ?1, pitch = ?2, roll = ?3, pose_w = ?4, pose_x = ?5, pose_y = ?6,
            pose_z = ?7, cell = ?8, jitter = ?9, light = ?11, light_bin = ?12,
            seen_light = iif(nullif(ifnull(seen_light, light), x'') IS ?11, NULL,
              ifnull(seen_light, ifnull(light, x'')))
          WHERE id = ?10 AND (pose_w, pose_x, pose_y, pose_z, jitter, light)
            IS NOT (?4, ?5, ?6, ?7, ?9, ?11)
          """)
      var changed = 0
      for (face, told) in told {
        let pose = told.pose
        try statement.execute(arguments: [
          pose.yaw, pose.pitch, pose.roll, pose.w, pose.x, pose.y, pose.z,
          PoseCell(yaw: pose.yaw, pitch: pose.pitch).index, told.jitter, face.row,
          told.light?.blob, told.light?.bin.rawValue,
        ])
        changed += db.changesCount
      }
      return changed
    }
  }
}
