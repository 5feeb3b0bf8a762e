public import FaceCore
import GRDB

import struct Foundation.Data

/// One face of the catalogue, with all that a list, a manifest or a trainer asks of it.
public struct FaceRecord: Hashable, Sendable {
  public let id: FaceID
  /// The row in `face`: only good within this workspace.
  public let row: Int64
  /// The video's file name, path and full SHA-256.
  public let video: String
  public let path: String
  public let videoSHA256: String
  public let track: Int
  public let shot: Int
  public let time: Timestamp
  public let identity: String?
  /// In pixels of the frame.
  public let box: Box
  /// The detector's confidence, in its own unit.
  public let score: Double
  /// In pixels of the frame.
  public let landmarks: Landmarks
  public let pose: Pose
  public let light: Light?
  /// Its bin; nil where light could not be measured.
  public let lightBin: LightBin?
  /// The distance between the eyes, in pixels of the frame.
  public let size: Double
  /// What was measured, by the names of the columns that queries use.
  public let measures: [String: Double]
  public let crop: Crop
  public let rejection: Rejection?
  /// Whether a better one of the same moment is in the catalogue.
  public let isDuplicate: Bool
  /// How hard it was for the model that learned it last; nil where none has.
  public let loss: Double?

  /// The aligned square in the archive.
  public struct Crop: Hashable, Sendable {
    /// Its name in `crops.sqlar`.
    public let name: String
    /// Of the image file.
    public let sha256: String
    /// Side, in pixels.
    public let size: Int
    public let faceType: String
    /// From pixels of the frame to pixels of the crop.
    public let transform: AffineTransform
  }

  public struct Rejection: Hashable, Sendable {
    public let author: String
    /// UTC, `2026-01-31T12:00:00Z`.
    public let time: String
    public let reason: String
  }
}

extension FaceRecord {
  /// Named `faces`, as queries name it.
  static let selection = "SELECT * FROM face_detail AS faces"

  init(_ row: Row) throws {
    videoSHA256 = row["video_sha256"]
    id = FaceID(
      videoSHA256: videoSHA256, ordinal: row["ordinal"], position: row["position"])
    guard let landmarks = Landmarks(blob: row["landmarks"]) else {
      throw CatalogError(
        code: .damaged, subject: id.description, reason: "its landmarks cannot be read")
    }
    self.landmarks = landmarks
    self.row = row["face_id"]
    video = row["video"]
    path = row["path"]
    track = row["track"]
    shot = row["shot"] ?? 0
    time = Timestamp(
      ticks: row["ticks"], numerator: row["time_numerator"], denominator: row["time_denominator"])
    identity = row["identity"]
    box = Box(
      x: row["box_x"], y: row["box_y"], width: row["box_width"], height: row["box_height"])
    score = row["score"]
    pose = Pose(w: row["pose_w"], x: row["pose_x"], y: row["pose_y"], z: row["pose_z"])
    let light: Data? = row["harmonics"]
    self.light = light.flatMap { Light(blob: $0) }
    let bin: String? = row["light"]
    lightBin = bin.flatMap(LightBin.init)
    isDuplicate = row["duplicate"]
    loss = row["loss"]
    size = row["size"]
    var measures: [String: Double] = [:]
    for column in MeasureColumn.allCases { measures[column.rawValue] = row[column.rawValue] }
    self.measures = measures
    crop = Crop(
      name: row["crop"], sha256: row["crop_sha256"], size: row["crop_size"],
      faceType: row["crop_type"],
      transform: AffineTransform(
        a: row["crop_a"], b: row["crop_b"], tx: row["crop_tx"],
        c: row["crop_c"], d: row["crop_d"], ty: row["crop_ty"]))
    let author: String? = row["rejected_by"]
    rejection = author.map {
      Rejection(author: $0, time: row["rejected_at"] ?? "", reason: row["rejected_why"] ?? "")
    }
  }
}
