import Augment
import FaceCore
import Foundation
import Testing

@Suite struct PoseCellTests {
  @Test func frontalIsTheMiddleCell() {
    #expect(PoseCell(yaw: 0.0, pitch: 0.0).name == "y4p2")
    #expect(PoseCell(yaw: 60.0, pitch: 20.0).name == "y7p3")
    #expect(PoseCell(yaw: -180.0, pitch: -90.0).name == "y0p0")
  }

  @Test func everyCellHoldsItsCenterAndItsName() {
    #expect(PoseCell.all.count == 45)
    for cell in PoseCell.all {
      #expect(PoseCell(yaw: cell.center.yaw, pitch: cell.center.pitch) == cell)
      #expect(PoseCell(name: cell.name) == cell)
    }
  }

  @Test(arguments: stride(from: -95.0, through: 95, by: 2.5).map { $0 })
  func aMirroredPoseLiesInTheMirroredCell(yaw: Double) {
    let cell = PoseCell(yaw: yaw, pitch: 12)
    // Edges count too: none belongs to one side only.
    #expect(PoseCell(yaw: -yaw, pitch: 12) == cell.mirrored)
    #expect(PoseCell(yaw: yaw, pitch: 12, folded: true) == cell.folded)
    #expect(cell.mirrored.folded == cell.folded)
    #expect(cell.folded.yaw >= 4)
  }

  @Test(arguments: ["", "y9p0", "y0p5", "y4p", "y4p22", "Y4P2", "yäp2"])
  func anythingElseIsNoCell(name: String) { #expect(PoseCell(name: name) == nil) }
}

@Suite struct CoverageTests {
  static func random(_ count: Int, seed: UInt64, folded: Bool = false) -> Coverage {
    var generator = SeededGenerator(seed: seed)
    return Coverage(of: (0..<count).map { _ in cell(using: &generator) }, folded: folded)
  }

  /// Mostly frontal, in any light or in none.
  static func cell(using generator: inout SeededGenerator) -> FaceCell {
    let pose = PoseCell(yaw: 30 * generator.nextGaussian(), pitch: 12 * generator.nextGaussian())
    return FaceCell(
      pose, light: (LightBin.allCases + [nil]).randomElement(using: &generator) ?? nil)
  }

  @Test func everyFaceIsCountedOnce() {
    for folded in [false, true] {
      let coverage = CoverageTests.random(500, seed: 2, folded: folded)
      #expect(coverage.total == 500)
      #expect(coverage.poseCells.reduce(0) { $0 + coverage[$1] } == 500)
      #expect(coverage.filled.reduce(0) { $0 + coverage[$1] } == 500)
    }
  }

  @Test func foldingAddsEachCellToItsMirrorImage() {
    let open = CoverageTests.random(500, seed: 2)
    let folded = CoverageTests.random(500, seed: 2, folded: true)
    #expect(folded.poseCells.count == 25)
    for cell in folded.filled {
      #expect(cell.folded == cell)
      #expect(folded[cell.mirrored] == folded[cell])
    }
    for cell in folded.poseCells {
      let other = cell.mirrored == cell ? 0 : open[cell.mirrored]
      #expect(folded[cell] == open[cell] + other)
      #expect(folded[cell.mirrored] == folded[cell])
    }
  }

  @Test func jsonHasStableKeysAndComesBack() throws {
    let coverage = CoverageTests.random(90, seed: 3)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(coverage)
    #expect(try JSONDecoder().decode(Coverage.self, from: data) == coverage)
    var one = Coverage(folded: true)
    one.add(FaceCell(PoseCell(yaw: 1, pitch: 3), light: .leftHard), count: 7)
    #expect(
      String(decoding: try encoder.encode(one), as: UTF8.self)
        == #"{"counts":{"y7p3/right-hard":7},"folded":true,"total":7}"#)
  }

