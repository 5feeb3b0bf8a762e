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
  /// Nil where too little of the face is seen to tell.
  public var light: Light?
  public var measures: [Measure]

  public init(
    box: Box, score: Float, landmarks: Landmarks, pose: Pose, light: Light? = nil,
    measures: [Measure]
  ) {
    self.box = box
    self.score = score
    self.landmarks = landmarks
    self.pose = pose
    self.light = light
    self.measures = measures
  }
}

/// All that can be told of a found face: its pose, its light, its measures.
///
/// It needs no more than the frame's luma and may run on any thread.
public func measured(_ face: VideoAligner.Face, in luma: GrayImage) -> AlignedFace {
  measured(
    box: face.box, score: face.score,
    placed: PlacedLandmarks(face.landmarks, doubt: face.doubt), in: luma)
}

func measured(
  box: Box, score: Float, placed: PlacedLandmarks, in luma: GrayImage
) -> AlignedFace {
  let landmarks = placed.landmarks
  let pose = headPose(of: landmarks)
  return AlignedFace(
    box: box, score: score, landmarks: landmarks, pose: pose,
    light: faceLight(of: landmarks, pose: pose, in: luma),
    measures: measures(of: landmarks, pose: pose, score: score, in: luma)
      + (placed.doubt.map { [.taken(Measure.doubt, Double($0))] } ?? []))
}
