/// Which face of the swap: the one that is put in, or the footage it is put into.
public enum Side: String, Codable, Sendable, CaseIterable {
  case source, target
}

/// One face of a manifest.
///
/// Field by field in `manifests/README.md`.
public struct ManifestRow: Codable, Hashable, Sendable {
  /// The aligned square this face is trained from.
  public struct Crop: Codable, Hashable, Sendable {
    /// Name in the workspace's crop archive.
    public var name: String
    public var sha256: String
    /// Side, in pixels.
    public var size: Int
    /// `half_face`, `full_face` … as the peers call the crops.
    public var faceType: String
    /// Maps frame pixels to crop pixels.
    public var matrix: AffineTransform

    public init(
      name: String, sha256: String, size: Int, faceType: String, matrix: AffineTransform
    ) {
      (self.name, self.sha256, self.size) = (name, sha256, size)
      (self.faceType, self.matrix) = (faceType, matrix)
    }

    enum CodingKeys: String, CodingKey {
      case name, sha256, size, matrix
      case faceType = "face_type"
    }
  }

  /// The frame the face comes from.
  public struct Frame: Codable, Hashable, Sendable {
    /// SHA-256 of the video file.
    public var video: String
    public var time: Timestamp
    /// Place in decoding order, from 0.
    public var ordinal: Int

    public init(video: String, time: Timestamp, ordinal: Int) {
      (self.video, self.time, self.ordinal) = (video, time, ordinal)
    }
  }

  public enum Split: String, Codable, Sendable { case train, validation }

  public var id: String
  public var identity: String
  public var side: Side
  public var split: Split
  public var crop: Crop
  public var frame: Frame
  /// In frame pixels.
  public var landmarks: Landmarks
  public var pose: Pose
  public var light: Light?
  /// Raw measures by name.
  public var quality: [String: Double]
  /// Yaw and pitch bin, such as `y4p2`.
  public var cell: String
  /// How often the face is drawn relative to the mean of its side.
  public var weight: Double
  public var augmentation: Augmentation
  /// Why the face was chosen, in words.
  public var why: String

  public init(
    id: String, identity: String, side: Side, split: Split, crop: Crop, frame: Frame,
    landmarks: Landmarks, pose: Pose, light: Light?, quality: [String: Double], cell: String,
    weight: Double, augmentation: Augmentation, why: String
  ) {
    (self.id, self.identity, self.side, self.split) = (id, identity, side, split)
    (self.crop, self.frame, self.landmarks, self.pose) = (crop, frame, landmarks, pose)
    (self.light, self.quality, self.cell, self.weight) = (light, quality, cell, weight)
    (self.augmentation, self.why) = (augmentation, why)
  }
}
