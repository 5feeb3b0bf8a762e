public import FaceCore

/// How hard each face is for a model: the mean of its last few losses.
public struct FaceLosses: Sendable {
  public struct Face: Hashable, Sendable {
    /// The face's id in the manifest.
    public let id: String
    public let side: Side
    public let loss: Double

    public init(id: String, side: Side, loss: Double) {
      (self.id, self.side, self.loss) = (id, side, loss)
    }
  }

  /// Ids by side, in the order the loader counts them, and the losses by id.
  private var sides: [(side: Side, ids: [String], losses: [String: Double])]

  /// What a new loss counts against those before.
  private static let share = 0.3

  /// The ids of the sides' samples; a face and its variants have one.
  public init(source: [String], target: [String]) {
    sides = [(.source, source, [:]), (.target, target, [:])]
  }

  public mutating func add(_ report: TrainingReport) {
    for (place, side) in [report.source, report.target].enumerated() {
      for (face, loss) in zip(side.faces, side.losses) where loss.isFinite {
        let id = sides[place].ids[face]
        let before = sides[place].losses[id] ?? Double(loss)
        sides[place].losses[id] = before + Self.share * (Double(loss) - before)
      }
    }
  }

  /// Those that were seen, the hardest first.
  public var hardest: [Face] {
    sides.flatMap { side in
      side.losses.map { Face(id: $0.key, side: side.side, loss: $0.value) }
    }.sorted { ($0.loss, $1.id) > ($1.loss, $0.id) }
  }

  /// The mean losses of a side's learned faces by where they look.
  public static func means(
    of losses: [Face], in manifest: Manifest, side: Side
  ) -> [PoseCell: Double] {
    let known = Dictionary(
      losses.filter { $0.side == side }.map { ($0.id, $0.loss) }, uniquingKeysWith: { $1 })
    var sums: [PoseCell: (sum: Double, count: Int)] = [:]
    for row in manifest.rows where row.side == side && row.split == .train {
      guard let loss = known[row.id] else { continue }
      let sum = sums[TrainingAdvice.cell(of: row)] ?? (0, 0)
      sums[TrainingAdvice.cell(of: row)] = (sum.sum + loss, sum.count + 1)
    }
    return sums.mapValues { $0.sum / Double($0.count) }
  }
}
