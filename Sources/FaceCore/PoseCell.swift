/// One bin of yaw × pitch, written `y4p2`.
///
/// Yaw has 9 bins of 20° with edges at ±10, ±30, ±50 and ±70°: 0 is the profile to image left, 4 is
/// frontal, 8 the profile to image right. Pitch has 5 bins of 15° with edges at ±7.5 and ±22.5°:
/// 0 looks down, 2 ahead, 4 up. The outermost bins are open. An edge belongs to the bin further
/// from frontal, so that a mirrored face lies in the mirrored cell. Bins are no finer because a
/// pose from landmarks errs by a few degrees.
public struct PoseCell: Hashable, Sendable, Comparable {
  public static let yawCount = 9
  public static let pitchCount = 5

  /// 0 to 8.
  public let yaw: Int
  /// 0 to 4.
  public let pitch: Int

  /// Traps outside the bins.
  public init(yaw: Int, pitch: Int) {
    precondition((0..<PoseCell.yawCount).contains(yaw), "a yaw bin is 0 to 8")
    precondition((0..<PoseCell.pitchCount).contains(pitch), "a pitch bin is 0 to 4")
    self.yaw = yaw
    self.pitch = pitch
  }

  /// The cell of a pose in degrees, yaw + toward image right, pitch + up.
  ///
  /// Folded, a pose and its mirror image share a cell, the one to image right. Traps unless both
  /// angles are finite.
  public init(yaw: Double, pitch: Double, folded: Bool = false) {
    precondition(yaw.isFinite && pitch.isFinite, "a pose has finite angles")
    let across = PoseCell.step(yaw, width: 20, steps: 4)
    self.init(
      yaw: 4 + (folded ? abs(across) : across),
      pitch: 2 + PoseCell.step(pitch, width: 15, steps: 2))
  }

  /// Which bin from the middle, away from it on either side.
  private static func step(_ angle: Double, width: Double, steps: Int) -> Int {
    let away = Int(min(Double(steps), (abs(angle) / width + 0.5).rounded(.down)))
    return angle < 0 ? -away : away
  }

  public var mirrored: PoseCell { PoseCell(yaw: 8 - yaw, pitch: pitch) }

  /// The cell it shares with its mirror image: the one to image right.
  public var folded: PoseCell { yaw < 4 ? mirrored : self }

  /// The angles of its middle, in degrees.
  public var center: (yaw: Double, pitch: Double) {
    (Double(yaw - 4) * 20, Double(pitch - 2) * 15)
  }

  public var name: String { "y\(yaw)p\(pitch)" }

  /// Nil unless the text is a cell's name.
  public init?(name: String) {
    let digits = name.utf8.map { Int($0) }
    guard digits.count == 4, digits[0] == 0x79, digits[2] == 0x70,
      (0..<PoseCell.yawCount).contains(digits[1] - 0x30),
      (0..<PoseCell.pitchCount).contains(digits[3] - 0x30)
    else { return nil }
    self.init(yaw: digits[1] - 0x30, pitch: digits[3] - 0x30)
  }

  /// Every cell, in order.
  public static let all: [PoseCell] = (0..<yawCount).flatMap { yaw in
    (0..<pitchCount).map { PoseCell(yaw: yaw, pitch: $0) }
  }

  /// The place in `all`, 0 to 44.
  public var index: Int { yaw * PoseCell.pitchCount + pitch }

  public static func < (left: PoseCell, right: PoseCell) -> Bool { left.index < right.index }
}

/// Written as its name.
extension PoseCell: Codable, CustomStringConvertible {
  public var description: String { name }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let cell = PoseCell(name: name) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(name) is no cell such as y4p2")
    }
    self = cell
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
