import FaceCore
import Foundation
import Testing
import Trainer

struct SwapErrorTests {
  private let image = noiseImage(width: 40, height: 30)

  private func error(_ image: Image, _ truth: Image, mask: FrameMask? = nil) -> SwapError {
    var error = SwapError()
    error.add(
      image, truth: truth, mask: mask ?? FrameMask(width: image.width, height: image.height))
    return error
  }

  @Test func equalPicturesHaveNoError() throws {
    let same = error(image, image)
    #expect(same.psnr == .infinity)
    #expect(abs(try #require(same.ssim) - 1) < 1e-5)
    #expect(same.pixels == 1200 && same.frames == 1)
  }

  @Test func aConstantOffsetHasItsClosedForm() throws {
    let dark = Image(width: 40, height: 30, red: 100, green: 100, blue: 100)
    let light = Image(width: 40, height: 30, red: 110, green: 110, blue: 110)
    let offset = error(dark, light)
    #expect(abs(try #require(offset.psnr) - 20 * log10(25.5)) < 1e-9)
    // No structure: only the term of the means is left.
    let c1 = 0.01 * 0.01 * 255 * 255
    let expected = (2 * 100 * 110 + c1) / (100 * 100 + 110 * 110 + c1)
    #expect(abs(try #require(offset.ssim) - expected) < 1e-5)
  }

  @Test func similarityIsThatOfThePlainFormula() throws {
    let other = Image(
      width: 40, height: 30,
      bytes: zip(image.bytes, noiseImage(width: 40, height: 30, seed: 9).bytes).map {
        UInt8((3 * Int($0) + Int($1)) / 4)
      })
    #expect(abs(try #require(error(image, other).ssim) - plainSimilarity(image, other)) < 1e-4)
  }

  @Test func onlyWhatIsMaskedCounts() throws {
    var changed = image
    for at in 0..<15 * 40 * 3 { changed.bytes[at] = 255 - changed.bytes[at] }
    let half = FrameMask(
      x: 0, y: 15, width: 40, height: 15, values: [Float](repeating: 1, count: 600))
    #expect(error(changed, image, mask: half).psnr == .infinity)
    #expect(try #require(error(changed, image).psnr) < 20)
    let none = FrameMask(x: 0, y: 0, width: 0, height: 0, values: [])
    let empty = error(changed, image, mask: none)
    #expect(empty.psnr == nil && empty.ssim == nil && empty.frames == 0)
  }

  @Test func aPixelCountsAsMuchAsItsMask() throws {
    // Error 10 at weight ¼, error 20 at weight ¾.
    let truth = Image(width: 2, height: 1, red: 50, green: 50, blue: 50)
    let image = Image(width: 2, height: 1, bytes: [60, 60, 60, 70, 70, 70])
    let mask = FrameMask(x: 0, y: 0, width: 2, height: 1, values: [0.25, 0.75])
    let expected = 10 * log10(255 * 255 / (0.25 * 100 + 0.75 * 400))
    #expect(abs(try #require(error(image, truth, mask: mask).psnr) - expected) < 1e-9)
  }

  @Test func framesArePooledByTheirPixels() throws {
    let gray = Image(width: 40, height: 30, red: 100, green: 100, blue: 100)
    let off = Image(width: 40, height: 30, red: 110, green: 110, blue: 110)
    var both = error(gray, off)
    both.add(gray, truth: gray, mask: FrameMask(width: 40, height: 30))
    // Half of the squared error of the first.
    #expect(abs(try #require(both.psnr) - 10 * log10(255 * 255 / 50)) < 1e-9)
    #expect(both.frames == 2)
  }

  /// The formula as it stands, with two-dimensional weights and doubles.
  private func plainSimilarity(_ a: Image, _ b: Image) -> Double {
    func luma(_ image: Image, _ x: Int, _ y: Int) -> Double {
      let at = (y * image.width + x) * 3
      return 0.299 * Double(image.bytes[at]) + 0.587 * Double(image.bytes[at + 1])
        + 0.114 * Double(image.bytes[at + 2])
    }
    let c1 = 6.5025
    let c2 = 58.5225
    var sum = 0.0
    var count = 0.0
    for y in 5..<a.height - 5 {
      for x in 5..<a.width - 5 {
        var (weight, ma, mb, aa, bb, ab) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for dy in -5...5 {
          for dx in -5...5 {
            let w = exp(-Double(dx * dx + dy * dy) / 4.5)
            let (va, vb) = (luma(a, x + dx, y + dy), luma(b, x + dx, y + dy))
            weight += w
            ma += w * va
            mb += w * vb
            aa += w * va * va
            bb += w * vb * vb
            ab += w * va * vb
          }
        }
        (ma, mb) = (ma / weight, mb / weight)
        let (sa, sb) = (aa / weight - ma * ma, bb / weight - mb * mb)
        let sab = ab / weight - ma * mb
        sum +=
          (2 * ma * mb + c1) * (2 * sab + c2) / ((ma * ma + mb * mb + c1) * (sa + sb + c2))
        count += 1
      }
    }
    return sum / count
  }
}
