public import FaceCore
import Foundation
import GRDB

/// A face as far as the search for near-duplicates goes.
public struct HashedFace: Sendable {
  /// The rows of face and video: only good within this workspace.
  public let row: Int64
  public let videoRow: Int64
  public let track: Int
  public let ordinal: Int
  /// Its place among the faces of its frame.
  public let position: Int
  /// On the video's clock.
  public let seconds: Double
  /// The person's row; nil for nobody.
  public let identityRow: Int64?
  public let pose: Pose
  public let light: Light?
  /// In pixels of the frame.
  public let landmarks: Landmarks
  public let hash: FaceHash
  /// How much it differs from the face of its track a frame before; nil where there is none.
  public let change: Double?
  /// Of the crop's file: 64 hexadecimal digits.
  public let cropSHA256: String
  /// Side, in pixels.
  public let cropSize: Int
  public let mouth: Double?
  public let eyes: Double?
  /// Pixels between the eyes, as a frontal face would show them.
  public let interEye: Double?
  public let sharpness: Double?
  public let landmarkMisfit: Double?
  public let underExposed: Double?
  public let overExposed: Double?
  public let isRejected: Bool
  /// Whether a person took a rejection of it back, which stands.
  public let isAccepted: Bool
}

extension Workspace {
  /// Calls `body` with the faces of a query that have a hash of this version, by video's content,
  /// frame and place: an order that is the same in every workspace.
  public func forEachHashedFace(
    matching query: FaceQuery = .all, version: Int = FaceHash.version,
    _ body: (HashedFace) throws -> Void
  ) throws {
    try catalog.read { db in
      try check(query, in: db)
      let accepted = try acceptedFaces(in: db)
      let condition = QuerySQL(query)
      let rows = try Row.fetchCursor(
        db,
        sql: condition.prefix + """
          SELECT face.id AS row, face.video_id, track, ordinal, position,
            CAST(ticks AS REAL) * time_numerator / time_denominator AS seconds,
            face.identity_id, pose_w, pose_x, pose_y, pose_z,
            ifnull(seen_light, light) AS light, landmarks, hash, quality, change,
            crop_sha256, crop_size, mouth, eyes, inter_eye, sharpness, landmark_misfit,
            under_exposed, over_exposed, rejection_id
          FROM video JOIN face ON face.video_id = video.id
          JOIN face_hash ON face_hash.face_id = face.id
          WHERE face.id IN (SELECT faces.face_id FROM face_facts AS faces WHERE \(condition.text))
            AND face_hash.version = ?
          ORDER BY video.sha256, ordinal, position
          """,
        arguments: condition.arguments + [version])
      while let row = try rows.next() {
        try body(HashedFace(row, isAccepted: accepted.contains(row["row"])))
      }
    }
  }

  /// Faces with an acceptance that was not undone.
  private func acceptedFaces(in db: Database) throws -> Set<Int64> {
    let rows = try Row.fetchAll(
      db, sql: "SELECT face_id, journal_id FROM decision WHERE kind = 'accept'")
    var stands: [Int64: Bool] = [:]
    var faces: Set<Int64> = []
    for row in rows {
      let entry: Int64 = row["journal_id"]
      let inForce = try stands[entry] ?? isInForce(entry, in: db)
      stands[entry] = inForce
      if inForce { faces.insert(row["face_id"]) }
    }
    return faces
  }
}

extension HashedFace {
  fileprivate init(_ row: Row, isAccepted: Bool) throws {
    let hash: Data = row["hash"]
    guard let landmarks = Landmarks(blob: row["landmarks"]),
      let found = FaceHash(bytes: hash, quality: row["quality"])
    else {
      throw CatalogError(
        code: .damaged, subject: "face \(row["row"] as Int64)", reason: "its row cannot be read")
    }
    (self.landmarks, self.hash) = (landmarks, found)
    (self.row, change) = (row["row"], row["change"])
    (videoRow, track) = (row["video_id"], row["track"])
    (ordinal, position, seconds) = (row["ordinal"], row["position"], row["seconds"])
    identityRow = row["identity_id"]
    pose = Pose(w: row["pose_w"], x: row["pose_x"], y: row["pose_y"], z: row["pose_z"])
    let light: Data? = row["light"]
    self.light = light.flatMap { Light(blob: $0) }
    (cropSHA256, cropSize) = (row["crop_sha256"], row["crop_size"])
    (mouth, eyes, interEye) = (row["mouth"], row["eyes"], row["inter_eye"])
    (sharpness, landmarkMisfit) = (row["sharpness"], row["landmark_misfit"])
    (underExposed, overExposed) = (row["under_exposed"], row["over_exposed"])
    let rejection: Int64? = row["rejection_id"]
    isRejected = rejection != nil
    self.isAccepted = isAccepted && rejection == nil
  }
}
