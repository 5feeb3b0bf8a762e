public import FaceCore
import Foundation

/// How the head with these landmarks is turned, as seen along the ray from the camera to between its eyes.
///
/// A mean head is fitted to the landmarks under weak perspective: rotation, one scale and a shift,
/// by Levenberg and Marquardt's method from the best affine map, landmarks that are off counting less
/// and less. Frontal is 0; the roll is the one of the rotation itself.
public func headPose(of landmarks: Landmarks) -> Pose {
  var fit = HeadFit(landmarks)
  fit.refineRobustly()
  return fit.pose
}

/// How far the landmarks are from the mean head at the pose that makes it least.
///
/// Quicker than by the robust pose, for what is asked in each frame.
package func headMisfit(of landmarks: Landmarks) -> Double {
  var fit = HeadFit(landmarks)
  fit.refine()
  return headMisfit(of: landmarks, pose: fit.pose)
}

/// How far the landmarks are from the mean head seen at this pose, at the best scale and place: the
/// weighted root mean square in parts of the landmarks' own, 0 to 1.
///
/// Large where landmarks went astray.
public func headMisfit(of landmarks: Landmarks, pose: Pose) -> Double {
  let head = HeadModel.landmarks(pose: pose, scale: 1, center: Point(x: 0, y: 0)).points
  var total = 0.0
  var (headMean, seenMean) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
  let pairs = landmarks.points.indices.map { index in
    let seen = landmarks[index]
    let weight = HeadModel.trust[index]
    let pair = (
      head: SIMD2(Double(head[index].x), Double(head[index].y)),
      seen: SIMD2(Double(seen.x), Double(seen.y)), weight: weight
    )
    total += weight
    headMean += pair.head * weight
    seenMean += pair.seen * weight
    return pair
  }
  (headMean, seenMean) = (headMean / total, seenMean / total)
  var (along, spread, rest) = (0.0, 0.0, 0.0)
  for pair in pairs {
    let (from, to) = (pair.head - headMean, pair.seen - seenMean)
    along += (from * to).sum() * pair.weight
    spread += (from * from).sum() * pair.weight
    rest += (to * to).sum() * pair.weight
  }
  guard along > 0, rest > 0 else { return 1 }
  return max(0, 1 - along * along / (spread * rest)).squareRoot()
}

/// The pose between that of the landmark network (`weight` 1) and the fit to its landmarks (0).
package func headPose(of placed: PlacedFace, weight: Double) -> Pose {
  headPose(of: placed.landmarks).between(placed.pose, part: weight)
}

extension Pose {
  /// The pose in the frame of a camera at the same place that looks along `ray` (x right, y down, z away), as
  /// `headPose` tells it: a head beside the middle of the picture is seen a little from the side.
  package func seen(along ray: SIMD3<Float>) -> Pose {
    let (x, y, z) = (Double(ray.x), Double(ray.y), Double(ray.z))
    let turn = Pose(
      yaw: atan2(x, hypot(y, z)) * 180 / .pi, pitch: atan2(-y, z) * 180 / .pi, roll: 0)
    let (a, b) = (turn, self)
    return Pose(
      w: a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
      x: a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
      y: a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
      z: a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w)
  }

  /// On the way to another pose along the shortest turn; a part of 0 is this one, 1 the other.
  package func between(_ other: Pose, part: Double) -> Pose {
    let sign: Double = w * other.w + x * other.x + y * other.y + z * other.z < 0 ? -1 : 1
    let (a, b) = (1 - part, part * sign)
    return Pose(
      w: a * w + b * other.w, x: a * x + b * other.x, y: a * y + b * other.y,
      z: a * z + b * other.z)
  }

  /// The pose of a head whose zero looks up by so many degrees.
  package func leveled(by degrees: Double) -> Pose {
    Pose(yaw: yaw, pitch: pitch - degrees, roll: roll)
  }
}
