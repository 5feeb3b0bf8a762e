public import FaceCore

/// How many faces each cell gives.
public struct Quotas: Hashable, Sendable {
  /// What the chosen faces should be spread like.
  public enum Goal: Hashable, Sendable, Codable {
    /// Each cell that has faces alike.
    case uniform
    /// By the root of what there is: rich cells give more, but not in proportion.
    case sqrt
    /// As the target's faces are. Cells the target does not visit give nothing.
    case match(Coverage)
  }

  /// Faces taken from each cell, zero cells left out.
  public let taken: [PoseCell: Int]
  /// Faces that a cell's share of all asks for beyond what it has, zero cells left out.
  public let short: [PoseCell: Int]

  /// Spreads `count` faces over the cells by their weights under the goal, never more than a cell
  /// has; what poor cells cannot give goes to the others.
  ///
  /// The sum is exactly `count`, or all there is in the wanted cells when that is less, and no
  /// quota falls when `count` grows.
  ///
  /// Seats are given one by one by Sainte-Laguë's divisors, after `floor` seats to each wanted cell.
  /// Source: Balinski and Young, "Fair Representation", 1982.
  public init(supply: Coverage, count: Int, goal: Goal, floor: Int = 0) {
    precondition(count >= 0 && floor >= 0, "quotas are not negative")
    let weights = Quotas.weights(supply: supply, goal: goal)
    let cells = supply.cells.filter { weights[$0, default: 0] > 0 && supply[$0] > 0 }
    var seats = [Int](repeating: 0, count: cells.count)
    var queue = cells.indices.map { Claim(weight: weights[cells[$0]] ?? 0, cell: $0) }
    var left = min(count, cells.reduce(0) { $0 + supply[$1] })
    while left > 0 {
      // 45 cells at most: the best claim is found by looking at all.
      guard let best = queue.indices.max(by: { queue[$0].isWeaker(than: queue[$1], floor: floor) })
      else { break }
      let cell = queue[best].cell
      seats[cell] += 1
      left -= 1
      if seats[cell] == supply[cells[cell]] {
        queue.remove(at: best)
      } else {
        queue[best].seats += 1
      }
    }
    taken = Dictionary(uniqueKeysWithValues: zip(cells, seats)).filter { $0.value > 0 }
    let sum = weights.values.reduce(0, +)
    let given = taken
    short = weights.reduce(into: [:]) { short, entry in
      let share = Int((Double(count) * entry.value / sum).rounded(.down))
      let missing = share - given[entry.key, default: 0]
      if missing > 0 { short[entry.key] = missing }
    }
  }

  /// What each wanted cell counts under the goal.
  static func weights(supply: Coverage, goal: Goal) -> [PoseCell: Double] {
    let pairs: [(PoseCell, Double)] =
      switch goal {
      case .uniform: supply.filled.map { ($0, 1) }
      case .sqrt: supply.filled.map { ($0, Double(supply[$0]).squareRoot()) }
      case .match(let target):
        target.filled.map { (supply.isFolded ? $0.folded : $0, Double(target[$0])) }
      }
    return Dictionary(pairs, uniquingKeysWith: +)
  }

  /// A cell waiting for its next seat.
  private struct Claim {
    let weight: Double
    let cell: Int
    var seats = 0

    func isWeaker(than other: Claim, floor: Int) -> Bool {
      let (mine, theirs) = (min(seats, floor), min(other.seats, floor))
      if mine != theirs { return mine > theirs }
      let left = weight * (2 * Double(other.seats) + 1)
      let right = other.weight * (2 * Double(seats) + 1)
      return left != right ? left < right : cell > other.cell
    }
  }
}
