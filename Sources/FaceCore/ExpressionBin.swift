/// What a face does, coarsely: what matters to a swap is how far the mouth is open, and closed eyes.
public enum ExpressionBin: String, Hashable, Sendable, Codable, CaseIterable {
  case mouthClosed = "mouth-closed"
  case mouthParted = "mouth-parted"
  case mouthOpen = "mouth-open"
  /// Whatever the mouth does.
  case eyesClosed = "eyes-closed"

  /// Of the measures `mouth` and `eyes`, which are gaps over the distance from chin to eyes.
  public init(mouth: Double, eyes: Double) {
    self =
      if eyes < 0.03 { .eyesClosed } else if mouth < 0.055 { .mouthClosed } else if mouth < 0.11 {
        .mouthParted
      } else { .mouthOpen }
  }

  /// The place in `allCases`.
  public var index: Int { ExpressionBin.allCases.firstIndex(of: self) ?? 0 }
}