  @Test(arguments: [
    #"{"folded":false,"counts":{"y9p9":1}}"#, #"{"folded":false,"counts":{"y4p2":-1}}"#,
  ])
  func wrongCountsAreRefused(text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Coverage.self, from: Data(text.utf8))
    }
  }

  @Test func evennessIsNoneInOneCellAndFullInAll() {
    var coverage = Coverage()
    #expect(coverage.evenness == 0)
    coverage.add(FaceCell(PoseCell(yaw: 4, pitch: 2)), count: 50)
    #expect(coverage.evenness == 0)
    for cell in PoseCell.all where cell.name != "y4p2" {
      coverage.add(FaceCell(cell, light: .flat), count: 50)
    }
    #expect(abs(coverage.evenness - 1) < 1e-12)
  }

  @Test func aSourceLacksWhatItsTargetHasAndNothingElse() {
    var source = Coverage()
    var target = Coverage()
    let (rich, poor, unseen) = (
      FaceCell(PoseCell(yaw: 4, pitch: 2)), FaceCell(PoseCell(yaw: 6, pitch: 2), light: .flat),
      FaceCell(PoseCell(yaw: 0, pitch: 0))
    )
    source.add(rich, count: 100)
    source.add(unseen, count: 3)
    target.add(rich, count: 40)
    target.add(poor, count: 10)
    #expect(
      source.gaps(for: target, floor: 20) == [
        CoverageGap(cell: poor, have: 0, need: 10, target: 10)
      ])
    #expect(source.covered(of: target) == 0.8)
    source.add(poor, count: 10)
    #expect(source.gaps(for: target).isEmpty)
    #expect(source.covered(of: target) == 1)
  }

  @Test func everythingCoversItselfAndAddingNeverOpensAGap() {
    let target = CoverageTests.random(300, seed: 5)
    var source = CoverageTests.random(60, seed: 6)
    #expect(target.gaps(for: target).isEmpty)
    var last = source.covered(of: target)
    for cell in target.filled {
      source.add(cell, count: 20)
      #expect(source.covered(of: target) >= last)
      last = source.covered(of: target)
    }
    #expect(last == 1)
  }

  @Test func tableShowsEveryCellInItsPlace() {
    var coverage = Coverage(folded: true)
    coverage.add(FaceCell(PoseCell(yaw: 5, pitch: 4)), count: 12)
    coverage.add(FaceCell(PoseCell(yaw: 4, pitch: 2)), count: 3)
    #expect(
      coverage.table() == """
        pitch\\yaw   0°  +20°  +40°  +60°  +80°
             +30°    ·  12 █     ·     ·     ·
             +15°    ·     ·     ·     ·     ·
               0°  3 ▒     ·     ·     ·     ·
             -15°    ·     ·     ·     ·     ·
             -30°    ·     ·     ·     ·     ·
        """)
  }

  @Test func aFaceOfTheTargetWhoseLightIsUnknownIsContentWithAny() {
    let pose = PoseCell(yaw: 8, pitch: 2)
    var source = Coverage()
    var target = Coverage()
    target.add(FaceCell(pose), count: 5)
    target.add(FaceCell(pose, light: .upHard), count: 5)
    source.add(FaceCell(pose, light: .flat), count: 9)
    #expect(source.gaps(for: target).map(\.cell) == [FaceCell(pose, light: .upHard)])
  }

  @Test func lightTableShowsWhereLightComesFrom() {
    var coverage = Coverage()
    let pose = PoseCell(yaw: 4, pitch: 2)
    #expect(coverage.lightTable() == nil)
    for (light, count) in [(LightBin.upLeftSoft, 8), (.flat, 2), (.downHard, 4)] {
      coverage.add(FaceCell(pose, light: light), count: count)
    }
    #expect(
      coverage.lightTable() == """
        light  left  soft  right  left  hard  right
           up   8 █     ·      ·     ·     ·      ·
                  ·   2 ▒      ·     ·            ·
         down     ·     ·      ·     ·   4 ▓      ·
        """)
  }
}
