import FaceCore
import Testing
import Trainer

/// A face of about 150 pixels in a frame of 320 × 240, turned by 8°.
private let frameSide = (width: 320, height: 240)
private let cropToFrame = FaceCore.AffineTransform.scale(200.0 / 256)
  .then(.rotation(0.14)).then(.translation(x: 75, y: 10))

private func face(side: Int) -> TargetFace {
  TargetFace(
    landmarks: figureLandmarks(size: 256).mapped(by: cropToFrame),
    transform: cropToFrame.inverse.then(.scale(Double(side) / 256)))
}

struct CompositorTests {
  @Test(arguments: [48, 128, 256, 600])
  func theOwnPatchChangesAlmostNothing(side: Int) {
    let frame = smoothImage(width: frameSide.width, height: frameSide.height)
    var compositor = Compositor()
    compositor.colorMatch = nil
    let target = face(side: side)
    let patch = FacePatch.cut(from: frame, transform: target.transform, resolution: side)
    var result = frame
    let mask = compositor.composite(
      SwappedFace(pixels: patch, resolution: side), at: target, into: &result)
    #expect(mask.values.reduce(0, +) > 5000)
    for at in 0..<frame.bytes.count {
      #expect(abs(Int(result.bytes[at]) - Int(frame.bytes[at])) <= 2)
    }
  }

  @Test func aPatchCutPixelForPixelComesBackByteForByte() {
    let frame = noiseImage(width: frameSide.width, height: frameSide.height)
    let target = TargetFace(
      landmarks: figureLandmarks(size: 200).mapped(by: .translation(x: 30, y: 20)),
      transform: .translation(x: -30, y: -20))
    let patch = FacePatch.cut(from: frame, transform: target.transform, resolution: 200)
    var compositor = Compositor()
    compositor.colorMatch = nil
    var result = frame
    let mask = compositor.composite(
      SwappedFace(pixels: patch, resolution: 200), at: target, into: &result)
    #expect(result == frame && mask.values.contains(1))
  }

  @Test func aPatchFinerThanTheFrameDoesNotAlias() {
    // One white column in four: its mean is what a frame pixel shows.
    let side = 800
    let pixels = (0..<3 * side * side).map { $0 % 4 == 1 ? Float(1) : 0 }
    let map = FaceCore.AffineTransform.translation(x: -30, y: -20).then(.scale(4))
    let target = TargetFace(
      landmarks: figureLandmarks(size: 200).mapped(by: .translation(x: 30, y: 20)),
      transform: map)
    var compositor = Compositor()
    compositor.colorMatch = nil
    var frame = Image(width: frameSide.width, height: frameSide.height)
    let mask = compositor.composite(
      SwappedFace(pixels: pixels, resolution: side), at: target, into: &frame)
    for y in 0..<frame.height {
      for x in 0..<frame.width where mask[x, y] == 1 {
        #expect(frame.bytes[(y * frame.width + x) * 3] == 64)
      }
    }
  }

  @Test func pixelsOutsideOfTheMaskKeepTheirBytesAndThoseInsideChange() {
    let frame = noiseImage(width: frameSide.width, height: frameSide.height)
    let white = SwappedFace(pixels: [Float](repeating: 1, count: 3 * 64 * 64), resolution: 64)
    var compositor = Compositor()
    compositor.colorMatch = nil
    var result = frame
    let mask = compositor.composite(white, at: face(side: 64), into: &result)
    for y in 0..<frame.height {
      for x in 0..<frame.width {
        let at = (y * frame.width + x) * 3
        if mask[x, y] == 0 {
          #expect(Array(result.bytes[at..<at + 3]) == Array(frame.bytes[at..<at + 3]))
        } else if mask[x, y] == 1 {
          #expect(Array(result.bytes[at..<at + 3]) == [255, 255, 255])
        }
      }
    }
    #expect(mask.values.contains(1))
  }

  @Test func theFaceLandsWhereItWasCut() {
    // A bright square in the crop must come back where the map puts it.
    let side = 128
    var pixels = [Float](repeating: 0, count: 3 * side * side)
    for channel in 0..<3 {
      for y in 60..<68 {
        for x in 56..<64 { pixels[(channel * side + y) * side + x] = 1 }
      }
    }
    var frame = Image(width: frameSide.width, height: frameSide.height)
    var compositor = Compositor()
    compositor.colorMatch = nil
    let target = face(side: side)
    compositor.composite(SwappedFace(pixels: pixels, resolution: side), at: target, into: &frame)
    let center = target.transform.inverse.apply(Point(x: 60, y: 64))
    var (sum, x, y): (Float, Float, Float) = (0, 0, 0)
    for row in 0..<frame.height {
      for column in 0..<frame.width {
        let value = Float(frame.bytes[(row * frame.width + column) * 3])
        sum += value
        x += value * (Float(column) + 0.5)
        y += value * (Float(row) + 0.5)
      }
    }
    #expect(abs(x / sum - center.x) < 0.02 && abs(y / sum - center.y) < 0.02)
  }

  @Test func colorMatchGivesTheTargetsMeanAndContrast() throws {
    let frame = smoothImage(width: frameSide.width, height: frameSide.height)
    let target = face(side: 64)
    let patch = FacePatch.cut(from: frame, transform: target.transform, resolution: 64)
    // Another face: darker, bluer and flatter.
    var other = patch.map { $0 * 0.5 + 0.1 }
    for at in 2 * 64 * 64..<3 * 64 * 64 { other[at] = other[at] * 0.8 + 0.2 }
    var plain = frame
    var matched = frame
    var compositor = Compositor()
    let swapped = SwappedFace(pixels: other, resolution: 64)
    let mask = compositor.composite(swapped, at: target, into: &matched)
    compositor.colorMatch = nil
    compositor.composite(swapped, at: target, into: &plain)
    var (before, after) = (SwapError(), SwapError())
    before.add(plain, truth: frame, mask: mask)
    after.add(matched, truth: frame, mask: mask)
    #expect(try #require(before.psnr) < 20)
    #expect(try #require(after.psnr) > 35)
  }

  @Test func aLearnedMaskLimitsTheHull() {
    let frame = noiseImage(width: frameSide.width, height: frameSide.height)
    let pixels = [Float](repeating: 1, count: 3 * 64 * 64)
    var result = frame
    let none = SwappedFace(
      pixels: pixels, mask: [Float](repeating: 0, count: 64 * 64), resolution: 64)
    let mask = Compositor().composite(none, at: face(side: 64), into: &result)
    #expect(result == frame && mask.values.allSatisfy { $0 == 0 })
  }

  @Test func aFaceAtOrBeyondTheFramesEdgeIsCut() {
    for (x, y) in [(-120.0, 0.0), (200, 150), (0, -150), (5000, 0), (-5000, -5000)] {
      var frame = smoothImage(width: frameSide.width, height: frameSide.height)
      let before = frame
      let moved = cropToFrame.then(.translation(x: x, y: y))
      let target = TargetFace(
        landmarks: figureLandmarks(size: 256).mapped(by: moved),
        transform: moved.inverse.then(.scale(0.25)))
      let swapped = SwappedFace(
        pixels: [Float](repeating: 1, count: 3 * 64 * 64), resolution: 64)
      Compositor().composite(swapped, at: target, into: &frame)
      #expect(abs(x) < 1000 || frame == before)
    }
  }
}
