import CPixels
import Foundation

/// What the pixels of a part of a picture have in common: how steep and how curved luma is along each
/// direction, and how much it trembles from pixel to pixel.
package struct LumaTexture: Sendable {
  /// Pixels that were looked at.
  package let count: Int
  /// Deviation of what is different from each pixel to the next, in steps of luma.
  ///
  /// Source: Immerkær, "Fast Noise Variance Estimation", 1996, with the median for the mean, so that
  /// edges do not count.
  package let noise: Double
  /// Means of products of first derivatives, squares of a step a pixel: xx, xy, yy.
  private let first: [Double]
  /// Of second derivatives: xx·xx, xx·xy, xy·xy, xx·yy, xy·yy, yy·yy.
  private let second: [Double]

  fileprivate init(_ sums: cpx_texture, median: Double) {
    count = Int(sums.count)
    noise = median / (0.6745 * 6)
    let total = Double(max(1, sums.count))
    // What noise alone adds to each: the sums of products of the filters' weights.
    let power = noise * noise
    let added = [2.25, 0, 0.25, 0.25, 0, 2.25].map { $0 * power }
    let (a, b) = (sums.first, sums.second)
    first = zip([a.0, a.1, a.2], [0.1875, 0, 0.1875]).map {
      Double($0) / (64 * total) - $1 * power
    }
    second = zip([b.0, b.1, b.2, b.3, b.4, b.5], added).map { Double($0) / (16 * total) - $1 }
  }

  /// How far luma is smoothed along a direction, degrees counter-clockwise from image right: the variance
  /// of the Gaussian that makes a picture of details of all sizes so, in square pixels; nil where
  /// nothing is seen but noise.
  ///
  /// Power falls with the square of the frequency in pictures of things (Field, 1987), so the
  /// derivative is white, and smoothed by a variance s its own derivative has 1 / 2s of its power.
  package func softness(along degrees: Double) -> Double? {
    let (c, s) = (cos(degrees * .pi / 180), -sin(degrees * .pi / 180))
    let slope = c * c * first[0] + 2 * c * s * first[1] + s * s * first[2]
    let bend =
      c * c * c * c * second[0] + 4 * c * c * c * s * second[1]
      + c * c * s * s * (4 * second[2] + 2 * second[3]) + 4 * c * s * s * s * second[4]
      + s * s * s * s * second[5]
    guard slope > 1e-3, bend > 1e-4 else { return nil }
    return slope / (2 * bend)
  }
}

extension GrayImage {
  /// The texture of the pixels `columns(y)` of some rows; those at the picture's edge are left out.
  package func texture(rows: Range<Int>, columns: (Int) -> Range<Int>) -> LumaTexture {
    var sums = cpx_texture()
    for y in rows.clamped(to: 1..<max(1, height - 1)) {
      let part = columns(y).clamped(to: 1..<max(1, width - 1))
      guard !part.isEmpty else { continue }
      unsafe cpx_add_texture(
        bytes, Int32(width), Int32(part.lowerBound), Int32(part.upperBound), Int32(y), &sums)
    }
    return LumaTexture(sums, median: Double(GrayImage.median(&sums)))
  }

  /// The level that half of the pixels do not exceed, between two counts as far as they lie.
  private static func median(_ sums: inout cpx_texture) -> Float {
    let half = Float(sums.count) / 2
    return unsafe withUnsafeBytes(of: &sums.rough) { bytes in
      let counts = unsafe bytes.assumingMemoryBound(to: UInt32.self)
      var below: Float = 0
      for level in counts.indices {
        let here = unsafe Float(counts[level])
        if below + here > half {
          // Level 0 holds what is within half a step of it on one side only.
          return level == 0
            ? 0.5 * (half - below) / here : Float(level) - 0.5 + (half - below) / here
        }
        below += here
      }
      return 0
    }
  }

  /// How much neighbouring rows differ for how much those differ that are two apart: 1 where rows have
  /// nothing in common, more where each second one is of another moment; nil where all are alike.
  ///
  /// The part lies two pixels from the picture's upper and lower edge; traps otherwise.
  package func combing(in part: PixelRegion) -> Double? {
    precondition(part.y >= 2 && part.y + part.height <= height - 2, "two rows are read beyond")
    precondition(part.x >= 0 && part.x + part.width <= width, "the part lies inside")
    var (near, far) = (Int64(0), Int64(0))
    for y in part.y..<part.y + part.height {
      unsafe cpx_add_comb(
        bytes, Int32(width), Int32(part.x), Int32(part.x + part.width), Int32(y), &near, &far)
    }
    return far > 0 ? Double(near) / Double(far) : nil
  }

  /// How much more luma steps into each eighth column and row than into the others, in steps: what
  /// codecs that work in blocks leave behind.
  ///
  /// The part lies two pixels from the picture's edge; traps otherwise.
  package func blockSteps(in part: PixelRegion) -> Double {
    precondition(part.x >= 2 && part.y >= 2, "two pixels are read before")
    precondition(
      part.x + part.width < width && part.y + part.height < height, "one pixel is read after")
    var across = [Int64](repeating: 0, count: 8)
    var down = across
    unsafe cpx_add_blocks(
      bytes, Int32(width), Int32(part.x), Int32(part.x + part.width), Int32(part.y),
      Int32(part.y + part.height), &across, &down)
    let pixels = Double(part.width * part.height) / 8
    func excess(_ sums: [Int64]) -> Double {
      let others = sums[1...].map { Double($0) }.sorted()[3]
      return (Double(sums[0]) - others) / (2 * pixels)
    }
    return max(0, excess(across)) + max(0, excess(down))
  }
}
