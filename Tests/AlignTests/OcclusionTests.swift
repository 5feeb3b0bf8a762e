import Align
import Dispatch
import FaceCore
import Foundation
import Synchronization
import SyntheticFaces
import Testing

/// The built-in network's, for all tests.
let occlusionMeter: OcclusionMeter = {
  guard let meter = try? OcclusionMeter() else { fatalError("the built-in network does not load") }
  return meter
}()

@Suite struct OcclusionTests {
  private static func share(_ face: RenderedFace) -> Double {
    occlusionMeter.share(of: face.landmarks, in: GrayImage(face.image)) ?? .nan
  }

  /// With a plain box from one landmark to another.
  private static func covered(_ from: Int, _ to: Int, level: UInt8) -> RenderedFace {
    let face = RenderedFace.plain
    let (a, b) = (face.landmarks[from], face.landmarks[to])
    return face.with { image in
      var image = image
      image.draw(
        Image(
          width: Int(abs(b.x - a.x)), height: Int(abs(b.y - a.y)), red: level, green: level,
          blue: level), x: Int(min(a.x, b.x)), y: Int(min(a.y, b.y)))
      return image
    }
  }

  @Test func aBareFaceIsBareAndACoveredOneIsNot() {
    #expect(Self.share(.plain) < 0.05)
    // Below the nose, from cheek to chin; over both eyes.
    for (name, face) in [
      ("mouth", Self.covered(3, 11, level: 210)), ("eyes", Self.covered(17, 15, level: 20)),
    ] {
      let share = Self.share(face)
      #expect((0.15...0.8).contains(share), "\(name): \(share)")
    }
  }

  @Test func aMirrorHidesNothing() {
    let face = Self.covered(3, 11, level: 210)
    #expect(abs(Self.share(face) - Self.share(face.mirrored)) < 0.08)
  }

  @Test func anyThreadIsToldTheSame() {
    let face = Self.covered(3, 11, level: 210)
    let found = Mutex(Set<Double>())
    DispatchQueue.concurrentPerform(iterations: 16) { _ in
      let share = Self.share(face)
      found.withLock { _ = $0.insert(share) }
    }
    #expect(found.withLock { $0.count } == 1)
  }

  @Test func landmarksThatLieNowhereAreNoFace() {
    let nowhere = Landmarks([Point](repeating: Point(x: 3, y: 3), count: Landmarks.count))
    #expect(occlusionMeter.share(of: nowhere, in: GrayImage(RenderedFace.plain.image)) == nil)
  }

  /// What a tight square, or the frame's edge, leaves out covers nothing.
  @Test func onlyWhatIsSeenCounts() throws {
    let face = RenderedFace.plain
    for type in [FaceType.half, .full] {
      let (square, map) = crop(face.image, landmarks: face.landmarks, type: type, size: 256)
      let share = occlusionMeter.share(of: face.landmarks.mapped(by: map), in: GrayImage(square))
      #expect(try #require(share) < 0.05, "\(type)")
    }
    let middle = face.landmarks.box.center
    let luma = GrayImage(face.image)
    let right = occlusionMeter.share(of: face.landmarks, in: luma) { $0.x > middle.x - 20 }
    #expect(try #require(right) < 0.05)
    #expect(occlusionMeter.share(of: face.landmarks, in: luma) { $0.x > middle.x + 30 } == nil)
  }
}
