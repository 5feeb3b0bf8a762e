import FaceCore
import Foundation
import GRDB

/// Who a face is, as a network says it.
public struct FaceEmbedding: Hashable, Sendable {
  /// The row in `face`: only good within this workspace.
  public let face: Int64
  public let track: TrackRecord.Key
  public let yaw: Double
  /// At length 1.
  public let vector: [Float]
}

extension Workspace {
  /// Landmarks further off than this are taken for gone astray.
  private static let greatestMisfit = 0.14

  /// Faces by which a track is known: in each of five bands of yaw the largest of each third of its
  /// time there, so at most 15; where landmarks went astray only when there is no other.
  ///
  /// `within` says what of them is wanted.
  private static func sample(_ columns: String, where condition: String) -> String {
    """
    SELECT \(columns) FROM (
      SELECT *, row_number() OVER (
        PARTITION BY video_id, track, band, part
        ORDER BY ifnull(landmark_misfit, 0) > \(greatestMisfit), eye_distance DESC, id) AS place
      FROM (
        SELECT id, video_id, track, yaw, band, eye_distance, landmark_misfit,
          ntile(3) OVER (PARTITION BY video_id, track, band ORDER BY ordinal) AS part
        FROM (
          SELECT id, video_id, track, ordinal, yaw, eye_distance, landmark_misfit,
            (yaw >= -50) + (yaw >= -20) + (yaw > 20) + (yaw > 50) AS band
          FROM face WHERE \(tellingFaces)))
    ) AS chosen \(condition)
    """
  }

  /// The rows of the faces by which tracks are known and of which this network has not said who they are,
  /// in order.
  public func facesToEmbed(model: String) throws -> [Int64] {
    try catalog.read { db in
      try Int64.fetchAll(
        db,
        sql: Self.sample(
          "id",
          where: """
            WHERE place = 1 AND NOT EXISTS
              (SELECT 1 FROM embedding WHERE face_id = chosen.id AND model = ?) ORDER BY id
            """), arguments: [model])
    }
  }

  /// Keeps what a network says of faces; what it said before is replaced.
  public func keepEmbeddings(_ embeddings: [(face: Int64, vector: [Float])], model: String) throws {
    guard !embeddings.isEmpty else { return }
    try catalog.write { db in
      let statement = try db.makeStatement(
        sql: "INSERT OR REPLACE INTO embedding(face_id, model, vector) VALUES (?, ?, ?)")
      for (face, vector) in embeddings {
        try statement.execute(arguments: [face, model, float32Blob(vector)])
      }
    }
  }

  /// What a network said of the faces by which tracks are known, by track.
  public func embeddings(model: String) throws -> [FaceEmbedding] {
    try catalog.read { db in
      try Row.fetchAll(
        db,
        sql: Self.sample(
          "chosen.id, video_id, track, yaw, vector",
          where: """
            JOIN embedding ON embedding.face_id = chosen.id AND model = ? WHERE place = 1
            """) + " ORDER BY video_id, track, chosen.id", arguments: [model]
      ).map {
        FaceEmbedding(
          face: $0[0], track: TrackRecord.Key(video: $0[1], number: $0[2]), yaw: $0[3],
          vector: floats(fromBlob: $0[4]))
      }
    }
  }

  /// The faces of these rows, in their order.
  public func faces(rows: [Int64]) throws -> [FaceRecord] {
    try catalog.read { db in
      let statement = try db.makeStatement(sql: FaceRecord.selection + " WHERE face_id = ?")
      return try rows.compactMap { row in
        try Row.fetchOne(statement, arguments: [row]).map(FaceRecord.init)
      }
    }
  }
}
