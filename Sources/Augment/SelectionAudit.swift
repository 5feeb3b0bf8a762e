import FaceCore

import func Foundation.acos

/// How well chosen faces cover what they should, in numbers that can be compared between ways of
/// choosing from one pool.
public struct SelectionAudit: Hashable, Sendable, Codable {
  public var faces: Int
  /// Cells with a chosen face, and those that could have had one.
  public var filled: Int
  public var feasible: Int
  /// Entropy over the cells, as part of that of the most even choice of as many faces.
  public var evenness: Double
  /// The largest angle from a pose of the target to the nearest chosen face, in degrees; nil without a
  /// target.
  public var hole: Double?
  /// The same over those poses of the target that some face of the pool comes within 2° of.
  public var holeInReach: Double?
  /// Half the sum of differences between the shares of poses here and in the choice of as many faces whose
  /// poses are as the target's, as far as the pool has them; nil without a target.
  public var mismatch: Double?
  /// Degrees from half of the faces to the face nearest to them.
  public var nearest: Double

  enum CodingKeys: String, CodingKey {
    case faces, filled, feasible, evenness, hole, mismatch, nearest
    case holeInReach = "hole_in_reach"
  }

  /// - Parameters:
  ///   - chosen: Of the pool.
  ///   - wanted: Faces that were asked for.
  public init(
    of chosen: [Candidate], from pool: [Candidate], wanted: Int, target: [Candidate]?,
    isFolded: Bool
  ) {
    let mine = Coverage(of: chosen.lazy.map(\.cell), folded: isFolded)
    let supply = Coverage(of: pool.lazy.map(\.cell), folded: isFolded)
    let visited = target.map { Coverage(of: $0.lazy.map(\.cell), folded: isFolded) }
    // What no target face can use does not count.
    let useful = supply.filled.filter { cell in
      visited.map { $0.filled.contains { cell.isWithin($0) } } ?? true
    }
    faces = chosen.count
    filled = useful.count { mine[$0] > 0 }
    feasible = min(wanted, useful.count)
    let most = Quotas(supply: supply, count: chosen.count, goal: .uniform).taken
    var even = Coverage(folded: isFolded)
    for (cell, count) in most { even.add(cell, count: count) }
    evenness = even.entropy > 0 ? mine.entropy / even.entropy : 1
    nearest = SelectionAudit.medianGap(of: chosen)
    if let target, let visited {
      let headings = target.headings(isFolded: isFolded)
      let own = chosen.headings(isFolded: isFolded)
      let all = pool.headings(isFolded: isFolded)
      hole = headings.lazy.map { SelectionAudit.angle(from: $0, to: own) }.max() ?? 0
      holeInReach =
        headings.lazy.filter { SelectionAudit.angle(from: $0, to: all) <= 2 }
        .map { SelectionAudit.angle(from: $0, to: own) }.max() ?? 0
      mismatch = SelectionAudit.mismatch(of: mine, supply: supply, target: visited)
    }
  }

  /// Degrees to the nearest.
  private static func angle(from place: FacePlace, to others: [FacePlace]) -> Double {
    let cosine = others.reduce(Float(-1)) { max($0, place.cosine(to: $1)) }
    return acos(Double(min(1, cosine))) * 180 / .pi
  }

  private static func mismatch(
    of mine: Coverage, supply: Coverage, target: Coverage
  ) -> Double {
    let best = Quotas(
      supply: supply.ofPoses, count: mine.total, goal: .match(target.ofPoses)
    ).taken
    let apart = supply.poseCells.reduce(0) { sum, pose in
      sum + abs(mine[pose] - best[FaceCell(pose), default: 0])
    }
    return Double(apart) / 2 / Double(max(1, mine.total))
  }

  /// Of at most 2 000 faces, evenly from all.
  private static func medianGap(of chosen: [Candidate]) -> Double {
    guard chosen.count > 1 else { return 0 }
    let step = max(1, chosen.count / 2000)
    let gaps = stride(from: 0, to: chosen.count, by: step).map { index -> Float in
      let place = chosen[index].place
      var near = Float.infinity
      for other in chosen.indices where other != index {
        near = min(near, place.squaredDistance(to: chosen[other].place))
      }
      return near.squareRoot()
    }
    return Double(gaps.sorted()[gaps.count / 2])
  }
}
