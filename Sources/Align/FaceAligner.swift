public import FaceCore

/// A face of a frame, found, aligned and measured.
///
/// All in pixels of the frame.
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

  /// The faces of a frame, left to right.
  ///
  /// Throws `AlignError.failed`.
  public func faces(in image: Image) throws(AlignError) -> [AlignedFace] {
    let gray = GrayImage(image)
    var faces: [AlignedFace] = []
    for detection in try detector.detections(in: gray) {
      let landmarks = try predictor.landmarks(in: gray, box: detection.box)
      faces.append(face(detection, landmarks: landmarks, in: gray))
    }
    return faces
  }

  /// The faces of a frame that were in the frame before, in the order of their old landmarks.
  ///
  /// Each is searched for only about where it was, at one size, which takes 3 ms instead of 30 or
  /// more; nil where it is not found again. What is expected needs less evidence: a face that
  /// scores more than `FaceAligner.followingThreshold` goes on. Throws `AlignError.failed`.
  public func faces(
    in image: Image, following previous: [Landmarks]
  ) throws(AlignError) -> [AlignedFace?] {
    guard !previous.isEmpty else { return [] }
    let gray = GrayImage(image)
    var faces: [AlignedFace?] = []
    for old in previous {
      let near = try detector.detection(
        in: gray, near: detectionBox(of: old), threshold: FaceAligner.followingThreshold)
      guard let near else {
        faces.append(nil)
        continue
      }
      let landmarks = try predictor.landmarks(in: gray, box: near.box)
      faces.append(face(near, landmarks: landmarks, in: gray))
    }
    return faces
  }

  /// The score from which a face is followed.
  public static let followingThreshold = -0.3

  private func face(
    _ detection: Detection, landmarks: Landmarks, in gray: GrayImage
  ) -> AlignedFace {
    let pose = headPose(of: landmarks)
    return AlignedFace(
      box: detection.box, score: detection.score, landmarks: landmarks, pose: pose,
      measures: measures(of: landmarks, pose: pose, score: detection.score, in: gray))
  }
}

/// The box in which the detector would put the face with these landmarks: where it does so for
/// faces near frontal, in the middle.
func detectionBox(of landmarks: Landmarks) -> Box {
  let unit = MeanFace.fit(landmarks)
  let center = unit.inverse.apply(Point(x: 0.49, y: 0.466))
  let side = Float(1.27 / unit.meanScale)
  return Box(x: center.x - side / 2, y: center.y - side / 2, width: side, height: side)
}

/// The face cut out as a square of `size` pixels, black where it reaches outside the image, with
/// the map from pixels of the image to pixels of the crop.
public func crop(
  _ image: Image, landmarks: Landmarks, type: FaceType, size: Int
) -> (image: Image, transform: AffineTransform) {
  let transform = cropTransform(landmarks: landmarks, size: size, type: type)
  return (image.warped(by: transform, width: size, height: size), transform)
}
