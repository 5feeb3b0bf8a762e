import FaceCore
import Testing

@Suite struct ManifestDifferenceTests {
  private let rows = ["a", "b", "c"].map { ManifestTests.row($0) }

  @Test func nothingDiffersFromItself() {
    #expect(ManifestDifference(from: rows, to: rows.reversed()).isEmpty)
  }

  @Test func whatOnlyOneHoldsIsAddedOrRemoved() {
    let there = ManifestDifference(from: rows, to: Array(rows.dropFirst()))
    let back = ManifestDifference(from: Array(rows.dropFirst()), to: rows)
    #expect(there.removed.map(\.id) == ["a"] && there.added.isEmpty && there.changed.isEmpty)
    #expect(back.added.map(\.id) == ["a"] && back.removed.isEmpty && back.changed.isEmpty)
  }

  @Test func aFaceOnTheOtherSideIsAnother() {
    let moved = ManifestDifference(
      from: rows, to: [ManifestTests.row("a", side: .target)] + rows.dropFirst())
    #expect(moved.removed.map(\.side) == [.source] && moved.added.map(\.side) == [.target])
  }

  @Test(arguments: ManifestDifference.Aspect.allCases)
  func everyPartIsCompared(aspect: ManifestDifference.Aspect) {
    var other = rows[1]
    switch aspect {
    case .identity: other.identity = "bob"
    case .split: other.split = .validation
    case .crop: other.crop.sha256 = String(repeating: "0", count: 64)
    case .frame: other.frame.ordinal += 1
    case .cell: other.cell = "y0p0"
    case .weight: other.weight = 2
    case .augmentation: other.augmentation = .init(mirror: !other.augmentation.mirror)
    case .why: other.why = "because"
    case .measures: other.quality["sharpness"] = 1
    }
    let found = ManifestDifference(from: rows, to: [rows[0], other, rows[2]])
    #expect(found.changed.map(\.before.id) == ["b"] && found.changed.map(\.aspects) == [[aspect]])
  }
}
