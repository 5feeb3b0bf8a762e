public import FaceCore

/// Faces chosen for balance: so many from each cell, and in each cell the best ones that lie apart.
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
    /// Degrees that chosen faces of a cell are apart; nil where gaps are as large as the quota allows.
    ///
    /// See ``FacePlace``.
    public var spacing: Float?
    /// How many times as often as the mean a face may be drawn.
    public var weightLimit: Double
    /// Decides between equals.
    public var seed: UInt64

    public init(
      count: Int, goal: Quotas.Goal, isFolded: Bool = false, floor: Int = 0,
      spacing: Float? = nil, weightLimit: Double = 4, seed: UInt64
    ) {
      precondition(weightLimit >= 1, "a limit below the mean cannot be kept")
      precondition((spacing ?? 0) >= 0, "a distance is not negative")
      (self.count, self.goal, self.isFolded, self.floor) = (count, goal, isFolded, floor)
      (self.spacing, self.weightLimit, self.seed) = (spacing, weightLimit, seed)
    }
  }

  public struct Choice: Hashable, Sendable {
    public let id: FaceID
    /// As it is, not folded.
    public let cell: FaceCell
    /// How often to draw it relative to the mean.
    public let weight: Double
    /// Such as `cell y4p2/flat: 3 of 40, 5.6° from the nearest before it`.
    public let why: String

    /// `rank` is its place among the `supply` of its cell, from 1; `distance` that to the nearest taken
    /// before it, in degrees.
    init(_ face: Candidate, weight: Double, rank: Int, supply: Int, distance: Float) {
      (id, cell, self.weight) = (face.id, face.cell, weight)
      let tenths = distance.isFinite ? Int((distance * 10).rounded()) : 0
      let gap = "\(tenths / 10).\(tenths % 10)° from the nearest before it"
      why = "cell \(cell.name): \(rank) of \(supply), \(distance.isFinite ? gap : "the best")"
    }

    init(_ face: Candidate, why: String) {
      (id, cell, weight, self.why) = (face.id, face.cell, 1, why)
    }
  }

  /// Sorted by id.
  public let choices: [Choice]
  /// How many faces each cell lacks, zero cells left out.
  public let short: [FaceCell: Int]

  /// Traps when two candidates share an id or a quality is not a number.
  ///
  /// - Parameter target: Faces no pose of which is to be left far from a chosen one.
  public init(
    from candidates: [Candidate], plan: Plan, covering target: [Candidate] = [], threads: Int = 1
  ) {
    var cells: [FaceCell: [Int]] = [:]
    for (index, candidate) in candidates.enumerated() {
      precondition(!candidate.quality.isNaN, "a quality is a number")
      cells[plan.isFolded ? candidate.cell.folded : candidate.cell, default: []].append(index)
    }
    var supply = Coverage(folded: plan.isFolded)
    for (cell, pool) in cells { supply.add(cell, count: pool.count) }
    // Where faces must be apart, a cell gives no more than lie apart.
    let order = cells.keys.sorted()
    var picks: [FaceCell: [Pick]] = [:]
    if plan.spacing != nil {
      picks = Selection.picks(order, cells, candidates, [:], plan, threads) { _ in plan.count }
      supply = Coverage(folded: plan.isFolded)
      for (cell, picks) in picks { supply.add(cell, count: picks.count) }
    }
    var quotas = Quotas(supply: supply, count: plan.count, goal: plan.goal, floor: plan.floor)
    var beyond: [Int] = []
    if plan.spacing == nil {
      let cover = TargetCover(
        of: target, from: candidates, cells, quotas: quotas, isFolded: plan.isFolded,
        threads: threads)
      beyond = cover.beyond
      quotas = Quotas(
        supply: supply, count: plan.count - beyond.count, goal: plan.goal, floor: plan.floor)
      let taken = quotas.taken
      picks = Selection.picks(order, cells, candidates, cover.first, plan, threads) {
        taken[$0] ?? 0
      }
    }
    let weights = DrawWeights(of: quotas, supply: supply, plan: plan)
    var choices = beyond.map {
      Choice(candidates[$0], why: "nearest to a pose of the target that its own cell lacks")
    }
    for (cell, count) in quotas.taken {
      for (rank, pick) in (picks[cell] ?? []).prefix(count).enumerated() {
        choices.append(
          Choice(
            candidates[pick.index], weight: weights[cell], rank: rank + 1,
            supply: cells[cell]?.count ?? 0, distance: pick.distance))
      }
    }
    choices.sort { $0.id < $1.id }
    precondition(
      zip(choices, choices.dropFirst()).allSatisfy { $0.id != $1.id }, "each id is there once")
    self.choices = choices
    short = quotas.short
  }

  /// Faces that were chosen in another way, each drawn alike.
  public init(of faces: [Candidate], why: String) {
    choices = faces.map { Choice($0, why: why) }.sorted { $0.id < $1.id }
    short = [:]
  }

  /// In each cell its faces in the order they are taken, at most as many as asked for.
  private static func picks(
    _ order: [FaceCell], _ cells: [FaceCell: [Int]], _ candidates: [Candidate],
    _ first: [FaceCell: [Int]], _ plan: Plan, _ threads: Int, limit: @Sendable (FaceCell) -> Int
  ) -> [FaceCell: [Pick]] {
    let wanted = order.filter { limit($0) > 0 }
    let found = concurrentMap(wanted, threads: threads) { cell in
      spreadOrder(
        of: cells[cell] ?? [], in: candidates, first: first[cell] ?? [], limit: limit(cell),
        spacing: plan.spacing, seed: plan.seed)
    }
    return Dictionary(uniqueKeysWithValues: zip(wanted, found))
  }
}
