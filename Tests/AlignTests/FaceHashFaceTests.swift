import Align
import FaceCore
import Foundation
import Testing

@Suite struct FaceHashFaceTests {
  /// A picture with structure of the sizes that faces have.
  static func picture(shift: Double = 0) -> Image {
    Image(
      width: 800, height: 600,
      bytes: (0..<600).flatMap { y in
        (0..<800).flatMap { x -> [UInt8] in
          let (u, v) = (Double(x) - shift, Double(y))
          let value =
            128 + 50 * sin(u / 11) * cos(v / 8) + 40 * sin((u + 2 * v) / 19) + 30 * cos(u / 27)
          return [UInt8](repeating: UInt8(value), count: 3)
        }
      })
  }

  @Test func aFaceHasOneHashInCropsOfAllTypesAndSizes() {
    let whole = faceHash(of: Self.picture(), landmarks: sampleLandmarks)
    #expect(whole.quality >= 60)
    for type in FaceType.allCases {
      for size in [192, 256, 512] {
        let cut = crop(Self.picture(), landmarks: sampleLandmarks, type: type, size: size)
        let hash = faceHash(of: cut.image, landmarks: sampleLandmarks.mapped(by: cut.transform))
        #expect(hash.distance(to: whole) <= 20, "\(type) \(size): \(hash.distance(to: whole))")
      }
    }
  }

  @Test func aFrameThatIsShownAgainHardlyChanges() {
    let first = crop(Self.picture(), landmarks: sampleLandmarks, type: .full, size: 256)
    // Landmarks of the second look are elsewhere; the frame is the same.
    let moved = sampleLandmarks.mapped(by: .translation(x: 3, y: -2).then(.rotation(0.02)))
    let again = crop(Self.picture(), landmarks: moved, type: .full, size: 256)
    func change(to other: (image: Image, transform: FaceCore.AffineTransform)) -> Double {
      faceChange(
        from: first.image, landmarks: sampleLandmarks.mapped(by: first.transform),
        to: other.image, transform: first.transform.inverse.then(other.transform))
    }
    #expect(change(to: again) < 0.04)
    let next = crop(Self.picture(shift: 2), landmarks: moved, type: .full, size: 256)
    #expect(change(to: next) > 0.08)
    #expect(change(to: first) == 0)
  }

  @Test func aShapeIsTheSameWhereverTheFaceIs() {
    let moved = sampleLandmarks.mapped(
      by: .rotation(0.4).then(.scale(2.5)).then(.translation(x: -40, y: 9)))
    for (a, b) in zip(faceShape(of: sampleLandmarks), faceShape(of: moved)) {
      #expect(a.distance(to: b) < 1e-4)
    }
    #expect(faceShape(of: moved).count == 51)
  }
}
