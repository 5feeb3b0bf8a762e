import Align
import FaceCore
import Testing

@Suite struct ShotDetectorTests {
  /// Patches of chance luma, 40 × 16 pixels, moved by `shift` pixels and brighter by `gain`.
  private static func frame(seed: UInt64, shift: Int = 0, gain: Double = 1) -> GrayImage {
    let (columns, rows) = (32, 12)
    var generator = SeededGenerator(seed: seed)
    let patches = (0..<columns * rows).map { _ in Double.random(in: 20...110, using: &generator) }
    var bytes: [UInt8] = []
    for y in 0..<180 {
      for x in 0..<320 {
        let column: Int = ((x + shift) / 40) % columns
        bytes.append(UInt8(min(255, patches[(y / 16) * columns + column] * gain)))
      }
    }
    return GrayImage(width: 320, height: 180, bytes: bytes)
  }

  private static func plain(_ level: UInt8) -> GrayImage {
    GrayImage(width: 320, height: 180, bytes: [UInt8](repeating: level, count: 320 * 180))
  }

  /// The frames that begin a shot.
  private func cuts(_ frames: [GrayImage]) -> [Int] {
    var detector = ShotDetector()
    return frames.indices.filter { detector.isCut(frames[$0]) }
  }

  @Test func anotherSceneIsACut() {
    let seeds: [UInt64] = [1, 1, 1, 2, 2, 3, 1, 1]
    #expect(cuts(seeds.map { ShotDetectorTests.frame(seed: $0) }) == [3, 5, 6])
  }

  @Test(arguments: [1, 4, 10])
  func aMovingCameraIsNone(pixelsAFrame: Int) {
    #expect(cuts((0..<60).map { ShotDetectorTests.frame(seed: 4, shift: $0 * pixelsAFrame) }) == [])
  }

  @Test func aShakingCameraIsNone() {
    var generator = SeededGenerator(seed: 8)
    let frames = (0..<60).map { _ in
      ShotDetectorTests.frame(seed: 4, shift: .random(in: 0...8, using: &generator))
    }
    #expect(cuts(frames) == [])
  }

  @Test func aCameraThatIsTornAwayIsNone() {
    // Up to 18 pixels a frame, nearly half a patch.
    #expect(cuts((0..<60).map { ShotDetectorTests.frame(seed: 4, shift: $0 * $0 * 3 / 20) }) == [])
  }

  @Test func aCutIsSeenWhileTheCameraMoves() {
    let frames = (0..<40).map { ShotDetectorTests.frame(seed: $0 < 20 ? 5 : 6, shift: $0 * 2) }
    #expect(cuts(frames) == [20])
  }

  @Test(arguments: [1.5, 2.5, 4, 12])
  func aFlashIsNone(gain: Double) {
    #expect(
      cuts((0..<20).map { ShotDetectorTests.frame(seed: 7, gain: $0 == 10 ? gain : 1) }) == [])
  }

  @Test func lightThatIsSwitchedOnIsNone() {
    #expect(cuts((0..<20).map { ShotDetectorTests.frame(seed: 7, gain: $0 < 10 ? 0.5 : 2) }) == [])
  }

  @Test func aSlowFadeIsNone() {
    #expect(
      cuts((0..<50).map { ShotDetectorTests.frame(seed: 7, gain: Double(50 - $0) / 50) }) == [])
  }

  @Test func afterBlackOnlyAnotherSceneIsACut() {
    let scene = ShotDetectorTests.frame(seed: 7)
    let black = [ShotDetectorTests.plain(0), ShotDetectorTests.plain(0)]
    #expect(cuts([scene, scene] + black + [scene, scene]) == [])
    #expect(cuts([scene, scene] + black + [ShotDetectorTests.frame(seed: 9), scene]) == [4, 5])
  }
}
