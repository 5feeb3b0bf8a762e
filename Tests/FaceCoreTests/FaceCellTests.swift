import FaceCore
import Testing

@Suite struct FaceCellTests {
  private static let all: [FaceCell] = PoseCell.all.flatMap { pose in
    ([nil] + LightBin.allCases).flatMap { light in
      ([nil] + ExpressionBin.allCases).map { FaceCell(pose, light: light, expression: $0) }
    }
  }

  @Test func namesAreReadBack() {
    for cell in Self.all { #expect(FaceCell(name: cell.name) == cell) }
    #expect(Set(Self.all.map(\.name)).count == Self.all.count)
    for name in ["", "y4", "y4p2/", "y4p2/dark", "y4p2/mouth-open/flat", "y4p2/flat/flat"] {
      #expect(FaceCell(name: name) == nil, "\(name)")
    }
  }

  @Test func orderIsThatOfAll() { #expect(Self.all.sorted() == Self.all) }

  @Test func mirroringTwiceChangesNothing() {
    for cell in Self.all { #expect(cell.mirrored.mirrored == cell) }
    for light in LightBin.allCases {
      let sides = ["left", "right"].filter(light.rawValue.contains)
      #expect((light.mirrored == light) == sides.isEmpty)
    }
    #expect(LightBin.upLeftHard.mirrored == .upRightHard)
    #expect(LightBin.flat.mirrored == .flat)
  }

  @Test func aCellAndItsMirrorImageFoldToOne() {
    for cell in Self.all {
      #expect(cell.folded == cell.mirrored.folded)
      #expect(cell.folded.folded == cell.folded)
      #expect(cell.folded == cell || cell.folded == cell.mirrored)
      #expect(cell.folded.pose == cell.pose.folded)
    }
  }
}
