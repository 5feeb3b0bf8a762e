public import FaceCore

/// One person's head, and how near a camera is to it: what all faces of that person have in common, and
/// without which each pose is off by how the person differs from the mean.
///
/// The shape is the mean head moved along a few modes (`headModes`).
public struct HeadShape: Hashable, Sendable {
  /// How far along each mode, in deviations of people.
  public let weights: [Double]
  /// Of the camera, in pixels of the frame: 1 over the focal length; 0 is a camera far away.
  public let perspective: Double

  /// The mean head, seen from far away.
  public static let mean = HeadShape(
    weights: [Double](repeating: 0, count: headModes.count), perspective: 0)

  /// Traps unless there is one weight a mode.
  public init(weights: [Double], perspective: Double) {
    precondition(weights.count == headModes.count, "one weight a mode")
    (self.weights, self.perspective) = (weights, perspective)
  }

  /// The landmarks in the head frame, in units of `HeadModel`.
  package var points: [SIMD3<Double>] {
    var points = HeadModel.points
    for (weight, mode) in zip(weights, headModes) where weight != 0 {
      for index in points.indices { points[index] += mode[index] * weight }
    }
    return points
  }
}

/// How a head of this shape with these landmarks is turned, as seen along the ray from the camera to
/// between its eyes.
public func headPose(of landmarks: Landmarks, shape: HeadShape) -> Pose {
  HeadFit.fitted(landmarks, shape: shape, head: shape.points).pose
}

extension HeadFit {
  /// The robust fit of a head whose points are at hand.
  static func fitted(_ landmarks: Landmarks, shape: HeadShape, head: [SIMD3<Double>]) -> HeadFit {
    var fit =
      shape == .mean
      ? HeadFit(landmarks)
      : HeadFit(landmarks, head: head, perspective: shape.perspective)
    fit.refineRobustly()
    return fit
  }
}
