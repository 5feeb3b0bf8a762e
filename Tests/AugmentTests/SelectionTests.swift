import Augment
import FaceCore
import Testing

@Suite struct QuotasTests {
  static let goals: [Quotas.Goal] = [
    .uniform, .sqrt, .match(CoverageTests.random(200, seed: 77)),
  ]

  @Test(arguments: goals)
  func quotasSumToExactlyWhatIsAskedOrAllThereIs(goal: Quotas.Goal) {
    let supply = CoverageTests.random(400, seed: 1)
    var feasible = supply.total
    if case .match(let target) = goal {
      feasible = supply.poseCells.filter { target[$0] > 0 }.reduce(0) { $0 + supply[$1] }
    }
    for count in [0, 1, 2, 17, 100, 399, 400, 5000] {
      let quotas = Quotas(supply: supply, count: count, goal: goal)
      #expect(quotas.taken.values.reduce(0, +) == min(count, feasible))
      #expect(quotas.taken.allSatisfy { $0.value <= supply[$0.key] })
    }
  }

  @Test(arguments: goals)
  func noQuotaFallsWhenMoreIsAsked(goal: Quotas.Goal) {
    let supply = CoverageTests.random(150, seed: 4)
    var last: [FaceCell: Int] = [:]
    for count in 0...160 {
      let taken = Quotas(supply: supply, count: count, goal: goal).taken
      for (cell, quota) in last { #expect(taken[cell, default: 0] >= quota) }
      last = taken
    }
  }

  @Test func uniformQuotasDifferByAtMostOneUnlessACellIsEmptied() {
    let supply = CoverageTests.random(400, seed: 1)
    let taken = Quotas(supply: supply, count: 120, goal: .uniform).taken
    let most = taken.values.max() ?? 0
    for cell in supply.filled {
      let quota = taken[cell, default: 0]
      #expect(quota >= most - 1 || quota == supply[cell])
    }
  }

  @Test func matchedQuotasAreTheTargetsSharesWhereThereIsSupply() {
    let target = CoverageTests.random(1000, seed: 8)
    var supply = Coverage()
    for pose in PoseCell.all {
      for light in LightBin.allCases + [nil] {
        supply.add(FaceCell(pose, light: light), count: 10_000)
      }
    }
    let taken = Quotas(supply: supply, count: 1000, goal: .match(target)).taken
    for pose in PoseCell.all {
      let cells = taken.filter { $0.key.pose == pose }
      #expect(cells.values.reduce(0, +) == target[pose])
      // Faces of unknown light may be matched by any.
      #expect(cells.allSatisfy { $0.value >= target[$0.key] || $0.key.light == nil })
    }
  }

  @Test func theFloorComesFirst() {
    var supply = Coverage()
    var target = Coverage()
    let cells = PoseCell.all.prefix(10).map { FaceCell($0) }
    for cell in cells {
      supply.add(cell, count: 50)
      target.add(cell, count: 3)
    }
    target.add(cells[0], count: 10_000)
    let taken = Quotas(supply: supply, count: 40, goal: .match(target), floor: 3).taken
    #expect(cells.allSatisfy { taken[$0, default: 0] >= 3 })
    #expect(taken[cells[0]] == 40 - 27)
  }

  @Test func whatACellLacksForItsShareIsReported() {
    var supply = Coverage()
    let (poor, rich) = (FaceCell(PoseCell.all[0]), FaceCell(PoseCell.all[1]))
    supply.add(poor, count: 2)
    supply.add(rich, count: 98)
    let quotas = Quotas(supply: supply, count: 40, goal: .uniform)
    #expect(quotas.taken == [poor: 2, rich: 38])
    #expect(quotas.short == [poor: 18])
  }

  /// Sums of roots differ with their order, and a share that is whole must not be rounded down for it.
  @Test func sharesDoNotHangOnTheOrderOfSums() {
    let cells = PoseCell.all.flatMap { pose in LightBin.allCases.map { FaceCell(pose, light: $0) } }
    for start in stride(from: 0, to: cells.count - 5, by: 3) {
      var supply = Coverage()
      for (place, count) in [18, 2, 2, 2, 2].enumerated() {
        supply.add(cells[start + place], count: count)
      }
      // As the roots are: 12, 4, 4, 4, 4.
      let quotas = Quotas(supply: supply, count: 28, goal: .sqrt)
      #expect(quotas.short.values.sorted() == [2, 2, 2, 2])
    }
  }

  @Test(arguments: [5, 9, 16, 30])
  func fewerFacesThanCellsAreSpreadOverAllPoses(count: Int) {
    var supply = Coverage()
    for pose in PoseCell.all {
      for light in [LightBin.flat, .leftHard, .rightHard] {
        supply.add(FaceCell(pose, light: light), count: 40)
      }
    }
    for goal in [Quotas.Goal.uniform, .sqrt, .match(supply)] {
      let poses = Quotas(supply: supply, count: count, goal: goal).taken.keys.map(\.pose)
      #expect(Set(poses).count == count)
      let (left, right) = (poses.count { $0.yaw < 4 }, poses.count { $0.yaw > 4 })
      let (up, down) = (poses.count { $0.pitch > 2 }, poses.count { $0.pitch < 2 })
      #expect(abs(left - right) <= 3 && abs(up - down) <= 3, "\(goal)")
    }
  }

  @Test func otherLightMakesUpForWhatIsLackingBeforeOtherPosesDo() {
    let (front, side) = (PoseCell(yaw: 4, pitch: 2), PoseCell(yaw: 6, pitch: 2))
    var supply = Coverage()
    supply.add(FaceCell(front, light: .upHard), count: 3)
    supply.add(FaceCell(front, light: .flat), count: 100)
    supply.add(FaceCell(side, light: .upHard), count: 100)
    var target = Coverage()
    target.add(FaceCell(front, light: .upHard), count: 10)
    target.add(FaceCell(side, light: .upHard), count: 10)
    let quotas = Quotas(supply: supply, count: 20, goal: .match(target))
    #expect(
      quotas.taken == [
        FaceCell(front, light: .upHard): 3, FaceCell(front, light: .flat): 7,
        FaceCell(side, light: .upHard): 10,
      ])
    #expect(quotas.short == [FaceCell(front, light: .upHard): 7])
  }
}

