public import FaceCore

/// Angles in the signs and units of another program.
public struct PeerAngles: Hashable, Sendable {
  public var pitch: Double
  public var yaw: Double
  public var roll: Double

  public init(pitch: Double, yaw: Double, roll: Double) {
    self.pitch = pitch
    self.yaw = yaw
    self.roll = roll
  }
}

/// Other programs' conventions. Both of these turn the nose toward image left for a positive yaw.
///
/// Their solvers have errors of their own, which are not imitated: DeepFaceLab's roll is ±90° on
/// most faces, faceswap's pitch is 11° low at a frontal face, and faceswap measures after the crop
/// has taken the roll out.
extension Pose {
  /// DeepFaceLab: radians, pitch + looks up, yaw + toward image left, roll + clockwise on screen.
  public var deepFaceLab: PeerAngles {
    PeerAngles(pitch: pitch * .pi / 180, yaw: -yaw * .pi / 180, roll: roll * .pi / 180)
  }

  /// From DeepFaceLab's angles, in radians.
  public init(deepFaceLab angles: PeerAngles) {
    self.init(
      yaw: -angles.yaw * 180 / .pi, pitch: angles.pitch * 180 / .pi,
      roll: angles.roll * 180 / .pi)
  }

  /// faceswap: degrees, pitch + looks down, yaw + toward image left, roll + clockwise on screen.
  public var faceswap: PeerAngles { PeerAngles(pitch: -pitch, yaw: -yaw, roll: roll) }

  /// From faceswap's angles, in degrees.
  public init(faceswap angles: PeerAngles) {
    self.init(yaw: -angles.yaw, pitch: -angles.pitch, roll: angles.roll)
  }

  /// AFLW2000-3D and 300W-LP: degrees, pitch + looks up, yaw + toward image left, roll + clockwise.
  public init(aflw angles: PeerAngles) {
    self.init(yaw: -angles.yaw, pitch: angles.pitch, roll: angles.roll)
  }
}
