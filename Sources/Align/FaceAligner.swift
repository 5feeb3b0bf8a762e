public import FaceCore

/// A face of a frame, found, aligned and measured. All in pixels of the frame.
public struct AlignedFace: Hashable, Sendable, Codable {
  /// What the detector framed.
  public var box: Box
  /// The detector's; 0 is just found, 1 and more is clear.
  public var score: Float
  public var landmarks: Landmarks
  public var pose: Pose
  public var measures: [Measure]

  public init(
    box: Box, score: Float, landmarks: Landmarks, pose: Pose, measures: [Measure]
  ) {
    self.box = box
    self.score = score
    self.landmarks = landmarks
    self.pose = pose
    self.measures = measures
  }
}

/// Frame in, aligned and measured faces out.
///
/// It has buffers of its own: make one for each thread. They may share the landmark predictor,
/// which is what takes memory.
public final class FaceAligner {
  private let detector: FaceDetector
  private let predictor: LandmarkPredictor

  /// Throws `AlignError.failed` when the detector cannot be set up.
  public init(
    predictor: LandmarkPredictor, options: FaceDetector.Options = FaceDetector.Options()
  ) throws(AlignError) {
    self.predictor = predictor
    detector = try FaceDetector(options: options)
  }

  /// The faces of a frame, left to right. Throws `AlignError.failed`.
  public func faces(in image: Image) throws(AlignError) -> [AlignedFace] {
    let gray = GrayImage(image)
    var faces: [AlignedFace] = []
    for detection in try detector.detections(in: gray) {
      let landmarks = try predictor.landmarks(in: gray, box: detection.box)
      faces.append(face(detection, landmarks: landmarks, in: gray))
    }
    return faces
  }

  private func face(
    _ detection: Detection, landmarks: Landmarks, in gray: GrayImage
  ) -> AlignedFace {
    let pose = headPose(of: landmarks)
    return AlignedFace(
      box: detection.box, score: detection.score, landmarks: landmarks, pose: pose,
      measures: measures(of: landmarks, pose: pose, score: detection.score, in: gray))
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
