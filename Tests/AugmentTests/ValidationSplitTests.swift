import Augment
import FaceCore
import Testing

@Suite struct ValidationSplitTests {
  static func faces(_ sizes: [(video: Int, shot: Int, count: Int)]) -> [ValidationSplit.Face] {
    sizes.flatMap { group in
      (0..<group.count).map {
        ValidationSplit.Face(
          id: SelectionTests.face(1000 * group.shot + $0, video: group.video), shot: group.shot)
      }
    }
  }

  static let many = faces((0..<30).map { ($0 / 2, $0, 20 + $0) })

  @Test func wholeVideosAreHeldOut() {
    let split = ValidationSplit(of: ValidationSplitTests.many, seed: 4)
    #expect(split.unit == .video)
    for (_, faces) in Dictionary(grouping: ValidationSplitTests.many, by: \.id.video) {
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

  @Test func shotsAreHeldOutWhenThereIsOneVideo() {
    let faces = ValidationSplitTests.faces((0..<12).map { (0, $0, 30) })
    let split = ValidationSplit(of: faces, seed: 4)
    #expect(split.unit == .shot)
    #expect(split.validation.count == 30)
  }

  @Test func shotsAreHeldOutWhenEachVideoIsTooLarge() {
    let faces = ValidationSplitTests.faces((0..<20).map { ($0 % 2, $0, 10) })
    #expect(ValidationSplit(of: faces, seed: 4).unit == .shot)
  }

  @Test(arguments: 0..<8)
  func noMoreThanTheLimitIsHeldOut(seed: UInt64) {
    let faces = ValidationSplitTests.faces((0..<10).map { ($0 < 4 ? 0 : 1, $0, 10) })
    let split = ValidationSplit(of: faces, fraction: 0.25, limit: 0.3, seed: seed)
    #expect(split.unit == .shot)
    #expect(split.validation.count <= 30)
  }

  @Test func oneShotIsNotCut() {
    let split = ValidationSplit(of: ValidationSplitTests.faces([(0, 0, 500)]), seed: 4)
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

  @Test(arguments: 0..<8)
  func whatSharesNearDuplicatesIsOnOneSide(seed: UInt64) {
    let faces = ValidationSplitTests.many
    // The first faces of videos 0 and 1, 2 and 3, and so on.
    let firsts = stride(from: 0, to: 30, by: 2).map { shot in
      faces.firstIndex { $0.shot == shot } ?? 0
    }
    let twins = stride(from: 0, to: 14, by: 2).map { (firsts[$0], firsts[$0 + 1]) }
    let split = ValidationSplit(of: faces, twins: twins, fraction: 0.2, seed: seed)
    #expect(split.unit == .video && !split.validation.isEmpty)
    for (first, second) in twins {
      #expect(
        split.validation.contains(faces[first].id) == split.validation.contains(faces[second].id))
    }
  }

  @Test func whatStillLeaksIsCounted() {
    func hash(_ bit: UInt64) -> FaceHash { FaceHash(words: SIMD4(bit, 0, 0, 0), quality: 100) }
    let far = FaceHash(words: SIMD4(repeating: .max), quality: 100)
    let hashes = [hash(0), hash(1), far, nil, hash(3)]
    let leak = SplitLeak(
      hashes, twins: SplitLeak.twins(of: hashes, threads: 2),
      isHeldOut: [true, false, true, true, true])
    #expect(leak.checked == 3)
    #expect(leak.leaking == 2)
  }
}
