import FaceCore
import Testing

@Suite struct ImageTests {
  static func gradient(width: Int, height: Int) -> Image {
    Image(
      width: width, height: height,
      bytes: (0..<height).flatMap { y in
        (0..<width).flatMap { x in [UInt8(x * 255 / width), UInt8(y * 255 / height), 90] }
      })
  }

  @Test(arguments: [(1, 1), (2, 1), (3, 5)])
  func mirroringTwiceChangesNothing(width: Int, height: Int) {
    let image = Self.gradient(width: width, height: height)
    #expect(image.mirrored().mirrored() == image)
  }

  @Test func theIdentityWarpChangesNothing() {
    let image = Self.gradient(width: 17, height: 9)
    #expect(image.warped(by: .identity, width: 17, height: 9) == image)
  }

  @Test(arguments: [0.1, 0.37, 1.0, 2.6])
  func aConstantImageStaysConstant(scale: Double) {
    let image = Image(width: 40, height: 30, red: 10, green: 200, blue: 77)
    let warped = image.warped(
      by: .scale(scale).then(.rotation(0.3)), width: 20, height: 20, border: .replicate)
    #expect(warped == Image(width: 20, height: 20, red: 10, green: 200, blue: 77))
  }

  @Test func shrinkingAveragesInsteadOfPicking() {
    // A checkerboard of single pixels is grey from afar; a sampler that picks sees one colour.
    let board = Image(
      width: 64, height: 64,
      bytes: (0..<64).flatMap { y in
        (0..<64).flatMap { x in [UInt8](repeating: (x + y) % 2 == 0 ? 0 : 254, count: 3) }
      })
    let small = board.resized(width: 8, height: 8)
    #expect(small.bytes.allSatisfy { abs(Int($0) - 127) <= 1 })
  }

  @Test func warpingThereAndBackReturns() {
    let image = Self.gradient(width: 64, height: 64)
    let turn = AffineTransform.translation(x: -32, y: -32).then(.rotation(0.4))
      .then(.scale(1.5)).then(.translation(x: 48, y: 48))
    let there = image.warped(by: turn, width: 96, height: 96, border: .replicate)
    let back = there.warped(by: turn.inverse, width: 64, height: 64, border: .replicate)
    for y in 20..<44 {
      for x in 20..<44 {
        for channel in 0..<3 {
          let at = (y * 64 + x) * 3 + channel
          #expect(abs(Int(back.bytes[at]) - Int(image.bytes[at])) <= 3)
        }
      }
    }
  }

  @Test func outsideIsBlackUnlessReplicated() {
    let image = Image(width: 4, height: 4, red: 250, green: 250, blue: 250)
    let far = AffineTransform.translation(x: 100, y: 0)
    #expect(image.warped(by: far, width: 4, height: 4) == Image(width: 4, height: 4))
    #expect(image.warped(by: far, width: 4, height: 4, border: .replicate) == image)
  }

  @Test func drawingClipsAtTheEdges() {
    var canvas = Image(width: 4, height: 4)
    canvas.draw(Image(width: 3, height: 3, red: 9, green: 9, blue: 9), x: -1, y: 3)
    #expect(canvas.bytes.filter { $0 == 9 }.count == 2 * 3)
  }

  @Test func landmarksMirrorLikeThePixels() {
    let points = (0..<68).map { Point(x: Float($0), y: Float($0 % 7)) }
    let landmarks = Landmarks(points)
    #expect(landmarks.mirrored(width: 100).mirrored(width: 100) == landmarks)
    #expect(landmarks.mirrored(width: 100)[36] == Point(x: 55, y: 3))
  }

  @Test func transformsInvertAndChain() {
    let transform = AffineTransform(a: 1.2, b: -0.3, tx: 5, c: 0.4, d: 0.9, ty: -7)
    let point = Point(x: 12, y: 34)
    let back = transform.then(transform.inverse).apply(point)
    #expect(back.distance(to: point) < 1e-3)
  }
}
