public import FaceCore

/// What networks of 68, 98 and 106 landmarks answer, brought to 68.
public enum LandmarkNet {
  /// Numbers in the answer of InsightFace's 3D network: many points of a surface, then the 68, three
  /// numbers each.
  static let insightFace68 = 3309

  /// The kind that answers with so many numbers.
  static func kind(ofWidth width: Int?) -> ModelKind? {
    switch width {
    case 2 * 68, insightFace68: .landmarks68
    case 2 * 98: .landmarks98
    case 2 * 106: .landmarks106
    default: nil
    }
  }

  /// How much larger than the face's longer side the square is that the network looks at.
  ///
  /// Source: the loaders of PFLD (68 and 98 points) and of InsightFace.
  static func margin(of kind: ModelKind, width: Int) -> Float {
    kind == .landmarks106 || width == insightFace68 ? 1.5 : 1.1
  }

  /// The landmarks in the square the network looked at, which is `side` pixels wide.
  ///
  /// Throws `OnnxError.badOutput`, with `name` as its subject.
  public static func landmarks(
    _ output: OnnxTensor, kind: ModelKind, side: Float, name: String = "landmarks"
  ) throws(OnnxError) -> Landmarks {
    let values = output.values
    let isSurface = kind == .landmarks68 && values.count == insightFace68
    let count = kind == .landmarks106 ? 106 : kind == .landmarks98 ? 98 : 68
    let stride = isSurface ? 3 : 2
    let first = isSurface ? values.count - 68 * 3 : 0
    guard values.count == count * 2 || isSurface, values.allSatisfy(\.isFinite) else {
      throw OnnxError(
        code: .badOutput, subject: name,
        reason: "it answers with \(values.count) numbers, not the \(count * 2) of a network of "
          + "kind \(kind.rawValue)")
    }
    // InsightFace counts from the middle of the square to its edges, PFLD from its corner.
    let isCentred = kind == .landmarks106 || isSurface
    let points = (0..<count).map { index in
      let x = values[first + index * stride]
      let y = values[first + index * stride + 1]
      return isCentred
        ? Point(x: (x + 1) * side / 2, y: (y + 1) * side / 2) : Point(x: x * side, y: y * side)
    }
    switch kind {
    case .landmarks98: return Landmarks(from98.map { points[$0] })
    case .landmarks106: return Landmarks(from106.map { points[$0] })
    default: return Landmarks(points)
    }
  }

  /// For each of the 68 points the one of WFLW's 98 (Wu et al., "Look at Boundary", 2018).
  public static let from98: [Int] =
    Array(stride(from: 0, through: 32, by: 2)) + Array(33...37) + Array(42...46) + Array(51...59)
    + [60, 61, 63, 64, 65, 67] + [68, 69, 71, 72, 73, 75] + Array(76...95)

  /// For each of the 68 points the one of 106 in the order of InsightFace's networks.
  ///
  /// Source: the table that users of those networks share.
  public static let from106: [Int] = [
    1, 10, 12, 14, 16, 3, 5, 7, 0, 23, 21, 19, 32, 30, 28, 26, 17,  // jaw
    43, 48, 49, 51, 50, 102, 103, 104, 105, 101,  // brows
    72, 73, 74, 86, 78, 79, 80, 85, 84,  // nose
    35, 41, 42, 39, 37, 36, 89, 95, 96, 93, 91, 90,  // eyes
    52, 64, 63, 71, 67, 68, 61, 58, 59, 53, 56, 55,  // outer lips
    65, 66, 62, 70, 69, 57, 60, 54,  // inner lips
  ]
}
