import FaceCore

/// For each cell how often to draw one of its faces, relative to the mean, so that cells come up as
/// the goal says, but no face more than so many times as often as the mean: a cell with one face is
/// drawn less often than its share, not over and over.
///
/// Weights are `min(limit, level · share / faces)` with the level at which their mean is 1.
struct DrawWeights {
  private var weights: [FaceCell: Double] = [:]

  subscript(cell: FaceCell) -> Double { weights[cell] ?? 1 }

  init(of quotas: Quotas, supply: Coverage, plan: Selection.Plan) {
    let shares = DrawWeights.shares(of: quotas, supply: supply, goal: plan.goal)
    var free = quotas.taken.keys.sorted()
    var left = Double(quotas.taken.values.reduce(0, +))
    while !free.isEmpty {
      let level = left / free.reduce(0) { $0 + shares[$1, default: 0] }
      func weight(_ cell: FaceCell) -> Double {
        level * shares[cell, default: 0] / Double(quotas.taken[cell] ?? 1)
      }
      // Cells at the limit stay there, and the level of the others rises.
      let over = free.filter { weight($0) > plan.weightLimit }
      if over.isEmpty {
        for cell in free { weights[cell] = weight(cell) }
        return
      }
      for cell in over {
        weights[cell] = plan.weightLimit
        left -= plan.weightLimit * Double(quotas.taken[cell] ?? 0)
      }
      free.removeAll { over.contains($0) }
    }
  }

  /// How often each cell should come up: of a pose that makes up for light the target has and it lacks,
  /// all cells as often as they have faces.
  private static func shares(
    of quotas: Quotas, supply: Coverage, goal: Quotas.Goal
  ) -> [FaceCell: Double] {
    let wanted = Quotas.weights(supply: supply, goal: goal)
    guard case .match(let target) = goal else { return wanted }
    var shares: [FaceCell: Double] = [:]
    for (pose, cells) in Dictionary(grouping: quotas.taken.keys, by: \.pose) {
      let taken = Double(cells.reduce(0) { $0 + quotas.taken[$1, default: 0] })
      let visits = Double(target[pose])
      let raw = cells.map { cell in
        wanted[cell].map { $0 / visits } ?? Double(quotas.taken[cell, default: 0]) / taken
      }
      // In one order, for sums of floating point numbers depend on it.
      let sum = zip(cells, raw).sorted { $0.0 < $1.0 }.reduce(0) { $0 + $1.1 }
      for (cell, part) in zip(cells, raw) { shares[cell] = visits * part / sum }
    }
    return shares
  }
}
