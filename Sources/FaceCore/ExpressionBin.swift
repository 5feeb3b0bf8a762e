/// What a face does, coarsely: what matters to a swap is how far the mouth is open, and closed eyes.
public enum ExpressionBin: String, Hashable, Sendable, Codable, CaseIterable {
  case mouthClosed = "mouth-closed"
  case mouthParted = "mouth-parted"
  case mouthOpen = "mouth-open"
  /// Whatever the mouth does.
  case eyesClosed = "eyes-closed"

  /// Of the measure `eyes`, below which they are closed.
  public static let closedEyes = 0.03
  /// Of the measure `mouth`, from which it is parted, and open.
  public static let (partedMouth, openMouth) = (0.055, 0.11)

  /// Of the measures `mouth` and `eyes`, which are gaps over the distance from chin to eyes.
  public init(mouth: Double, eyes: Double) {
    self =
      if eyes < Self.closedEyes { .eyesClosed } else if mouth < Self.partedMouth {
        .mouthClosed
      } else if mouth < Self.openMouth { .mouthParted } else { .mouthOpen }
  }

  /// The place in `allCases`.
  public var index: Int { ExpressionBin.allCases.firstIndex(of: self) ?? 0 }
}
