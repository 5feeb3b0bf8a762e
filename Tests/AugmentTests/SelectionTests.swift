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
      feasible = target.filled.reduce(0) { $0 + supply[$1] }
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
    var last: [PoseCell: Int] = [:]
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
    var supply = Coverage()
    for cell in PoseCell.all { supply.add(cell, count: 10_000) }
    let target = CoverageTests.random(1000, seed: 8)
    let taken = Quotas(supply: supply, count: 1000, goal: .match(target)).taken
    for cell in PoseCell.all { #expect(taken[cell, default: 0] == target[cell]) }
  }

  @Test func theFloorComesFirst() {
    var supply = Coverage()
    var target = Coverage()
    for cell in PoseCell.all.prefix(10) {
      supply.add(cell, count: 50)
      target.add(cell)
    }
    target.add(PoseCell.all[0], count: 10_000)
    let taken = Quotas(supply: supply, count: 40, goal: .match(target), floor: 3).taken
    #expect(PoseCell.all.prefix(10).allSatisfy { taken[$0, default: 0] >= 3 })
    #expect(taken[PoseCell.all[0]] == 40 - 27)
  }

  @Test func whatACellLacksForItsShareIsReported() {
    var supply = Coverage()
    supply.add(PoseCell.all[0], count: 2)
    supply.add(PoseCell.all[1], count: 98)
    let quotas = Quotas(supply: supply, count: 40, goal: .uniform)
    #expect(quotas.taken == [PoseCell.all[0]: 2, PoseCell.all[1]: 38])
    #expect(quotas.short == [PoseCell.all[0]: 18])
  }
}

@Suite struct SelectionTests {
  static func pool(_ count: Int, seed: UInt64) -> [Candidate] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { index in
      let cell = PoseCell(
        yaw: 30 * generator.nextGaussian(), pitch: 12 * generator.nextGaussian())
      // Few qualities, so that equals happen.
      let quality = Double(Int.random(in: 0..<5, using: &generator))
      return Candidate(
        id: "face\(index)", cell: cell, quality: quality, track: "t\(index / 100)",
        frame: index % 100)
    }
  }

  static let plan = Selection.Plan(count: 150, goal: .uniform, seed: 11)

  @Test func theOrderOfTheCandidatesDoesNotMatter() {
    let pool = SelectionTests.pool(1000, seed: 3)
    let selection = Selection(from: pool, plan: SelectionTests.plan)
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<5 {
      #expect(
        Selection(from: pool.shuffled(using: &generator), plan: SelectionTests.plan) == selection)
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

  @Test func neighboursAreTakenOnlyWhenNothingElseIsLeft() {
    let cell = PoseCell(yaw: 4, pitch: 2)
    let pool = (0..<100).map {
      Candidate(id: "\($0)", cell: cell, quality: Double($0), track: "a", frame: $0)
    }
    func chosen(_ count: Int) -> [Int] {
      var plan = Selection.Plan(count: count, goal: .uniform, spacing: 10, seed: 1)
      plan.isFolded = false
      return Selection(from: pool, plan: plan).choices.compactMap { Int($0.id) }.sorted()
    }
    #expect(chosen(3) == [79, 89, 99])
    let ten = chosen(10)
    #expect(zip(ten, ten.dropFirst()).allSatisfy { $1 - $0 >= 10 })
    #expect(chosen(11).contains(99))
    #expect(chosen(100).count == 100)
  }

  @Test func otherTracksAreNoNeighbours() {
    let cell = PoseCell(yaw: 4, pitch: 2)
    let pool = (0..<20).map {
      Candidate(id: "\($0)", cell: cell, quality: Double($0), track: "\($0)", frame: 5)
    }
    let plan = Selection.Plan(count: 4, goal: .uniform, spacing: 10, seed: 1)
    let chosen = Selection(from: pool, plan: plan).choices.compactMap { Int($0.id) }.sorted()
    #expect(chosen == [16, 17, 18, 19])
  }

  @Test func betterFacesOfACellComeFirstAndSayWhy() {
    let cell = PoseCell(yaw: 4, pitch: 2)
    let pool = (0..<40).map {
      Candidate(id: "\($0)", cell: cell, quality: Double($0), track: "a", frame: $0 * 100)
    }
    let plan = Selection.Plan(count: 3, goal: .uniform, seed: 1)
    let why = Dictionary(
      uniqueKeysWithValues: Selection(from: pool, plan: plan).choices.map { ($0.id, $0.why) })
    #expect(
      why == [
        "39": "cell y4p2 rank 1 of 40", "38": "cell y4p2 rank 2 of 40",
        "37": "cell y4p2 rank 3 of 40",
      ])
  }

  @Test func foldingTreatsMirroredFacesAlike() {
    let pool = [-40.0, 40].enumerated().map { index, yaw in
      Candidate(
        id: "\(index)", cell: PoseCell(yaw: yaw, pitch: 0), quality: 0, track: "\(index)", frame: 0)
    }
    let plan = Selection.Plan(count: 2, goal: .uniform, isFolded: true, seed: 1)
    #expect(Selection(from: pool, plan: plan).choices.map(\.cell.name) == ["y6p2", "y6p2"])
  }

  @Test func weightsHaveTheirMeanAndKeepTheirLimit() {
    let pool = SelectionTests.pool(2000, seed: 6)
    for goal in QuotasTests.goals {
      var plan = Selection.Plan(count: 600, goal: goal, seed: 2)
      plan.weightLimit = 3
      let choices = Selection(from: pool, plan: plan).choices
      let mean = choices.map(\.weight).reduce(0, +) / Double(choices.count)
      #expect(abs(mean - 1) < 1e-9)
      #expect(choices.allSatisfy { $0.weight > 0 && $0.weight <= 3 + 1e-9 })
    }
  }

  @Test func aLoneFaceIsDrawnMoreOftenThanOneOfManyButNotAsOftenAsItsCellsShare() {
    let (rich, lone) = (PoseCell(yaw: 4, pitch: 2), PoseCell(yaw: 8, pitch: 2))
    let pool = (0..<100).map {
      Candidate(
        id: "\($0)", cell: $0 == 0 ? lone : rich, quality: 0, track: "\($0)", frame: $0)
    }
    let plan = Selection.Plan(count: 100, goal: .uniform, weightLimit: 4, seed: 2)
    let choices = Selection(from: pool, plan: plan).choices
    let single = choices.first { $0.cell == lone }?.weight ?? 0
    let others = choices.filter { $0.cell == rich }.map(\.weight)
    #expect(abs(single - 4) < 1e-9)
    #expect(others.allSatisfy { $0 < single })
    #expect(single < others.reduce(0, +) / 10)
  }

  @Test func aTwiceUsedIdIsRefused() async {
    await #expect(processExitsWith: .failure) {
      let face = Candidate(
        id: "a", cell: PoseCell(yaw: 4, pitch: 2), quality: 0, track: "t", frame: 0)
      _ = Selection(from: [face, face], plan: Selection.Plan(count: 2, goal: .uniform, seed: 1))
    }
  }
}

