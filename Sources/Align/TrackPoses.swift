public import FaceCore

/// The faces of one person through consecutive frames of a shot, seen together.
public struct TrackPoses: Sendable {
  /// Of each face, calm: see `init`.
  public let poses: [Pose]
  /// How far each face's landmarks are from where those of the frames beside it put them, percent of the
  /// distance between the eyes; nil where a neighbour is missing.
  public let jitter: [Double?]

  /// Fits each face's pose to the person's head, and takes the tremble out of neighbours: two frames on
  /// either side count by the binomial weights 1 4 6 4 1, in pairs, so that an even turn stays as it is.
  ///
  /// Neighbours are one or two frames away; further ones, as of an import of every tenth frame, are not.
  /// `ordinals` are the frames, growing; traps unless each face has one.
  public init(of faces: [Landmarks], ordinals: [Int], shape: HeadShape) {
    precondition(faces.count == ordinals.count, "each face has a frame")
    let head = shape.points
    let raw = faces.map { HeadFit.fitted($0, shape: shape, head: head).pose }
    func areNear(_ index: Int, _ other: Int) -> Bool {
      guard faces.indices.contains(index), faces.indices.contains(other) else { return false }
      return ordinals[other] - ordinals[index] <= 2 * (other - index)
    }
    poses = raw.indices.map { index in
      var pairs: [(pose: Pose, weight: Double)] = [(raw[index], 6)]
      for (away, weight) in [(1, 4.0), (2, 1.0)] {
        let (before, after) = (index - away, index + away)
        guard areNear(before, after), raw[before].angle(to: raw[index]) < TrackPoses.jump,
          raw[after].angle(to: raw[index]) < TrackPoses.jump
        else { break }
        pairs += [(raw[before], weight), (raw[after], weight)]
      }
      return pairs.count == 1 ? raw[index] : Pose(meanOf: pairs)
    }
    jitter = faces.indices.map { index in
      guard areNear(index - 1, index + 1) else { return nil }
      return TrackPoses.jitter(faces[index - 1], faces[index], faces[index + 1])
    }
  }

  /// No head turns so far in two frames, in degrees: one of the faces is wrong.
  private static let jump = 12.0

  /// What is left of the second difference when the whole face's is taken out, as the deviation of one
  /// frame's points.
  private static func jitter(_ before: Landmarks, _ now: Landmarks, _ after: Landmarks) -> Double {
    let off = now.points.indices.map { now[$0] - (before[$0] + after[$0]) * 0.5 }
    let mean = off.reduce(Point(x: 0, y: 0), +) * (1 / Float(off.count))
    let squares = off.reduce(0.0) { sum, point in
      let rest = point - mean
      return sum + Double(rest.x * rest.x + rest.y * rest.y)
    }
    // Three frames tremble, two of them by half: one and a half times the variance, on two axes.
    let deviation = (squares / Double(off.count) / 3).squareRoot()
    return 100 * deviation / Double(max(now.interEyeDistance, 1))
  }
}

extension Pose {
  /// The weighted mean of rotations that are near each other: of their quaternions, on the same side.
  ///
  /// Source: Markley et al., "Averaging Quaternions", 2007, to first order.
  init(meanOf poses: [(pose: Pose, weight: Double)]) {
    let first = poses[0].pose
    var sum = SIMD4<Double>.zero
    for (pose, weight) in poses {
      let q = SIMD4(pose.w, pose.x, pose.y, pose.z)
      let along = (q * SIMD4(first.w, first.x, first.y, first.z)).sum()
      sum += q * (along < 0 ? -weight : weight)
    }
    self.init(w: sum.x, x: sum.y, y: sum.z, z: sum.w)
  }
}
