/// How a face is lit, in one of 17 bins: flat, or from one of eight directions, soft or hard.
///
/// Directions are those of the head, as one sees it who stands before it: `left` is light that falls
/// on the side of the face at image left when the head looks into the camera.
public enum LightBin: String, Hashable, Sendable, Codable, CaseIterable {
  case flat
  case leftSoft = "left-soft"
  case upLeftSoft = "up-left-soft"
  case upSoft = "up-soft"
  case upRightSoft = "up-right-soft"
  case rightSoft = "right-soft"
  case downRightSoft = "down-right-soft"
  case downSoft = "down-soft"
  case downLeftSoft = "down-left-soft"
  case leftHard = "left-hard"
  case upLeftHard = "up-left-hard"
  case upHard = "up-hard"
  case upRightHard = "up-right-hard"
  case rightHard = "right-hard"
  case downRightHard = "down-right-hard"
  case downHard = "down-hard"
  case downLeftHard = "down-left-hard"
}

extension LightBin: Comparable {
  /// The bin of the mirror image: left and right change places.
  public var mirrored: LightBin {
    let name =
      rawValue.contains("left")
      ? rawValue.replacing("left", with: "right") : rawValue.replacing("right", with: "left")
    return LightBin(rawValue: name) ?? self
  }

  /// The place in `allCases`, 0 to 16.
  public var index: Int { LightBin.allCases.firstIndex(of: self) ?? 0 }

  public static func < (left: LightBin, right: LightBin) -> Bool { left.index < right.index }
}
