import FaceCore
import Testing
import Trainer

/// The vector code that draws samples against its plain definition.
struct RenderTests {
  private func drawn(
    _ crop: Image, _ draw: RandomWarp.Draw, resolution: Int
  ) -> (input: [Float], target: [Float]) {
    var input = [Float](repeating: .nan, count: 3 * resolution * resolution)
    var target = input
    var inputSpan = input.mutableSpan
    var targetSpan = target.mutableSpan
    draw.render(
      SmoothedPicture(crop, seenAs: resolution), side: crop.width, resolution: resolution,
      input: &inputSpan, target: &targetSpan)
    return (input, target)
  }

  @Test(arguments: [(64, 32), (96, 32), (50, 32), (40, 32), (32, 32), (20, 48), (1, 8), (300, 150)])
  func samplesAreWhatTheDefinitionSays(side: Int, resolution: Int) {
    let crop = noiseImage(width: side, height: side, seed: UInt64(side))
    for seed in 0..<6 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let draw = RandomWarp().draw(
        from: side, to: resolution, mayMirror: true, using: &generator)
      let made = drawn(crop, draw, resolution: resolution)
      let plain = PlainView(crop: crop, resolution: resolution)
      // Nodes are rounded to bytes.
      #expect(largestDifference(made.target, plain.render(draw, warps: false)) < 0.52 / 255)
      #expect(largestDifference(made.input, plain.render(draw, warps: true)) < 0.6 / 255)
    }
  }

  @Test(arguments: [63, 64, 65, 100, 200])
  func aPatternFinerThanAPixelBecomesGray(side: Int) {
    let board = Image(
      width: side, height: side,
      bytes: (0..<side * side).flatMap { at in
        [UInt8](repeating: (at % side + at / side) % 2 == 0 ? 0 : 254, count: 3)
      })
    var generator = SeededGenerator(seed: 5)
    let draw = RandomWarp().draw(from: side, to: 24, mayMirror: true, using: &generator)
    let target = drawn(board, draw, resolution: 24).target
    // Along an axis at most one pixel more is seen of one colour than of the other; at the edge, which
    // goes on outside, along one of them only.
    let covered = Float(side) / 24
    #expect(target.allSatisfy { abs($0 - 0.498) < 0.5 / covered + 0.01 })
  }

  @Test func aConstantCropStaysConstant() {
    let crop = Image(width: 77, height: 77, red: 10, green: 200, blue: 130)
    var generator = SeededGenerator(seed: 2)
    let draw = RandomWarp().draw(from: 77, to: 33, mayMirror: true, using: &generator)
    let area = 33 * 33
    for (index, value) in drawn(crop, draw, resolution: 33).target.enumerated() {
      let wanted: [Float] = [10, 200, 130]
      #expect(abs(value * 255 - wanted[index / area]) < 1e-3)
    }
  }

  @Test func aMaskIsItsClosedFormAtEveryPixel() {
    var generator = SeededGenerator(seed: 9)
    for round in 0..<200 {
      let corners = (0..<Int.random(in: 3...30, using: &generator)).map { _ in
        Point(
          x: .random(in: -20...70, using: &generator), y: .random(in: -20...60, using: &generator))
      }
      // Level and upright sides, too.
      let outline = Outline(
        hullOf: round % 4 == 0
          ? corners.map { Point(x: $0.x.rounded(), y: $0.y.rounded()) } : corners)
      let mask = FaceMask(
        erosion: .random(in: -0.4...0.2, using: &generator),
        feather: round % 2 == 0 ? 0 : .random(in: 0...0.5, using: &generator))
      let edge = SoftEdge(mask, outline)
      let drawn = mask.render(outline, width: 52, height: 41)
      for y in 0..<41 {
        for x in 0..<52 {
          #expect(drawn[y * 52 + x] == edge.value(x: Float(x) + 0.5, y: Float(y) + 0.5))
        }
      }
    }
  }
}