@Suite struct ValidationSplitTests {
  static func faces(_ sizes: [(video: String, track: String, count: Int)]) -> [ValidationSplit.Face]
  {
    sizes.flatMap { group in
      (0..<group.count).map {
        ValidationSplit.Face(
          id: "\(group.video)/\(group.track)/\($0)", video: group.video, track: group.track)
      }
    }
  }

  static let many = faces((0..<30).map { ("v\($0 / 2)", "t\($0)", 20 + $0) })

  @Test func wholeVideosAreHeldOut() {
    let split = ValidationSplit(of: ValidationSplitTests.many, seed: 4)
    #expect(split.unit == .video)
    for (_, faces) in Dictionary(grouping: ValidationSplitTests.many, by: \.video) {
      let held = faces.filter { split.validation.contains($0.id) }.count
      #expect(held == 0 || held == faces.count)
    }
  }

  @Test(arguments: 0..<20)
  func aboutTheFractionIsHeldOut(seed: UInt64) {
    let split = ValidationSplit(of: ValidationSplitTests.many, seed: seed)
    let part = Double(split.validation.count) / Double(ValidationSplitTests.many.count)
    #expect(part > 0.04 && part < 0.16)
  }

  @Test func tracksAreHeldOutWhenThereIsOneVideo() {
    let faces = ValidationSplitTests.faces((0..<12).map { ("v", "t\($0)", 30) })
    let split = ValidationSplit(of: faces, seed: 4)
    #expect(split.unit == .track)
    #expect(split.validation.count == 30)
  }

  @Test func tracksAreHeldOutWhenEachVideoIsTooLarge() {
    let faces = ValidationSplitTests.faces((0..<20).map { ("v\($0 % 2)", "t\($0)", 10) })
    #expect(ValidationSplit(of: faces, seed: 4).unit == .track)
  }

  @Test(arguments: 0..<8)
  func noMoreThanTheLimitIsHeldOut(seed: UInt64) {
    let faces = ValidationSplitTests.faces((0..<10).map { ("v\($0 < 4 ? 0 : 1)", "t\($0)", 10) })
    let split = ValidationSplit(of: faces, fraction: 0.25, limit: 0.3, seed: seed)
    #expect(split.unit == .track)
    #expect(split.validation.count <= 30)
  }

  @Test func oneTrackIsNotCut() {
    let split = ValidationSplit(of: ValidationSplitTests.faces([("v", "t", 500)]), seed: 4)
    #expect(split.unit == .none && split.validation.isEmpty)
    #expect(ValidationSplit(of: [], seed: 4).unit == .none)
  }

  @Test func theOrderOfTheFacesDoesNotMatterAndTheSeedDoes() {
    var generator = SeededGenerator(seed: 5)
    let faces = ValidationSplitTests.many
    let split = ValidationSplit(of: faces, seed: 4)
    #expect(ValidationSplit(of: faces.shuffled(using: &generator), seed: 4) == split)
    #expect((0..<8).contains { ValidationSplit(of: faces, seed: $0) != split })
  }
}
