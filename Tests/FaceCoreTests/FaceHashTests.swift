import FaceCore
import Foundation
import Testing

/// A smooth picture of blobs that follow from the seed, 64 × 64 unless told.
func blobs(seed: UInt64, side: Int = 64) -> GrayImage {
  var random = SeededGenerator(seed: seed)
  let spots = (0..<40).map { _ in
    (
      x: Double.random(in: 0...1, using: &random), y: Double.random(in: 0...1, using: &random),
      width: Double.random(in: 0.03...0.2, using: &random),
      level: Double.random(in: -60...60, using: &random)
    )
  }
  return GrayImage(
    width: side, height: side,
    bytes: (0..<side * side).map { index in
      let x = (Double(index % side) + 0.5) / Double(side)
      let y = (Double(index / side) + 0.5) / Double(side)
      let value = spots.reduce(120.0) { sum, spot in
        let far = (x - spot.x) * (x - spot.x) + (y - spot.y) * (y - spot.y)
        return sum + spot.level * exp(-far / (spot.width * spot.width))
      }
      return UInt8(max(0, min(255, value)))
    })
}

extension GrayImage {
  func mapped(_ change: (Double) -> Double) -> GrayImage {
    GrayImage(
      width: width, height: height,
      bytes: bytes.map { UInt8(max(0, min(255, change(Double($0)).rounded()))) })
  }
}

@Suite struct FaceHashTests {
  @Test func aPlainPictureHasNoQuality() {
    #expect(
      FaceHash(of: GrayImage(width: 64, height: 64, bytes: .init(repeating: 90, count: 4096)))
        .quality == 0)
    #expect(FaceHash(of: blobs(seed: 1)).quality >= 40)
    #expect(FaceHash(of: blobs(seed: 1).mapped { 120 + ($0 - 120) / 20 }).quality < 10)
  }

  @Test(arguments: 1...8)
  func halfTheBitsAreSet(seed: Int) {
    #expect(FaceHash(of: blobs(seed: UInt64(seed))).words.ones == 128)
  }

  @Test(arguments: 1...8)
  func brightnessAndContrastMoveFewBits(seed: Int) {
    let picture = blobs(seed: UInt64(seed)).mapped { 60 + $0 / 2 }
    let hash = FaceHash(of: picture)
    #expect(hash.distance(to: FaceHash(of: picture.mapped { $0 + 30 })) == 0)
    #expect(hash.distance(to: FaceHash(of: picture.mapped { $0 * 0.7 + 20 })) <= 10)
    #expect(hash.distance(to: hash) == 0)
  }

  @Test(arguments: 1...8)
  func scaleAndNoiseMoveFewBits(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let hash = FaceHash(of: blobs(seed: UInt64(seed)))
    let whole = Box(x: 0, y: 0, width: 200, height: 200)
    let scaled = blobs(seed: UInt64(seed), side: 200).resampled(from: whole, width: 64, height: 64)
    #expect(hash.distance(to: FaceHash(of: scaled)) <= 16)
    let noisy = blobs(seed: UInt64(seed)).mapped {
      $0 + Double.random(in: -4...4, using: &random)
    }
    #expect(hash.distance(to: FaceHash(of: noisy)) <= 20)
  }

  @Test(arguments: 1...8)
  func aMirrorImageAndAnotherPictureAreFar(seed: Int) {
    let picture = blobs(seed: UInt64(seed))
    let mirrored = GrayImage(
      width: 64, height: 64,
      bytes: (0..<64).flatMap { picture.bytes[$0 * 64..<($0 + 1) * 64].reversed() })
    let hash = FaceHash(of: picture)
    #expect(hash.distance(to: FaceHash(of: mirrored)) > 80)
    #expect(hash.distance(to: FaceHash(of: blobs(seed: UInt64(seed) + 100))) > 80)
  }

  @Test func bytesAreReadBackAsTheHashTheyWere() {
    let hash = FaceHash(of: blobs(seed: 5))
    #expect(FaceHash(bytes: hash.bytes, quality: hash.quality) == hash)
    #expect(FaceHash(bytes: [1, 2], quality: 3) == nil)
    #expect(FaceHash(bytes: hash.bytes, quality: 101) == nil)
  }
}

extension SIMD4<UInt64> {
  fileprivate var ones: Int { (0..<4).reduce(0) { $0 + self[$1].nonzeroBitCount } }
}