@Suite struct SelectionTests {
  /// A person in `tracks` takes of a hundred frames, who turns and speaks.
  static func pool(_ count: Int, seed: UInt64) -> [Candidate] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { index in
      var cell = CoverageTests.cell(using: &generator)
      let center = cell.pose.center
      let yaw = center.yaw + .random(in: -9...9, using: &generator)
      let pitch = center.pitch + .random(in: -7...7, using: &generator)
      if index % 3 != 0 { cell.light = .flat }
      return Candidate(
        id: face(index), cell: cell,
        // Few qualities, so that equals happen.
        quality: Float(Int.random(in: 0..<5, using: &generator)), track: index / 100,
        place: FacePlace(yaw: yaw, pitch: pitch, mouth: .random(in: 0...0.1, using: &generator)))
    }
  }

  static func face(_ index: Int, video: Int = 0) -> FaceID {
    let digits = String(video, radix: 16)
    return FaceID(
      videoSHA256: String(repeating: "0", count: 16 - digits.count) + digits, ordinal: index,
      position: 0)
  }

  /// Of one cell, so many degrees from its left edge, each better than the one before.
  static func row(_ yaws: [Double], track: (Int) -> Int = { _ in 0 }) -> [Candidate] {
    yaws.enumerated().map { index, yaw in
      Candidate(
        id: face(index), cell: FaceCell(PoseCell(yaw: 4, pitch: 2)), quality: Float(index),
        track: track(index), place: FacePlace(yaw: yaw - 9, pitch: 0))
    }
  }

  static func ordinals(_ selection: Selection) -> [Int] { selection.choices.map(\.id.ordinal) }

  static let plan = Selection.Plan(count: 150, goal: .uniform, seed: 11)

  @Test func neitherTheOrderOfTheCandidatesNorTheNumberOfThreadsMatters() {
    let pool = SelectionTests.pool(1000, seed: 3)
    let selection = Selection(from: pool, plan: SelectionTests.plan)
    var generator = SeededGenerator(seed: 5)
    for threads in 1...5 {
      #expect(
        Selection(
          from: pool.shuffled(using: &generator), plan: SelectionTests.plan, threads: threads)
          == selection)
    }
  }

  @Test func theSeedDecidesBetweenEqualsOnly() {
    let pool = SelectionTests.pool(1000, seed: 3)
    var plan = SelectionTests.plan
    let first = Selection(from: pool, plan: plan)
    plan.seed += 1
    let second = Selection(from: pool, plan: plan)
    #expect(first != second)
    #expect(first.choices.map(\.cell).sorted() == second.choices.map(\.cell).sorted())
  }

  @Test(arguments: [0, 1, 30, 999, 1000, 4000])
  func exactlyWhatIsAskedIsChosen(count: Int) {
    var plan = SelectionTests.plan
    plan.count = count
    let selection = Selection(from: SelectionTests.pool(1000, seed: 3), plan: plan)
    #expect(selection.choices.count == min(count, 1000))
    #expect(Set(selection.choices.map(\.id)).count == selection.choices.count)
  }

  @Test func facesOfACellLieAsFarApartAsTheirNumberAllows() {
    // A face each tenth of a degree.
    let pool = SelectionTests.row((0...180).map { Double($0) / 10 })
    for (count, gap) in [(2, 11.3), (4, 4), (10, 1.4)] {
      let plan = Selection.Plan(count: count, goal: .uniform, seed: 1)
      let chosen = SelectionTests.ordinals(Selection(from: pool, plan: plan))
      #expect(chosen.count == count)
      #expect(chosen.contains(180), "the best is among them")
      for (left, right) in zip(chosen, chosen.dropFirst()) {
        #expect(Double(right - left) / 10 >= gap)
      }
    }
  }

  @Test func aLargerSelectionHoldsTheSmallerOneOfTheSameCell() {
    let pool = SelectionTests.row((0..<100).map { Double($0 * 37 % 100) / 6 })
    var last: Set<Int> = []
    for count in 1...100 {
      let plan = Selection.Plan(count: count, goal: .uniform, seed: 1)
      let chosen = Set(SelectionTests.ordinals(Selection(from: pool, plan: plan)))
      #expect(chosen.isSuperset(of: last) && chosen.count == count)
      last = chosen
    }
  }

  @Test func nothingIsNearerThanTheSpacingAndTheRestIsLeftOut() {
    let pool = SelectionTests.row((0...180).map { Double($0) / 10 })
    let plan = Selection.Plan(count: 100, goal: .uniform, spacing: 2, seed: 1)
    let chosen = SelectionTests.ordinals(Selection(from: pool, plan: plan))
    #expect((6...9).contains(chosen.count))
    #expect(zip(chosen, chosen.dropFirst()).allSatisfy { $1 - $0 >= 20 })
  }

  @Test func aSpacingBeyondAnyRadiusIsKept() {
    let pool = SelectionTests.row((0...4).map { Double($0) * 18 }).map { face in
      var face = face
      face.cell = FaceCell(PoseCell(yaw: 4, pitch: 2))
      return face
    }
    let plan = Selection.Plan(count: 5, goal: .uniform, spacing: 50, seed: 1)
    #expect(Selection(from: pool, plan: plan).choices.count == 2)
  }

  @Test func anotherTakeOfThePoseIsLessAlikeThanTheSame() {
    // Two takes of one pose, and a third face three degrees away in the first take.
    let pool = SelectionTests.row([3, 0, 0]) { $0 == 1 ? 1 : 0 }
    let plan = Selection.Plan(count: 2, goal: .uniform, seed: 1)
    #expect(SelectionTests.ordinals(Selection(from: pool, plan: plan)) == [1, 2])
  }

  @Test func eachFaceSaysWhyItIsIn() {
    let pool = SelectionTests.row([0, 1, 9])
    let plan = Selection.Plan(count: 3, goal: .uniform, seed: 1)
    #expect(
      Selection(from: pool, plan: plan).choices.map(\.why) == [
        "cell y4p2: 2 of 3, 9.0° from the nearest before it",
        "cell y4p2: 3 of 3, 1.0° from the nearest before it",
        "cell y4p2: 1 of 3, the best",
      ])
  }

  @Test func foldingTreatsMirroredFacesAlike() {
    let pool = [-40.0, 40].enumerated().map { index, yaw in
      Candidate(
        id: SelectionTests.face(index), cell: FaceCell(PoseCell(yaw: yaw, pitch: 0)), quality: 0,
        track: index, place: FacePlace(yaw: yaw, pitch: 0))
    }
    let plan = Selection.Plan(count: 2, goal: .uniform, isFolded: true, seed: 1)
    let choices = Selection(from: pool, plan: plan).choices
    #expect(choices.allSatisfy { $0.why.contains(" of 2") })
    #expect(choices.map(\.cell.name) == ["y2p2", "y6p2"], "its own cell is what a face says")
  }

  @Test(arguments: QuotasTests.goals)
  func weightsHaveTheirMeanAndKeepTheirLimit(goal: Quotas.Goal) {
    let pool = SelectionTests.pool(2000, seed: 6)
    var plan = Selection.Plan(count: 600, goal: goal, seed: 2)
    plan.weightLimit = 3
    let choices = Selection(from: pool, plan: plan).choices
    let mean = choices.map(\.weight).reduce(0, +) / Double(choices.count)
    #expect(abs(mean - 1) < 1e-9)
    #expect(choices.allSatisfy { $0.weight > 0 && $0.weight <= 3 + 1e-9 })
  }

  @Test func aLoneFaceIsDrawnMoreOftenThanOneOfManyButNotAsOftenAsItsCellsShare() {
    let (rich, lone) = (PoseCell(yaw: 4, pitch: 2), PoseCell(yaw: 8, pitch: 2))
    let pool = (0..<100).map { index in
      Candidate(
        id: SelectionTests.face(index), cell: FaceCell(index == 0 ? lone : rich), quality: 0,
        track: index, place: FacePlace(yaw: 0, pitch: 0))
    }
    let plan = Selection.Plan(count: 100, goal: .uniform, weightLimit: 4, seed: 2)
    let choices = Selection(from: pool, plan: plan).choices
    let single = choices.first { $0.cell.pose == lone }?.weight ?? 0
    let others = choices.filter { $0.cell.pose == rich }.map(\.weight)
    #expect(abs(single - 4) < 1e-9)
    #expect(others.allSatisfy { $0 < single })
    #expect(single < others.reduce(0, +) / 10)
  }

  @Test func aTwiceUsedIdIsRefused() async {
    await #expect(processExitsWith: .failure) {
      let face = SelectionTests.row([0])[0]
      _ = Selection(from: [face, face], plan: Selection.Plan(count: 2, goal: .uniform, seed: 1))
    }
  }
}
