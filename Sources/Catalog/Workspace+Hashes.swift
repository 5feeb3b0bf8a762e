public import FaceCore
import Foundation
import GRDB

/// A face whose crop has not been hashed yet.
public struct UnhashedFace: Hashable, Sendable {
  /// The row in `face`: only good within this workspace.
  public let row: Int64
  public let id: FaceID
  /// The crop's name in the archive.
  public let crop: String
  /// In pixels of the crop.
  public let landmarks: Landmarks
}

/// Hashes of faces, which tell near-duplicates.
///
/// They follow from the crops, so they are no part of the content that is hashed, and make no journal
/// entry.
extension Workspace {
  /// The rows of a query's faces that have no hash of this version, in order.
  public func rowsWithoutHash(
    matching query: FaceQuery = .all, version: Int = FaceHash.version
  ) throws -> [Int64] {
    try catalog.read { db in
      try check(query, in: db)
      let condition = QuerySQL(query)
      return try Int64.fetchAll(
        db,
        sql: condition.prefix + """
          SELECT faces.face_id FROM face_facts AS faces WHERE \(condition.text)
            AND faces.face_id NOT IN (SELECT face_id FROM face_hash WHERE version = ?)
          ORDER BY faces.face_id
          """,
        arguments: condition.arguments + [version])
    }
  }

  /// What it takes to hash the faces of these rows.
  public func unhashedFaces(rows: some Sequence<Int64>) throws -> [UnhashedFace] {
    try catalog.read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT face.id AS row, sha256, ordinal, position, crop_name, landmarks,
            crop_a, crop_b, crop_tx, crop_c, crop_d, crop_ty
          FROM face JOIN video ON video.id = face.video_id WHERE face.id = ?
          """)
      return try rows.compactMap { row in
        try Row.fetchOne(statement, arguments: [row]).map(unhashed)
      }
    }
  }

  /// Keeps the hashes of these rows of `face`, all or none; earlier ones are replaced.
  public func keepHashes(_ hashes: [(row: Int64, hash: FaceHash)]) throws {
    guard !hashes.isEmpty else { return }
    try catalog.write { db in
      let statement = try db.cachedStatement(
        sql: "INSERT OR REPLACE INTO face_hash(face_id, hash, quality, version) VALUES (?, ?, ?, ?)")
      for (row, hash) in hashes {
        try statement.execute(
          arguments: [row, Data(hash.bytes), hash.quality, FaceHash.version])
      }
    }
  }

  private func unhashed(_ row: Row) throws -> UnhashedFace {
    let id = FaceID(videoSHA256: row["sha256"], ordinal: row["ordinal"], position: row["position"])
    guard let landmarks = Landmarks(blob: row["landmarks"]) else {
      throw CatalogError(
        code: .damaged, subject: id.description, reason: "its landmarks cannot be read")
    }
    let transform = AffineTransform(
      a: row["crop_a"], b: row["crop_b"], tx: row["crop_tx"], c: row["crop_c"], d: row["crop_d"],
      ty: row["crop_ty"])
    return UnhashedFace(
      row: row["row"], id: id, crop: row["crop_name"], landmarks: landmarks.mapped(by: transform))
  }
}
