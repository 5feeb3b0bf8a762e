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
  /// From pixels of the frame to pixels of the crop.
  public let transform: FaceCore.AffineTransform
  /// The row of its track's face in the frame before, if there is one.
  public let previous: Int64?
}

/// What is kept of a face for the search for near-duplicates.
public struct NewHash: Hashable, Sendable {
  public var row: Int64
  public var hash: FaceHash
  /// How much the face differs from the one of its track a frame before; nil where there is none.
  public var change: Double?

  public init(row: Int64, hash: FaceHash, change: Double?) {
    (self.row, self.hash, self.change) = (row, hash, change)
  }
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

  /// What it takes to hash the faces of these rows, in their order.
  public func unhashedFaces(rows: some Sequence<Int64>) throws -> [UnhashedFace] {
    try catalog.read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT face.id AS row, sha256, ordinal, position, crop_name, landmarks,
            crop_a, crop_b, crop_tx, crop_c, crop_d, crop_ty,
            (SELECT before.id FROM face AS before WHERE before.video_id = face.video_id
              AND before.ordinal = face.ordinal - 1 AND before.track = face.track) AS previous
          FROM face JOIN video ON video.id = face.video_id WHERE face.id = ?
          """)
      return try rows.compactMap { row in
        try Row.fetchOne(statement, arguments: [row]).map(unhashed)
      }
    }
  }

  /// Keeps the hashes of these rows of `face`, all or none; earlier ones are replaced.
  public func keepHashes(_ hashes: [NewHash]) throws {
    guard !hashes.isEmpty else { return }
    try catalog.write { db in
      let statement = try db.cachedStatement(
        sql: """
          INSERT OR REPLACE INTO face_hash(face_id, hash, quality, change, version)
          VALUES (?, ?, ?, ?, ?)
          """)
      for new in hashes {
        try statement.execute(
          arguments: [
            new.row, Data(new.hash.bytes), new.hash.quality, new.change, FaceHash.version,
          ])
      }
    }
  }

  private func unhashed(_ row: Row) throws -> UnhashedFace {
    let id = FaceID(videoSHA256: row["sha256"], ordinal: row["ordinal"], position: row["position"])
    guard let landmarks = Landmarks(blob: row["landmarks"]) else {
      throw CatalogError(
        code: .damaged, subject: id.description, reason: "its landmarks cannot be read")
    }
    let transform = FaceCore.AffineTransform(
      a: row["crop_a"], b: row["crop_b"], tx: row["crop_tx"], c: row["crop_c"], d: row["crop_d"],
      ty: row["crop_ty"])
    return UnhashedFace(
      row: row["row"], id: id, crop: row["crop_name"], landmarks: landmarks.mapped(by: transform),
      transform: transform, previous: row["previous"])
  }
}
