import FaceCore

import func Foundation.asin
import func Foundation.sin

/// How well chosen faces cover what they should, in numbers that can be compared between ways of
/// choosing from one pool.
public struct SelectionAudit: Hashable, Sendable, Codable {
  public var faces: Int
  /// Cells with a chosen face, and those that could have had one.
  public var filled: Int
  public var feasible: Int
  /// Entropy over the cells, as part of that of the most even choice of as many faces.
  public var evenness: Double
  /// The largest angle from where a face of the target looks to where the nearest chosen one does, in
  /// degrees; nil without a target.
  ///
  /// Of all faces, not of poses rounded to degrees.
  public var hole: Double?
  /// The same over those faces of the target that some face of the pool comes within 2° of.
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
      let all = Headings(of: pool, isFolded: isFolded)
      let own = Headings(of: chosen, isFolded: isFolded)
      let places = target.map { $0.place(isFolded: isFolded) }
      hole = own.largestGap(from: places)
      holeInReach = own.largestGap(
        from: places.filter { all.hasFace(within: TargetCover.reach, of: $0) })
      mismatch = SelectionAudit.mismatch(of: mine, supply: supply, target: visited)
    }
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

/// Faces by where their noses point.
private final class Headings {
  private let faces: [Candidate]
  private let isFolded: Bool
  private var fields: [[Int32]] = []
  /// Where the faces of a heading are in `fields`.
  private var numbers: [SIMD3<Int32>: Int32] = [:]
  /// The fields around a heading that have faces, the nearest first, as far as they were asked for.
  private var around: [SIMD3<Int32>: [Int32]] = [:]

  init(of faces: [Candidate], isFolded: Bool) {
    (self.faces, self.isFolded) = (faces, isFolded)
    for (index, face) in faces.enumerated() {
      let heading = face.place(isFolded: isFolded).heading
      if let number = numbers[heading] {
        fields[Int(number)].append(Int32(index))
      } else {
        numbers[heading] = Int32(fields.count)
        fields.append([Int32(index)])
      }
    }
  }

  /// `angle` is in degrees, 2 at most.
  func hasFace(within angle: Float, of place: FacePlace) -> Bool {
    let chord = 360 / Float.pi * Float(sin(Double(angle) * .pi / 360))
    return hasFace(withinSquaredChord: chord * chord, of: place)
  }

  /// Whether there is one among those that point at most 2° away.
  private func hasFace(withinSquaredChord limit: Float, of place: FacePlace) -> Bool {
    fields(around: place.heading).contains { field in
      fields[Int(field)].contains { squaredChord(to: place, $0) <= limit }
    }
  }

  private func fields(around heading: SIMD3<Int32>) -> [Int32] {
    if let known = around[heading] { return known }
    let found = FacePlace.fieldsInReach.compactMap { numbers[heading &+ $0] }
    around[heading] = found
    return found
  }

  private func squaredChord(to place: FacePlace, _ index: Int32) -> Float {
    place.squaredChord(to: faces[Int(index)].place(isFolded: isFolded))
  }

  /// The largest angle from a place to the nearest face, in degrees; 180 where there is no face.
  ///
  /// Most places are near a face and are passed over; only what may be the largest is held against all.
  func largestGap(from places: [FacePlace]) -> Double {
    var largest: Float = 0
    for place in places where !hasFace(withinSquaredChord: largest, of: place) {
      var nearest = Float.infinity
      for index in faces.indices where nearest > largest {
        nearest = min(nearest, squaredChord(to: place, Int32(index)))
      }
      largest = max(largest, nearest)
    }
    let chord = Double(largest.squareRoot()) * .pi / 180
    return 2 * asin(min(1, chord / 2)) * 180 / .pi
  }
}
