public import FaceCore

/// A face that may be chosen.
public struct Candidate: Hashable, Sendable {
  public var id: String
  public var cell: PoseCell
  /// Higher is better; only compared within a cell.
  public var quality: Double
  /// The track it belongs to, or whatever else makes neighbouring frames alike.
  public var track: String
  /// The frame's number in its video.
  public var frame: Int

  public init(id: String, cell: PoseCell, quality: Double, track: String, frame: Int) {
    (self.id, self.cell, self.quality) = (id, cell, quality)
    (self.track, self.frame) = (track, frame)
  }
}

/// Faces chosen for balance: so many from each cell, and in each cell the best ones, spread in time.
///
/// It follows from the candidates, the plan and nothing else: neither their order nor the number
/// of threads matters.
public struct Selection: Hashable, Sendable {
  public struct Plan: Hashable, Sendable, Codable {
    /// How many faces to choose.
    public var count: Int
    public var goal: Quotas.Goal
    /// A face and its mirror image are alike.
    public var isFolded: Bool
    /// Faces each wanted cell gives before the goal is looked at.
    public var floor: Int
    /// Frames of one track that chosen faces of a cell are apart, while there are enough of them;
    /// after that half of it, and so on.
    public var spacing: Int
    /// How many times as often as the mean a face may be drawn.
    public var weightLimit: Double
    /// Decides between equals.
    public var seed: UInt64

    public init(
      count: Int, goal: Quotas.Goal, isFolded: Bool = false, floor: Int = 0, spacing: Int = 12,
      weightLimit: Double = 4, seed: UInt64
    ) {
      precondition(weightLimit >= 1, "a limit below the mean cannot be kept")
      (self.count, self.goal, self.isFolded, self.floor) = (count, goal, isFolded, floor)
      (self.spacing, self.weightLimit, self.seed) = (spacing, weightLimit, seed)
    }
  }

  public struct Choice: Hashable, Sendable {
    public let id: String
    public let cell: PoseCell
    /// How often to draw it relative to the mean.
    public let weight: Double
    /// Such as `cell y4p2 rank 3 of 40`.
    public let why: String
  }

  /// Sorted by id.
  public let choices: [Choice]
  /// How many faces each cell lacks, zero cells left out.
  public let short: [PoseCell: Int]

  /// Traps when two candidates share an id or a quality is not a number.
  public init(from candidates: [Candidate], plan: Plan) {
    var pools: [PoseCell: [Candidate]] = [:]
    var supply = Coverage(folded: plan.isFolded)
    for candidate in candidates {
      precondition(!candidate.quality.isNaN, "a quality is a number")
      let cell = plan.isFolded ? candidate.cell.folded : candidate.cell
      pools[cell, default: []].append(candidate)
      supply.add(cell)
    }
    let quotas = Quotas(
      supply: supply, count: plan.count, goal: plan.goal, floor: plan.floor)
    let weights = Selection.drawWeights(
      of: quotas, goals: Quotas.weights(supply: supply, goal: plan.goal),
      limit: plan.weightLimit)
    var choices: [Choice] = []
    for (cell, pool) in pools {
      let picked = pick(
        quotas.taken[cell] ?? 0, from: pool, spacing: plan.spacing, seed: plan.seed)
      for (rank, face) in picked.enumerated() {
        choices.append(
          Choice(
            id: face.id, cell: cell, weight: weights[cell] ?? 1,
            why: "cell \(cell.name) rank \(rank + 1) of \(pool.count)"))
      }
    }
    choices.sort { $0.id < $1.id }
    precondition(
      zip(choices, choices.dropFirst()).allSatisfy { $0.id != $1.id }, "each id is there once")
    self.choices = choices
    short = quotas.short
  }

  /// For each cell how often to draw one of its faces, relative to the mean, so that cells come up
  /// as the goal says, but no face more than `limit` times as often as the mean: a cell with one
  /// face is drawn less often than its share, not over and over.
  ///
  /// Weights are `min(limit, level · share / faces)` with the level at which their mean is 1.
  static func drawWeights(
    of quotas: Quotas, goals: [PoseCell: Double], limit: Double
  ) -> [PoseCell: Double] {
    let cells = quotas.taken.keys.sorted()
    let total = Double(quotas.taken.values.reduce(0, +))
    var free = cells
    var left = total
    var weights: [PoseCell: Double] = [:]
    while !free.isEmpty {
      let level = left / free.reduce(0) { $0 + goals[$1, default: 0] }
      func weight(_ cell: PoseCell) -> Double {
        level * goals[cell, default: 0] / Double(quotas.taken[cell] ?? 1)
      }
      // Cells at the limit stay there, and the level of the others rises.
      let over = free.filter { weight($0) > limit }
      if over.isEmpty {
        for cell in free { weights[cell] = weight(cell) }
        return weights
      }
      for cell in over {
        weights[cell] = limit
        left -= limit * Double(quotas.taken[cell] ?? 0)
      }
      free.removeAll { over.contains($0) }
    }
    return weights
  }
}
