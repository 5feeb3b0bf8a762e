public import FaceCore

extension FaceCell {
  /// As one would tell a cameraman: `turned 40° to image left, looking up, hard light from up left`.
  public var words: String {
    [turn, tilt, light.map(FaceCell.words), expression.map(FaceCell.words)]
      .compactMap(\.self).joined(separator: ", ")
  }

  private var turn: String {
    let side = pose.yaw < 4 ? "left" : "right"
    return switch abs(pose.yaw - 4) {
    case 0: "frontal"
    case 4: "profile to image \(side)"
    case let steps: "turned \(20 * steps)° to image \(side)"
    }
  }

  private var tilt: String? {
    switch pose.pitch {
    case 0: "looking far down"
    case 1: "looking down"
    case 3: "looking up"
    case 4: "looking far up"
    default: nil
    }
  }

  private static func words(_ light: LightBin) -> String {
    let parts = light.rawValue.split(separator: "-")
    guard let kind = parts.last, parts.count > 1 else { return "flat light" }
    let side =
      switch parts.dropLast() {
      case ["up"]: "above"
      case ["down"]: "below"
      case let sides: sides.joined(separator: " ")
      }
    return "\(kind) light from \(side)"
  }

  private static func words(_ expression: ExpressionBin) -> String {
    switch expression {
    case .mouthClosed: "mouth closed"
    case .mouthParted: "lips parted"
    case .mouthOpen: "mouth open"
    case .eyesClosed: "eyes closed"
    }
  }
}
