import FaceCore
import Testing

@Suite struct BoxTests {
  static let boxes: [Box] = {
    var generator = SeededGenerator(seed: 1)
    return (0..<20).map { _ in
      Box(
        x: .random(in: 0...30, using: &generator), y: .random(in: 0...30, using: &generator),
        width: .random(in: 1...30, using: &generator),
        height: .random(in: 1...30, using: &generator))
    }
  }()

  @Test(arguments: boxes) func whatTwoBoxesShareDoesNotDependOnTheirOrder(box: Box) {
    for other in BoxTests.boxes {
      #expect(box.overlap(with: other) == other.overlap(with: box))
      #expect(box.containment(with: other) == other.containment(with: box))
      #expect(box.containment(with: other) > box.overlap(with: other) - 1e-5)
      #expect(box.containment(with: other) <= 1.0001)
    }
    #expect(abs(box.overlap(with: box) - 1) < 1e-5)
  }

  @Test func aBoxInAnotherIsContainedThoughItOverlapsLittle() {
    let large = Box(x: 0, y: 0, width: 100, height: 100)
    let small = Box(x: 20, y: 30, width: 10, height: 20)
    #expect(large.containment(with: small) == 1)
    #expect(abs(large.overlap(with: small) - 0.02) < 1e-6)
    let half = Box(x: 95, y: 0, width: 10, height: 20)
    #expect(large.containment(with: half) == 0.5)
  }

  @Test func boxesThatDoNotTouchShareNothing() {
    let box = Box(x: 0, y: 0, width: 10, height: 10)
    for other in [
      Box(x: 10, y: 0, width: 5, height: 5), Box(x: 0, y: -7, width: 5, height: 6),
      Box(x: 3, y: 3, width: 0, height: 4),
    ] {
      #expect(box.overlap(with: other) == 0 && box.containment(with: other) == 0)
    }
  }
}
