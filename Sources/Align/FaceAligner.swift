public import FaceCore

/// What finds faces and places their landmarks.
public enum FaceModels: Sendable {
  /// The networks that are part of the program: any yaw, faces from 16 pixels.
  case builtIn
  /// Another detector, made for each thread, and the built-in landmarks.
  case detector(@Sendable () throws(AlignError) -> any BoxDetector)
  #if DLIB
    /// dlib's: faces within about 45° of frontal, from 40 pixels. The file it loads may not be used
    /// commercially.
    case dlib(LandmarkPredictor)
  #endif
}

/// Frame in, faces out.
///
/// It has buffers of its own: make one for each thread.
public final class FaceAligner {
  /// Changes whenever the same video gives other faces.
  public static let version =
    FaceNetFiles.digest.map { "align-9+\($0)" } ?? "align-9"

  let finder: any FaceFinder

  /// Throws `AlignError.failed` when the detector cannot be set up.
  public init(_ models: FaceModels = .builtIn) throws(AlignError) {
    switch models {
    case .builtIn: finder = try NetFinder()
    case .detector(let make): finder = try NetFinder(detector: make())
    #if DLIB
      case .dlib(let predictor):
        finder = try DlibFinder(predictor: predictor, options: FaceDetector.Options())
    #endif
    }
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
    for found in try finder.detections(in: luma, depth: .thorough, where: { _ in true }) {
      let placed = try finder.landmarks(in: luma, of: found)
      faces.append(measured(box: found.box, score: found.score, placed: placed, in: luma))
    }
    return faces
  }

  /// The landmarks of the face in a box, whether or not it would be found.
  ///
  /// Throws `AlignError.failed`.
  public func landmarks(in image: Image, box: Box) throws(AlignError) -> Landmarks {
    try finder.landmarks(in: GrayImage(image), of: Detection(box: box, score: 0)).landmarks
  }

  /// How closely a frame is searched.
  enum Depth {
    /// For large faces.
    case quick
    /// For faces half as large.
    case plain
    /// For the smallest that can be found.
    case thorough
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
