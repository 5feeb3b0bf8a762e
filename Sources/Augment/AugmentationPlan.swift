public import FaceCore

/// Which changed copies of the chosen faces fill the cells that selection left short.
///
/// Each cell takes the faces that reach it by the smallest change, the best of those first, spread over
/// faces and videos. The same faces, shortage and rules give the same plan, in whatever order they come.
public struct AugmentationPlan: Sendable {
  /// A chosen face.
  public struct Face: Hashable, Sendable {
    public var id: String
    /// What it shares with faces that are much like it.
    public var video: String
    /// Of its own, neither folded nor cut to what coverage looks at.
    public var expression: ExpressionBin?
    public var pose: Pose
    /// Nil where it is not known, and then it cannot be changed.
    public var light: Light?
    /// In pixels of the crop.
    public var landmarks: Landmarks
    /// Side of the crop, in pixels.
    public var cropSize: Int
    /// More is better.
    public var quality: Double
    /// How often it is drawn without a plan, relative to the mean.
    public var weight: Double

    /// `pose` is that in the crop.
    public init(
      id: String, video: String, expression: ExpressionBin?, pose: Pose, light: Light?,
      landmarks: Landmarks, cropSize: Int, quality: Double, weight: Double
    ) {
      (self.id, self.video, self.expression) = (id, video, expression)
      (self.pose, self.light, self.landmarks) = (pose, light, landmarks)
      (self.cropSize, self.quality, self.weight) = (cropSize, quality, weight)
    }

    /// The face of a row.
    public init(_ row: ManifestRow, expression: ExpressionBin?, quality: Double) {
      self.init(
        id: row.id, video: row.frame.video, expression: expression,
        pose: row.pose.seen(through: row.crop.matrix), light: row.light,
        landmarks: row.landmarks.mapped(by: row.crop.matrix), cropSize: row.crop.size,
        quality: quality, weight: row.weight)
    }
  }

  /// What may be done to a face, not in the order it is done.
  public enum Operation: String, Hashable, Sendable, CaseIterable, Codable {
    case mirror, rotate, relight, color, blur, noise, jpeg, scale

    /// Whether it takes a face to another cell.
    public var fillsCells: Bool {
      switch self {
      case .mirror, .rotate, .relight: true
      case .color, .blur, .noise, .jpeg, .scale: false
      }
    }
  }

  /// What the plan may do.
  public struct Rules: Hashable, Sendable {
    public var operations = Set(Operation.allCases)
    /// Most variants of a face.
    public var variantsPerFace = 3
    /// How often a face with all its variants may be drawn, relative to the mean.
    public var limit = 4.0
    /// How far few variants stand for the many that are missing: 1 draws them as often as those would be,
    /// 0 each as often as one face.
    public var temperature = 0.5
    /// Whether a cell is filled by mirror images, too, as when training mirrors.
    public var isFolded = false
    public var seed: UInt64 = 0

    public init() {}
  }

  /// By the face's id; faces without a variant are not in it.
  public let variants: [String: [FaceVariant]]
  /// How many faces each cell still lacks; cells that lack none are not in it.
  public let short: [FaceCell: Int]

  /// Traps when two faces share an id, and on rules that are no numbers.
  public init(of faces: [Face], filling short: [FaceCell: Int], rules: Rules = Rules()) {
    precondition(rules.limit.isFinite && rules.temperature.isFinite, "rules are numbers")
    precondition(Set(faces.map(\.id)).count == faces.count, "an id names one face")
    var making = PlanMaking(faces: faces.sorted { $0.id < $1.id }, rules: rules)
    let cells = short.filter { $0.value > 0 }
    for (cell, candidates) in making.ordered(cells) {
      making.fill(cell, lacking: cells[cell] ?? 0, from: candidates)
    }
    variants = making.variants()
    self.short = cells.merging(making.filled) { $0 - $1 }.filter { $0.value > 0 }
  }
}
