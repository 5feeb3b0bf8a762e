import FaceCore
import Testing
import Trainer

struct FaceMaskTests {
  private let landmarks = figureLandmarks(size: 128)

  @Test func theHullHoldsEveryLandmarkAndTheLiftedBrows() {
    let outline = FaceMask(browLift: 0.5).outline(of: landmarks)
    let flat = FaceMask(browLift: 0).outline(of: landmarks)
    #expect(outline.box.y < flat.box.y)
    #expect(outline.area > flat.area)
    for corner in flat.corners { #expect(landmarks.points.contains(corner)) }
    let values = FaceMask().render(outline, width: 128, height: 128)
    for point in landmarks.points where !outline.corners.contains(point) {
      #expect(values[Int(point.y) * 128 + Int(point.x)] > 0.2)
    }
    #expect(values[0] == 0 && values[128 * 128 - 1] == 0)
  }

  @Test func aHardEdgedMaskCoversTheOutlinesArea() {
    let outline = FaceMask().outline(of: landmarks)
    let covered = FaceMask().render(outline, width: 128, height: 128).reduce(0, +)
    #expect(abs(covered - outline.area) < 0.01 * outline.area)
  }

  @Test func erosionShrinksEverySideByItsShareOfTheFace() {
    let square = Outline(hullOf: [
      Point(x: 14, y: 14), Point(x: 114, y: 14), Point(x: 114, y: 114), Point(x: 14, y: 114),
      Point(x: 50, y: 50),
    ])
    #expect(square.corners.count == 4)
    #expect(square.size == 100)
    let eroded = FaceMask(erosion: 0.1).render(square, width: 128, height: 128).reduce(0, +)
    #expect(abs(eroded - 80 * 80) < 1)
    let widened = FaceMask(erosion: -0.05).render(square, width: 128, height: 128).reduce(0, +)
    #expect(abs(widened - 110 * 110) < 1)
  }

  @Test func theFeatherFallsFromOneToZeroInsideOfTheOutline() {
    let square = Outline(hullOf: [
      Point(x: 14, y: 14), Point(x: 114, y: 14), Point(x: 114, y: 114), Point(x: 14, y: 114),
    ])
    let values = FaceMask(feather: 0.2).render(square, width: 128, height: 128)
    let row = Array(values[64 * 128..<65 * 128])
    for x in 0..<14 { #expect(row[x] == 0) }
    for x in 14..<64 { #expect(row[x] >= row[x - 1]) }
    for x in 34..<94 { #expect(row[x] == 1) }
    #expect(row[23] < 0.5 && row[24] > 0.5)
  }

  @Test func theOutlineFollowsAnyAffineMap() {
    let map = AffineTransform(a: 0.8, b: 0.3, tx: 5, c: -0.2, d: 1.1, ty: -3)
    let moved = FaceMask().outline(of: landmarks.mapped(by: map))
    let mapped = FaceMask().outline(of: landmarks).mapped(by: map)
    #expect(abs(moved.area - mapped.area) < 1e-3 * moved.area)
    #expect(moved.box.overlap(with: mapped.box) > 0.9999)
    let mirrored = FaceMask().outline(of: landmarks.mirrored(width: 128))
    #expect(abs(mirrored.area - FaceMask().outline(of: landmarks).area) < 0.01)
  }

  @Test func aFaceWithoutAreaHasAnEmptyMask() {
    let point = Landmarks([Point](repeating: Point(x: 5, y: 5), count: 68))
    let values = FaceMask.blending.render(FaceMask().outline(of: point), width: 9, height: 9)
    #expect(values.allSatisfy { $0 == 0 })
  }

  @Test func cornersThatFallTogetherDoNoHarm() {
    let outline = FaceMask().outline(of: landmarks)
    let move = AffineTransform.translation(x: 20.5, y: 20.5)
    for scale in [1e-4, 1e-6, 1e-9] {
      let small = outline.mapped(by: .scale(scale).then(move))
      let values = FaceMask.blending.render(small, width: 40, height: 40)
      #expect(values.allSatisfy { $0.isFinite && $0 <= 1 } && values.reduce(0, +) < 2)
    }
  }
}
