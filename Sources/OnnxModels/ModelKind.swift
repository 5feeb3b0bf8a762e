/// The kinds of networks that are understood, named after the first of each.
public enum ModelKind: String, CaseIterable, Hashable, Sendable, Codable {
  /// Face detector with strides 8, 16, 32, one anchor a cell and five points.
  case yunet
  /// Face detector with strides 8, 16, 32, two anchors a cell and, mostly, five points.
  case scrfd
  /// Embedding of a face that is aligned at 112 × 112.
  case arcface
  /// 68 landmarks in iBUG's order.
  case landmarks68
  /// 98 landmarks in WFLW's order.
  case landmarks98
  /// 106 landmarks in InsightFace's order.
  case landmarks106

  /// What a network is for.
  public enum Task: String, Hashable, Sendable, Codable {
    case detection, embedding, landmarks
  }

  public var task: Task {
    switch self {
    case .yunet, .scrfd: .detection
    case .arcface: .embedding
    case .landmarks68, .landmarks98, .landmarks106: .landmarks
    }
  }

  /// The kind whose inputs and outputs these are; nil where there is none.
  public init?(inputs: [OnnxPort], outputs: [OnnxPort]) {
    guard let input = inputs.first, inputs.count == 1, input.element == "float32",
      input.shape.count == 4, [3, -1].contains(input.shape[1])
    else { return nil }
    if Set(outputs.map(\.name)).isSuperset(of: YuNet.outputNames) {
      self = .yunet
    } else if SCRFD.hasShapes(of: outputs) {
      self = .scrfd
    } else if let kind = outputs.lazy.compactMap({ LandmarkNet.kind(ofWidth: $0.shape.last) }).first
    {
      self = kind
    } else if outputs.count == 1, let width = outputs[0].shape.last, ArcFace.widths.contains(width),
      [ArcFace.side, -1].contains(input.shape[3])
    {
      self = .arcface
    } else {
      return nil
    }
  }

  /// What a network of unknown kind is told.
  static let advice =
    "name its kind with --kind: \(allCases.map(\.rawValue).joined(separator: ", "))"
}

/// The numbers that stand for black and white in what a network reads.
public enum PixelRange: String, CaseIterable, Hashable, Sendable, Codable {
  case bytes = "0..255"
  case unit = "0..1"
  case signed = "-1..1"

  /// What networks of this kind want; those of InsightFace's that begin by subtracting or dividing want
  /// bytes.
  ///
  /// Source: the loaders of the projects the kinds are named after.
  public init(for kind: ModelKind, scalesItself: Bool, width: Int?) {
    switch kind {
    case .yunet: self = .bytes
    case .scrfd, .arcface, .landmarks106: self = scalesItself ? .bytes : .signed
    case .landmarks68 where width == LandmarkNet.insightFace68:
      self = scalesItself ? .bytes : .signed
    case .landmarks68, .landmarks98: self = .unit
    }
  }
}
