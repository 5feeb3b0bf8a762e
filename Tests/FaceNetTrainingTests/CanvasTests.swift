import FaceCore
import FaceNetTraining
import Foundation
import Testing

@Suite struct CanvasTests {
  static let ground = Canvas(side: 120, level: 0.5)

  @Test(arguments: [0.3, 0.7, 1, 1.6, 3.1], [0, 0.4, -2])
  func aPortraitIsDrawnWhereItsLandmarksGo(scale: Double, angle: Double) {
    for mirror in [1.0, -1.0] {
      let portrait = spotted([30])
      let nose = portrait.landmarks[30]
      let map = AffineTransform.translation(x: -Double(nose.x), y: -Double(nose.y))
        .then(AffineTransform(a: mirror * scale, b: 0, tx: 0, c: 0, d: scale, ty: 0))
        .then(.rotation(angle)).then(.translation(x: 61.3, y: 57.6))
      var canvas = Canvas(side: 120, level: 0)
      canvas.draw(portrait, by: map)
      #expect(spot(in: canvas).distance(to: Point(x: 61.3, y: 57.6)) < 0.2)
      let (landmarks, _) = portrait.seen(by: map)
      #expect(landmarks[30].distance(to: Point(x: 61.3, y: 57.6)) < 1e-3)
    }
  }

  @Test func aFacesBoxIsThatOfItsLandmarksAndSomeForehead() {
    let landmarks = spotted([]).landmarks
    let (own, box) = (landmarks.box, faceBox(of: landmarks))
    #expect(box.x == own.x && box.width == own.width)
    #expect(abs(box.y + box.height - own.y - own.height) < 1e-3)
    #expect(abs(own.y - box.y - 0.15 * own.height) < 1e-3)
  }

  @Test func whatIsClearLeavesTheCanvasAndWhatIsNotHidesIt() {
    let side = 40
    func portrait(_ alpha: UInt8) -> Portrait {
      let gray = GrayImage(
        width: side, height: side, bytes: [UInt8](repeating: 255, count: side * side))
      return Portrait(
        luma: gray,
        alpha: GrayImage(
          width: side, height: side, bytes: [UInt8](repeating: alpha, count: side * side)),
        landmarks: spotted([]).landmarks,
        visible: [Bool](repeating: true, count: Landmarks.count), pose: nil, person: 0)
    }
    for (alpha, level) in [(0, 0.5), (51, 0.6), (255, 1)] as [(UInt8, Float)] {
      var canvas = CanvasTests.ground
      canvas.draw(portrait(alpha), by: .translation(x: 50, y: 30))
      #expect(abs(canvas.values[50 * 120 + 70] - level) < 1e-5)
      #expect(canvas.values[20 * 120 + 70] == 0.5 && canvas.values[50 * 120 + 100] == 0.5)
      #expect(canvas.values.allSatisfy { (0.5...(level + 1e-5)).contains($0) })
    }
    var canvas = CanvasTests.ground
    canvas.draw(portrait(255), by: .translation(x: 50, y: 30)) { 0.25 * $0 }
    #expect(abs(canvas.values[50 * 120 + 70] - 0.25) < 1e-5)
  }

  @Test(arguments: [Point(x: -500, y: 30), Point(x: 40, y: 900), Point(x: 119.9, y: -39.9)])
  func whatIsBeyondTheEdgeIsNotDrawn(place: Point) {
    var canvas = CanvasTests.ground
    canvas.draw(
      spotted([], side: 40), by: .translation(x: Double(place.x), y: Double(place.y)))
    #expect(canvas.values == CanvasTests.ground.values)
    canvas.fill(ellipse: Point(x: -90, y: 300), radii: (20, 9), angle: 1, level: 1)
    #expect(canvas.values == CanvasTests.ground.values)
  }

  @Test(arguments: [0, 0.7, 2] as [Float], [false, true])
  func aFilledShapeHasItsAreaAndItsPlace(angle: Float, isBox: Bool) {
    var canvas = Canvas(side: 120, level: 0)
    let center = Point(x: 55.2, y: 64.9)
    canvas.fill(ellipse: center, radii: (31, 12), angle: angle, level: 1, isBox: isBox)
    let area = canvas.values.reduce(0, +)
    let expected = 31 * 12 * (isBox ? 4 : Float.pi)
    #expect(abs(area - expected) < 0.03 * expected)
    #expect(spot(in: canvas).distance(to: center) < 0.1)
  }

  @Test func aHoleLeavesTheMiddleAsItWas() {
    var canvas = CanvasTests.ground
    canvas.fill(
      ellipse: Point(x: 60, y: 60), radii: (30, 30), angle: 0, level: 1, hole: 0.8)
    #expect(canvas.values[60 * 120 + 60] == 0.5)
    #expect(canvas.values[60 * 120 + 60 + 27] == 1)
    #expect(canvas.values[60 * 120 + 60 + 33] == 0.5)
  }

  @Test func mirroringOrTurningTwiceChangesNothing() {
    let canvas = Canvas(spotted([36, 50]).luma)
    var other = canvas
    other.mirror()
    #expect(other.values != canvas.values)
    #expect(other.picture.bytes.prefix(240) == canvas.picture.bytes.prefix(240).reversed()[...])
    other = canvas
    other.turnUpsideDown()
    #expect(other.values == canvas.values.reversed())
    other.mirror()
    other.turnUpsideDown()
    other.mirror()
    #expect(other.values == canvas.values)
  }

  @Test func bytesSurviveACanvas() {
    let bytes = (0..<256).map { UInt8($0) }
    let picture = GrayImage(width: 16, height: 16, bytes: bytes)
    #expect(Canvas(picture).picture == picture)
  }
}
