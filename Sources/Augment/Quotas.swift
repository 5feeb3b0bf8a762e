public import FaceCore

/// How many faces each cell gives.
public struct Quotas: Hashable, Sendable {
  /// What the chosen faces should be spread like.
  public enum Goal: Hashable, Sendable, Codable {
    /// Each cell that has faces alike.
    case uniform
    /// By the root of what there is: rich cells give more, but not in proportion.
    case sqrt
    /// As the target's faces are.
    ///
    /// Poses the target does not visit give nothing. Of a pose it visits, cells
    /// in its lights give first, and others make up for what those lack: a face of the right pose in
    /// another light is worth more than one of another pose.
    case match(Coverage)
  }

  /// Faces taken from each cell, zero cells left out.
  public let taken: [FaceCell: Int]
  /// Faces that a cell's share of all asks for beyond what it gives, zero cells left out.
  public let short: [FaceCell: Int]

  /// Spreads `count` faces over the cells by their weights under the goal, never more than a cell
  /// has; what poor cells cannot give goes to the others.
  ///
  /// The sum is exactly `count`, or all there is in the wanted cells when that is less, and no
  /// quota falls when `count` grows. Each wanted cell gives `floor` faces first, if it has them.
  public init(supply: Coverage, count: Int, goal: Goal, floor: Int = 0) {
    precondition(count >= 0 && floor >= 0, "quotas are not negative")
    let weights = Quotas.weights(supply: supply, goal: goal)
    var taken: [FaceCell: Int] = [:]
    switch goal {
    case .uniform, .sqrt:
      let cells = Quotas.scattered(supply.filled)
      let seats = shared(
        count,
        among: cells.map { Claimant(weight: goal.weight(of: supply[$0]), limit: supply[$0]) },
        floors: cells.map { _ in floor })
      taken = Dictionary(uniqueKeysWithValues: zip(cells, seats))
    case .match(let target):
      let all = Quotas.scattered(supply.filled)
      let poses = all.map(\.pose).reduce(into: [PoseCell]()) { poses, pose in
        if target[pose] > 0, !poses.contains(pose) { poses.append(pose) }
      }
      let cells = Dictionary(grouping: all, by: \.pose)
      func floors(_ pose: PoseCell) -> [Int] {
        (cells[pose] ?? []).map { weights[$0] == nil ? 0 : min(floor, supply[$0]) }
      }
      let seats = shared(
        count,
        among: poses.map { Claimant(weight: Double(target[$0]), limit: supply[$0]) },
        floors: poses.map { max(min(floor, supply[$0]), floors($0).reduce(0, +)) })
      for (pose, count) in zip(poses, seats) {
        let own = cells[pose] ?? []
        // Least where the target never is.
        let shares = own.map { weights[$0] ?? 1e-9 }
        let inPose = shared(
          count, among: zip(own, shares).map { Claimant(weight: $1, limit: supply[$0]) },
          floors: floors(pose))
        for (cell, count) in zip(own, inPose) { taken[cell] = count }
      }
    }
    self.taken = taken.filter { $0.value > 0 }
    short = Quotas.shares(of: count, by: weights).reduce(into: [:]) { short, share in
      let missing = share.value - (taken[share.key] ?? 0)
      if missing > 0 { short[share.key] = missing }
    }
  }

  /// What each cell would give if all had enough; exactly `count` in all.
  ///
  /// By largest remainders, for how many each lacks need not fall when `count` grows.
  private static func shares(
    of count: Int, by weights: [FaceCell: Double]
  ) -> [FaceCell: Int] {
    // In one order, for sums of floating point numbers depend on it.
    let cells = weights.keys.sorted()
    let sum = cells.reduce(0) { $0 + weights[$1, default: 0] }
    let exact = cells.map { Double(count) * weights[$0, default: 0] / sum }
    var shares = exact.map { Int($0) }
    let rest = exact.indices.sorted {
      let (mine, other) = (exact[$0] - Double(shares[$0]), exact[$1] - Double(shares[$1]))
      return mine != other ? mine > other : $0 < $1
    }
    for index in rest.prefix(max(0, count - shares.reduce(0, +))) { shares[index] += 1 }
    return Dictionary(uniqueKeysWithValues: zip(cells, shares))
  }

