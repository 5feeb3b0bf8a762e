import Foundation

extension Pose {
  /// Turned in the picture's plane, clockwise on screen, by `angle` in radians.
  package func rolled(by angle: Double) -> Pose {
    let m = matrix
    let (c, s) = (cos(angle), sin(angle))
    return Pose(
      matrix: (0..<3).map { c * m[$0] - s * m[3 + $0] } + (0..<3).map { s * m[$0] + c * m[3 + $0] }
        + m[6...])
  }

  /// With yaw and pitch grown.
  package func turned(by turn: FaceVariant.Turn) -> Pose {
    Pose(yaw: yaw + turn.yaw, pitch: pitch + turn.pitch, roll: roll)
  }

  /// The pose in a picture that is made of this one by a map of pixels without reflection.
  package func seen(through map: AffineTransform) -> Pose {
    rolled(by: atan2(map.c - map.b, map.a + map.d))
  }
}
