import Foundation

/// How a head is turned: a unit quaternion in the OpenCV camera frame (x right, y down, z away from
/// the camera).
///
/// A frontal head is the identity and its nose points along −z.
///
/// The angles are views of it, in degrees, from `R = Rz(roll) · Ry(−yaw) · Rx(−pitch)`:
/// yaw + turns the nose toward image right, pitch + looks up, roll + is clockwise on screen.
public struct Pose: Hashable, Sendable, Codable {
  public let w, x, y, z: Double

  /// Normalises the quaternion.
  ///
  /// Traps on zero length.
  public init(w: Double, x: Double, y: Double, z: Double) {
    let length = (w * w + x * x + y * y + z * z).squareRoot()
    precondition(length > 0, "a quaternion of length zero is no rotation")
    let scale = (w < 0 ? -1 : 1) / length
    (self.w, self.x, self.y, self.z) = (w * scale, x * scale, y * scale, z * scale)
  }

  /// A quaternion that is normalised already, bit for bit as it was written.
  init(asWritten q: (w: Double, x: Double, y: Double, z: Double)) {
    (w, x, y, z) = (q.w, q.x, q.y, q.z)
  }

  public static let frontal = Pose(w: 1, x: 0, y: 0, z: 0)

  /// Angles in degrees.
  public init(yaw: Double, pitch: Double, roll: Double) {
    func half(_ degrees: Double) -> (cos: Double, sin: Double) {
      (cos(degrees * .pi / 360), sin(degrees * .pi / 360))
    }
    let (cz, sz) = half(roll)
    let (cy, sy) = half(-yaw)
    let (cx, sx) = half(-pitch)
    self.init(
      w: cz * cy * cx + sz * sy * sx, x: cz * cy * sx - sz * sy * cx,
      y: cz * sy * cx + sz * cy * sx, z: sz * cy * cx - cz * sy * sx)
  }

  /// From a 3 × 3 rotation matrix, row by row.
  public init(matrix m: [Double]) {
    precondition(m.count == 9, "a rotation matrix has 9 entries")
    let trace = m[0] + m[4] + m[8]
    if trace > max(m[0], m[4], m[8]) {
      self.init(w: 1 + trace, x: m[7] - m[5], y: m[2] - m[6], z: m[3] - m[1])
    } else if m[0] >= m[4], m[0] >= m[8] {
      self.init(w: m[7] - m[5], x: 1 + m[0] - m[4] - m[8], y: m[1] + m[3], z: m[2] + m[6])
    } else if m[4] >= m[8] {
      self.init(w: m[2] - m[6], x: m[1] + m[3], y: 1 - m[0] + m[4] - m[8], z: m[5] + m[7])
    } else {
      self.init(w: m[3] - m[1], x: m[2] + m[6], y: m[5] + m[7], z: 1 - m[0] - m[4] + m[8])
    }
  }

  /// The 3 × 3 rotation matrix, row by row: head frame to camera frame.
  public var matrix: [Double] {
    [
      1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
      2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
      2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y),
    ]
  }

  /// Degrees, −90 to 90.
  public var yaw: Double {
    asin(min(1, max(-1, 2 * (x * z - y * w)))) * 180 / .pi
  }

  /// Degrees, −180 to 180.
  public var pitch: Double {
    -atan2(2 * (y * z + x * w), 1 - 2 * (x * x + y * y)) * 180 / .pi
  }

  /// Degrees, −180 to 180.
  public var roll: Double {
    atan2(2 * (x * y + z * w), 1 - 2 * (y * y + z * z)) * 180 / .pi
  }

  /// The pose of the mirrored image: yaw and roll change sign.
  public var mirrored: Pose { Pose(w: w, x: x, y: -y, z: -z) }

  /// The angle of the rotation that leads to the other pose, in degrees.
  public func angle(to other: Pose) -> Double {
    let dot = abs(w * other.w + x * other.x + y * other.y + z * other.z)
    return 2 * acos(min(1, dot)) * 180 / .pi
  }
}