  /// The cells in an order whose beginnings are spread over the poses, however few there are of it: those
  /// that look ahead, then always the pose farthest from those before it; of each pose one cell, then of
  /// each another.
  static func scattered(_ cells: [FaceCell]) -> [FaceCell] {
    let byPose = Dictionary(grouping: cells, by: \.pose)
    var waiting = byPose.keys.sorted()
    var poses: [PoseCell] = []
    while !waiting.isEmpty {
      let next = waiting.indices.max { mine, other in
        let (a, b) = (waiting[mine].gap(to: poses), waiting[other].gap(to: poses))
        return a != b ? a < b : mine > other
      }
      poses.append(waiting.remove(at: next ?? 0))
    }
    let rounds = byPose.values.map(\.count).max() ?? 0
    return (0..<rounds).flatMap { round in
      // Each pose begins with another of its lights.
      poses.enumerated().compactMap { place, pose in
        let own = byPose[pose, default: []]
        return round < own.count ? own[(round + place) % own.count] : nil
      }
    }
  }

  /// What each wanted cell counts under the goal.
  static func weights(supply: Coverage, goal: Goal) -> [FaceCell: Double] {
    let pairs: [(FaceCell, Double)] =
      switch goal {
      case .uniform, .sqrt: supply.filled.map { ($0, goal.weight(of: supply[$0])) }
      case .match(let target):
        target.filled.flatMap { cell -> [(FaceCell, Double)] in
          let own = supply.isFolded ? cell.folded : cell
          // What the target leaves open is spread over what there is.
          guard supply[own] == 0, supply.supply(of: own) > 0 else {
            return [(own, Double(target[cell]))]
          }
          let open = supply.filled.filter { $0.isWithin(own) }
          let all = Double(open.reduce(0) { $0 + supply[$1] })
          return open.map { ($0, Double(target[cell]) * Double(supply[$0]) / all) }
        }
      }
    return Dictionary(pairs, uniquingKeysWith: +)
  }
}

extension Quotas.Goal {
  /// What a cell counts for this many faces.
  fileprivate func weight(of supply: Int) -> Double {
    switch self {
    case .uniform: 1
    case .sqrt, .match: Double(supply).squareRoot()
    }
  }
}

extension PoseCell {
  /// Degrees to the nearest of them, and to all together; without any, how little it is turned.
  fileprivate func gap(to poses: [PoseCell]) -> (nearest: Double, all: Double) {
    func angle(_ other: (yaw: Double, pitch: Double)) -> Double {
      let (yaw, pitch) = (center.yaw - other.yaw, center.pitch - other.pitch)
      return (yaw * yaw + pitch * pitch).squareRoot()
    }
    let angles = poses.map { angle($0.center) }
    return (angles.min() ?? -angle((0, 0)), angles.reduce(0, +))
  }
}

extension FaceCell {
  /// Whether it is that cell or one that says more.
  func isWithin(_ other: FaceCell) -> Bool {
    pose == other.pose && (other.light == nil || light == other.light)
      && (other.expression == nil || expression == other.expression)
  }
}

private struct Claimant {
  let weight: Double
  let limit: Int
}

/// Gives out seats one by one by Sainte-Laguë's divisors, after `floors` to each, none more than its
/// limit.
///
/// Source: Balinski and Young, "Fair Representation", 1982.
private func shared(_ count: Int, among all: [Claimant], floors: [Int]) -> [Int] {
  var seats = [Int](repeating: 0, count: all.count)
  var open = all.indices.filter { all[$0].limit > 0 && all[$0].weight > 0 }
  var left = min(count, open.reduce(0) { $0 + all[$1].limit })
  /// How much of its floor one has.
  func part(_ cell: Int) -> Double {
    seats[cell] < floors[cell] ? Double(seats[cell]) / Double(floors[cell]) : 1
  }
  /// Whether the first waits longer for a seat than the second.
  func isWeaker(_ mine: Int, than other: Int) -> Bool {
    let (own, theirs) = (part(mine), part(other))
    if own != theirs { return own > theirs }
    let left = all[mine].weight * (2 * Double(seats[other]) + 1)
    let right = all[other].weight * (2 * Double(seats[mine]) + 1)
    return left != right ? left < right : mine > other
  }
  while left > 0, let best = open.indices.max(by: { isWeaker(open[$0], than: open[$1]) }) {
    let cell = open[best]
    seats[cell] += 1
    left -= 1
    if seats[cell] == all[cell].limit { open.remove(at: best) }
  }
  return seats
}
