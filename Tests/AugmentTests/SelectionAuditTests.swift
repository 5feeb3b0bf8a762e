import Augment
import FaceCore
import Foundation
import Testing

@Suite struct SelectionAuditTests {
  /// A pool that is mostly frontal, and a target that looks to both sides.
  private static let pool = SelectionTests.pool(4000, seed: 21)
  private static let target = SelectionTests.pool(300, seed: 22).filter {
    abs($0.cell.pose.yaw - 4) <= 3
  }

  private static func audit(_ chosen: [Candidate]) -> SelectionAudit {
    SelectionAudit(of: chosen, from: pool, wanted: 300, target: target, isFolded: false)
  }

  private static func ours(_ goal: Quotas.Goal) -> [Candidate] {
    let plan = Selection.Plan(count: 300, goal: goal, seed: 3)
    let selection = Selection(from: pool, plan: plan, covering: goal == .uniform ? [] : target)
    let ids = Set(selection.choices.map(\.id))
    return pool.filter { ids.contains($0.id) }
  }

  @Test func everyCellThatCanBeFilledIs() {
    let audit = SelectionAudit(
      of: Self.ours(.uniform), from: Self.pool, wanted: 300, target: nil, isFolded: false)
    #expect(audit.filled == audit.feasible)
    #expect(audit.evenness >= 0.995)
    #expect(audit.faces == 300)
  }

  @Test func aMatchedSelectionLeavesSmallerHolesThanOthersAndTheTargetsShares() {
    let target = Coverage(of: Self.target.map(\.cell))
    let ours = Self.audit(Self.ours(.match(target)))
    let random = Self.audit(Selection.random(300, from: Self.pool, seed: 3))
    let best = Self.audit(Selection.bestFaces(300, from: Self.pool))
    for other in [random, best] {
      #expect((ours.holeInReach ?? 99) <= 0.7 * (other.holeInReach ?? 0))
      #expect(ours.nearest > other.nearest)
      #expect(ours.filled >= other.filled)
    }
    #expect((ours.mismatch ?? 1) < 0.02)
  }

  @Test func theWholePoolLeavesNoHoleInReach() {
    let audit = Self.audit(Self.pool)
    #expect((audit.holeInReach ?? 99) <= 5)
    #expect((audit.hole ?? 0) >= (audit.holeInReach ?? 99))
  }

  /// Holes are those of all faces, not of one for each degree: with the plain search all agree.
  @Test func holesAreExact() {
    func face(_ index: Int, _ yaw: Double, _ pitch: Double) -> Candidate {
      Candidate(
        id: SelectionTests.face(index), cell: FaceCell(PoseCell(yaw: yaw, pitch: pitch)),
        quality: 0, track: 0, place: FacePlace(yaw: yaw, pitch: pitch, mouth: 0.1))
    }
    func angle(_ a: (Double, Double), _ b: (Double, Double)) -> Double {
      func nose(_ angles: (Double, Double)) -> [Double] {
        let (yaw, pitch) = (angles.0 * .pi / 180, angles.1 * .pi / 180)
        return [sin(yaw) * cos(pitch), sin(pitch), cos(yaw) * cos(pitch)]
      }
      let lengths = zip(nose(a), nose(b)).map { ($0 - $1) * ($0 - $1) }
      return 2 * asin(lengths.reduce(0, +).squareRoot() / 2) * 180 / .pi
    }
    var generator = SeededGenerator(seed: 5)
    for (count, range) in [(1, 60.0), (40, 60.0), (400, 20.0), (2000, 9.0)] {
      func angles(_ count: Int, within range: Double) -> [(Double, Double)] {
        (0..<count).map { _ in
          (
            .random(in: -range...range, using: &generator),
            .random(in: -range / 2...range / 2, using: &generator)
          )
        }
      }
      let (pool, target) = (angles(count * 2, within: range), angles(300, within: range + 4))
      let chosen = Array(pool.prefix(count))
      let audit = SelectionAudit(
        of: chosen.enumerated().map { face($0, $1.0, $1.1) },
        from: pool.enumerated().map { face($0, $1.0, $1.1) }, wanted: count,
        target: target.enumerated().map { face($0, $1.0, $1.1) }, isFolded: false)
      func gap(_ pose: (Double, Double), _ others: [(Double, Double)]) -> Double {
        others.map { angle(pose, $0) }.min() ?? 180
      }
      let inReach = target.filter { gap($0, pool) <= 2 }
      #expect(abs((audit.hole ?? 0) - (target.map { gap($0, chosen) }.max() ?? 0)) < 1e-3)
      #expect(
        abs((audit.holeInReach ?? 0) - (inReach.map { gap($0, chosen) }.max() ?? 0)) < 1e-3)
    }
  }

  @Test func othersChooseAsManyAsAskedAndNoneTwice() {
    for count in [0, 1, 500, 4000] {
      for chosen in [
        Selection.random(count, from: Self.pool, seed: 1),
        Selection.bestFaces(count, from: Self.pool),
      ] {
        #expect(Set(chosen.map(\.id)).count == chosen.count)
        #expect(chosen.count <= count)
        #expect(chosen.count == count || count == 4000)
      }
    }
  }
}

@Suite struct ShootingListTests {
  @Test func stretchesEndWhereASecondPassesWithoutAFace() {
    let cell = FaceCell(PoseCell(yaw: 0, pitch: 2), light: .upHard)
    let gap = CoverageGap(cell: cell, have: 0, need: 4, target: 5)
    let times: [(Int64, Double)] = [(1, 4), (1, 0), (1, 0.5), (2, 0.5), (1, 1.5)]
    let other = FaceCell(PoseCell(yaw: 4, pitch: 2))
    let list = ShootingList(
      gaps: [gap],
      moments: times.map { .init(video: $0, seconds: $1, cell: cell) }
        + [.init(video: 1, seconds: 2, cell: other)],
      isFolded: false)
    #expect(
      list.items == [
        .init(
          gap: gap,
          stretches: [
            .init(video: 1, from: 0, to: 1.5, faces: 3), .init(video: 1, from: 4, to: 4, faces: 1),
            .init(video: 2, from: 0.5, to: 0.5, faces: 1),
          ])
      ])
  }

  @Test func cellsAreToldInWords() {
    func words(_ name: String) -> String? { FaceCell(name: name)?.words }
    #expect(words("y0p2/up-left-hard") == "profile to image left, hard light from up left")
    #expect(
      words("y6p4/up-soft") == "turned 40° to image right, looking far up, soft light from above")
    #expect(words("y4p2/flat/mouth-open") == "frontal, flat light, mouth open")
    #expect(words("y4p0") == "frontal, looking far down")
  }
}

@Suite struct QualityRankTests {
  @Test func aRankIsTheShareOfThePoseThatIsWorse() {
    let poses = [4, 4, 4, 0, 4].map { PoseCell(yaw: $0, pitch: 2) }
    let sharp = QualityRank.Column([1, 2, 3, 9, .nan])
    #expect(QualityRank.ranks(of: [sharp], poses: poses) == [0, 0.5, 1, 0.5, 0.5])
    let blur = QualityRank.Column([1, 2, 2, 9, 3], isFault: true)
    let expected: [Float] = [1, 0.5, 0.5, 0.5, 0]
    #expect(QualityRank.ranks(of: [blur], poses: poses, threads: 2) == expected)
    let both = QualityRank.ranks(
      of: [.init([1, 2, 3, 9, .nan], weight: 3), blur], poses: poses)
    #expect(both == [0.25, 0.5, 0.875, 0.5, 0.375])
  }
}
