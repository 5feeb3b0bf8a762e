public import FaceCore

/// One face of a manifest as the loader needs it.
public struct FaceSample: Hashable, Sendable {
  /// The face's id in the manifest.
  public let id: String
  /// What the loader's `crop` closure is asked for.
  public let crop: String
  /// In pixels of the crop.
  public let landmarks: Landmarks
  /// How often the face is drawn in relation to the others; more than 0.
  public let weight: Double
  /// Whether a mirrored copy may be shown, too.
  public let mayMirror: Bool
  /// Side of the square crop, in pixels.
  public let cropSize: Int
  /// What is changed before it is shown; nil shows the crop as it is.
  public let change: Change?

  /// A variant of a face, and what must be known of the face to make it.
  public struct Change: Hashable, Sendable {
    public let variant: FaceVariant
    /// As seen in the crop.
    public let pose: Pose
    /// Nil where it is not known.
    public let light: Light?

    /// Nil when the variant changes a light that is not known.
    public init?(_ variant: FaceVariant, pose: Pose, light: Light?) {
      guard variant.relight == nil || light != nil else { return nil }
      (self.variant, self.pose, self.light) = (variant, pose, light)
    }
  }

  /// Traps on a weight that is not positive and finite, and on an empty crop.
  public init(
    id: String, crop: String, landmarks: Landmarks, weight: Double = 1, mayMirror: Bool = true,
    cropSize: Int = 256, change: Change? = nil
  ) {
    precondition(weight > 0 && weight.isFinite, "a sample's weight is more than 0")
    precondition(cropSize > 0, "a crop has at least one pixel")
    (self.id, self.crop, self.landmarks) = (id, crop, landmarks)
    (self.weight, self.mayMirror, self.cropSize) = (weight, mayMirror, cropSize)
    self.change = change
  }

  /// Landmarks given in pixels of the frame the crop was cut from, and the map from there.
  public init(
    id: String, crop: String, frameLandmarks: Landmarks, frameToCrop: AffineTransform,
    weight: Double = 1, mayMirror: Bool = true, cropSize: Int = 256, change: Change? = nil
  ) {
    self.init(
      id: id, crop: crop, landmarks: frameLandmarks.mapped(by: frameToCrop), weight: weight,
      mayMirror: mayMirror, cropSize: cropSize, change: change)
  }
}
