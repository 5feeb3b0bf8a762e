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
    return Coverage(
      of: (0..<count).map { _ in
        (yaw: 30 * generator.nextGaussian(), pitch: 12 * generator.nextGaussian())
      }, folded: folded)
  }

  @Test func everyFaceIsCountedOnce() {
    for folded in [false, true] {
      let coverage = CoverageTests.random(500, seed: 2, folded: folded)
      #expect(coverage.total == 500)
      #expect(coverage.cells.reduce(0) { $0 + coverage[$1] } == 500)
    }
  }

  @Test func foldingAddsEachCellToItsMirrorImage() {
    let open = CoverageTests.random(500, seed: 2)
    let folded = CoverageTests.random(500, seed: 2, folded: true)
    #expect(folded.cells.count == 25)
    for cell in folded.cells {
      let other = cell.mirrored == cell ? 0 : open[cell.mirrored]
      #expect(folded[cell] == open[cell] + other)
      #expect(folded[cell.mirrored] == folded[cell])
    }
  }

  @Test func jsonHasStableKeysAndComesBack() throws {
    let coverage = CoverageTests.random(90, seed: 3)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(coverage)
    #expect(try JSONDecoder().decode(Coverage.self, from: data) == coverage)
    var one = Coverage(folded: true)
    one.add(PoseCell(yaw: 1, pitch: 3), count: 7)
    #expect(
      String(decoding: try encoder.encode(one), as: UTF8.self)
        == #"{"counts":{"y7p3":7},"folded":true,"total":7}"#)
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
    coverage.add(PoseCell(yaw: 4, pitch: 2), count: 50)
    #expect(coverage.evenness == 0)
    for cell in PoseCell.all where cell.name != "y4p2" { coverage.add(cell, count: 50) }
    #expect(abs(coverage.evenness - 1) < 1e-12)
  }

  @Test func aSourceLacksWhatItsTargetHasAndNothingElse() {
    var source = Coverage()
    var target = Coverage()
    let (rich, poor, unseen) = (
      PoseCell(yaw: 4, pitch: 2), PoseCell(yaw: 6, pitch: 2), PoseCell(yaw: 0, pitch: 0)
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
    for cell in PoseCell.all {
      source.add(cell, count: 20)
      #expect(source.covered(of: target) >= last)
      last = source.covered(of: target)
    }
    #expect(last == 1)
  }

  @Test func tableShowsEveryCellInItsPlace() {
    var coverage = Coverage(folded: true)
    coverage.add(PoseCell(yaw: 5, pitch: 4), count: 12)
    coverage.add(PoseCell(yaw: 4, pitch: 2), count: 3)
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
}
