public import FaceCore

/// Frame in, faces out.
///
/// It has buffers of its own: make one for each thread. They may share the landmark predictor,
/// which is what takes memory.
public final class FaceAligner {
  /// Changes whenever the same video gives other faces.
  public static let version = "align-2"

  let detector: FaceDetector
  private let predictor: LandmarkPredictor

  /// Throws `AlignError.failed` when the detector cannot be set up.
  public init(
    predictor: LandmarkPredictor, options: FaceDetector.Options = FaceDetector.Options()
  ) throws(AlignError) {
    self.predictor = predictor
    detector = try FaceDetector(options: options)
  }

  /// The faces of a frame, left to right.
  ///
  /// Throws `AlignError.failed`.
  public func faces(in image: Image) throws(AlignError) -> [AlignedFace] {
    try faces(in: GrayImage(image))
  }

  /// The faces of a frame, left to right.
  ///
  /// Throws `AlignError.failed`.
  public func faces(in luma: GrayImage) throws(AlignError) -> [AlignedFace] {
    var faces: [AlignedFace] = []
    for found in try detector.detections(in: luma) {
      let landmarks = try landmarks(in: luma, box: found.box)
      faces.append(
        measured(box: found.box, score: found.score, landmarks: landmarks, in: luma))
    }
    return faces
  }

  /// How closely a frame is searched.
  enum Depth {
    /// Reduced to half of the options' longest side, to no less than 640 pixels, and not doubled.
    case quick
    /// Not doubled.
    case plain
    /// As the options say.
    case thorough
  }

  func detections(in luma: GrayImage, depth: Depth) throws(AlignError) -> [Detection] {
    var options = detector.options
    if depth != .thorough { options.upsamplings = 0 }
    if depth == .quick {
      options.longestSide = min(options.longestSide, max(640, options.longestSide / 2))
    }
    return try detector.detections(in: luma, options: options)
  }

  func landmarks(in luma: GrayImage, box: Box) throws(AlignError) -> Landmarks {
    try predictor.landmarks(in: luma, box: box)
  }
}

/// The face cut out as a square of `size` pixels, black where it reaches outside the image, with
/// the map from pixels of the image to pixels of the crop.
public func crop(
  _ image: Image, landmarks: Landmarks, type: FaceType, size: Int
) -> (image: Image, transform: AffineTransform) {
  let transform = cropTransform(landmarks: landmarks, size: size, type: type)
  return (image.warped(by: transform, width: size, height: size), transform)
}

/// The pixels of a frame of `width` × `height` that a crop of `size` pixels is made from; one pixel
/// where it lies outside the frame.
public func cropRegion(
  of transform: AffineTransform, size: Int, width: Int, height: Int
) -> PixelRegion {
  PixelRegion(
    seenBy: transform, width: size, height: size, ofPictureWidth: width, height: height)
    ?? PixelRegion(x: 0, y: 0, width: 1, height: 1)
}

/// The same crop as from the whole frame, byte for byte, from its `cropRegion` alone.
///
/// Traps unless the part has the region's size.
public func crop(
  _ part: Image, at region: PixelRegion, by transform: AffineTransform, size: Int
) -> Image {
  part.warped(seen: region, by: transform, width: size, height: size)
}
