import FaceCore
import Foundation
import Media
import Testing

/// JPEGs decoded as a half, a quarter or an eighth.
struct ReducedJPEGTests {
  private func noise(width: Int, height: Int, seed: UInt64) -> Image {
    var generator = SeededGenerator(seed: seed)
    return Image(
      width: width, height: height,
      bytes: (0..<width * height * 3).map { _ in .random(in: 0...255, using: &generator) })
  }

  /// Something like a photograph: waves of many lengths, the longer the stronger.
  private func photograph(side: Int) -> Image {
    var generator = SeededGenerator(seed: 21)
    var light = [Float](repeating: 128, count: side * side * 3)
    for _ in 0..<40 {
      let length = Float.random(in: 0...1, using: &generator) * 5
      let (turn, phase) = (
        Float.random(in: 0..<6.28, using: &generator), Float.random(in: 0..<6.28, using: &generator)
      )
      let wave = 6.28 / (4 * exp(length))
      let tint = (0..<3).map { _ in Float.random(in: 0.5...1, using: &generator) }
      for index in 0..<side * side {
        let along = Float(index % side) * cos(turn) + Float(index / side) * sin(turn)
        let value = 1.5 * exp(length / 2) * sin(wave * along + phase)
        for channel in 0..<3 { light[3 * index + channel] += value * tint[channel] }
      }
    }
    return Image(
      width: side, height: side, bytes: light.map { UInt8(max(0, min(255, $0.rounded()))) })
  }

  /// The peak's ratio to what differs from area means, in dB.
  @Test(
    arguments: [(129, 256), (128, 128), (65, 128), (64, 64), (32, 32), (1, 32), (999, 256)],
    [(JPEG.Sampling.full, 48.0), (.half, 34)])
  func aReducedPictureIsAsGoodAsTheMeanOfWhatItCovers(
    sizes: (wanted: Int, side: Int), quality: (sampling: JPEG.Sampling, ratio: Double)
  ) throws {
    let (wanted, side) = sizes
    let bytes = try JPEG.encode(photograph(side: 256), sampling: quality.sampling)
    let whole = try JPEG.decode(bytes)
    let reduced = try ImageFile.decode(bytes, atLeast: wanted)
    #expect((reduced.width, reduced.height) == (256, 256))
    #expect((reduced.image.width, reduced.image.height) == (side, side))
    let means = whole.resized(width: side, height: side)
    let squares = zip(reduced.image.bytes, means.bytes).reduce(0.0) {
      $0 + Double((Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)))
    }
    let noise = squares / Double(means.bytes.count)
    #expect(side == 256 ? noise == 0 : 10 * log10(255 * 255 / noise) > quality.ratio, "\(noise)")
  }

  @Test func damagedJPEGsAreReducedOrRefusedButNeverTrap() throws {
    var generator = SeededGenerator(seed: 31)
    let files = try [
      JPEG.encode(photograph(side: 96)),
      JPEG.encode(noise(width: 75, height: 41, seed: 3), quality: 100),
      JPEG.encode(photograph(side: 40), sampling: .half),
    ]
    for bytes in files {
      var refused = 0
      for round in 0..<3000 {
        var hurt = bytes
        for _ in 0...(round % 4) {
          // Headers as often as the code.
          let end = round % 2 == 0 ? 700 : hurt.count
          hurt[.random(in: 0..<min(end, hurt.count), using: &generator)] = .random(
            in: 0...255, using: &generator)
        }
        do {
          let found = try JPEG.decode(hurt, atLeast: 4)
          #expect(found.image.bytes.count == found.image.width * found.image.height * 3)
        } catch {
          refused += 1
          #expect(!error.reason.isEmpty)
        }
      }
      #expect(refused > 500)
      for length in stride(from: 0, to: bytes.count, by: 7) {
        #expect(throws: MediaError.self) {
          try JPEG.decode(Array(bytes.prefix(length)), atLeast: 4)
        }
      }
    }
  }

  @Test func reducedPicturesOfOddSizesKeepWhatTheyStandFor() throws {
    let bytes = try JPEG.encode(noise(width: 37, height: 23, seed: 4), sampling: .half)
    let reduced = try JPEG.decode(bytes, atLeast: 5)
    #expect((reduced.width, reduced.height) == (37, 23))
    #expect((reduced.image.width, reduced.image.height) == (10, 6))
    #expect(try JPEG.decode(bytes, atLeast: 12).image.width == 37)
    let image = gradient(width: 37, height: 23, shade: 5)
    let png = try ImageFile.decode(try PNG.encode(image), atLeast: 2)
    #expect(png.image == image)
    for length in 0..<bytes.count {
      #expect(throws: MediaError.self, "\(length) of \(bytes.count) bytes") {
        try JPEG.decode(Array(bytes.prefix(length)), atLeast: 5)
      }
    }
  }
}
