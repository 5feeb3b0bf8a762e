public import FaceCore
import Foundation

/// How far pictures are from the truth inside masks, over any number of frames.
///
/// - PSNR in decibels from the mean squared error of the 8-bit sRGB values of all masked pixels.
/// - SSIM on luma (ITU-R BT.601), 11 × 11 Gaussian of deviation 1.5, K₁ 0.01, K₂ 0.03; mean of
///   the masked pixels whose window lies in the picture. Source: Wang, Bovik, Sheikh and
///   Simoncelli, "Image Quality Assessment: From Error Visibility to Structural Similarity", 2004.
public struct SwapError: Hashable, Sendable, Codable {
  private var squaredError = 0.0
  private var weight = 0.0
  private var similarity = 0.0
  private var similarityWeight = 0.0
  /// Frames that were added and had a masked pixel.
  public private(set) var frames = 0

  public init() {}

  /// Weighted number of masked pixels.
  public var pixels: Double { weight }

  /// In decibels; infinite for equal pictures, nil when nothing was masked.
  public var psnr: Double? {
    guard weight > 0 else { return nil }
    return squaredError == 0 ? .infinity : 10 * log10(255 * 255 * weight * 3 / squaredError)
  }

  /// −1 to 1; nil when no masked pixel had a full window.
  public var ssim: Double? { similarityWeight > 0 ? similarity / similarityWeight : nil }

  /// Adds a frame.
  ///
  /// Traps unless both pictures have one size.
  public mutating func add(_ image: Image, truth: Image, mask: FrameMask) {
    precondition(
      image.width == truth.width && image.height == truth.height, "pictures of one size")
    let before = weight
    addSquares(image, truth, mask)
    if weight > before { frames += 1 }
    addSimilarity(image, truth, mask)
  }

  private mutating func addSquares(_ image: Image, _ truth: Image, _ mask: FrameMask) {
    for row in 0..<mask.height {
      for column in 0..<mask.width {
        let share = Double(mask.values[row * mask.width + column])
        guard share > 0 else { continue }
        let at = ((mask.y + row) * image.width + mask.x + column) * 3
        var sum = 0
        for channel in 0..<3 {
          let difference = Int(image.bytes[at + channel]) - Int(truth.bytes[at + channel])
          sum += difference * difference
        }
        squaredError += Double(sum) * share
        weight += share
      }
    }
  }

  private mutating func addSimilarity(_ image: Image, _ truth: Image, _ mask: FrameMask) {
    let radius = GaussianWindow.radius
    let left = max(radius, mask.x)
    let top = max(radius, mask.y)
    let right = min(image.width - radius, mask.x + mask.width)
    let bottom = min(image.height - radius, mask.y + mask.height)
    guard left < right, top < bottom else { return }
    let map = similarityMap(
      image, truth, x: left, y: top, width: right - left, height: bottom - top)
    for y in top..<bottom {
      for x in left..<right {
        let share = Double(mask[x, y])
        similarity += share * Double(map[(y - top) * (right - left) + x - left])
        similarityWeight += share
      }
    }
  }
}

/// SSIM of each pixel of a part of two pictures; the part is a radius away from the edges.
private func similarityMap(
  _ first: Image, _ second: Image, x: Int, y: Int, width: Int, height: Int
) -> [Float] {
  let radius = GaussianWindow.radius
  let columns = width + 2 * radius
  let rows = height + 2 * radius
  // Means of a, b, a², b², ab; a and b about 0, where floats are finest.
  var moments = [SIMD8<Float>](repeating: .zero, count: columns * rows)
  for row in 0..<rows {
    for column in 0..<columns {
      let at = ((y - radius + row) * first.width + x - radius + column) * 3
      let a = luma(first.bytes, at) - 128
      let b = luma(second.bytes, at) - 128
      moments[row * columns + column] = SIMD8(a, b, a * a, b * b, a * b, 0, 0, 0)
    }
  }
  let means = GaussianWindow.filtered(moments, columns: columns, rows: rows)
  let c1: Float = 0.01 * 0.01 * 255 * 255
  let c2: Float = 0.03 * 0.03 * 255 * 255
  return means.map { mean in
    let (a, b) = (mean[0], mean[1])
    let varianceA = mean[2] - a * a
    let varianceB = mean[3] - b * b
    let covariance = mean[4] - a * b
    let (fullA, fullB) = (a + 128, b + 128)
    let luminance = (2 * fullA * fullB + c1) / (fullA * fullA + fullB * fullB + c1)
    return luminance * (2 * covariance + c2) / (varianceA + varianceB + c2)
  }
}

@inline(__always)
private func luma(_ bytes: [UInt8], _ at: Int) -> Float {
  0.299 * Float(bytes[at]) + 0.587 * Float(bytes[at + 1]) + 0.114 * Float(bytes[at + 2])
}

/// 11 × 11, deviation 1.5, applied line by line.
private enum GaussianWindow {
  static let radius = 5
  static let weights: [Float] = {
    let raw = (-radius...radius).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    let sum = raw.reduce(0, +)
    return raw.map { Float($0 / sum) }
  }()

  /// Smaller by a radius on each side.
  static func filtered(_ values: [SIMD8<Float>], columns: Int, rows: Int) -> [SIMD8<Float>] {
    let taps = weights
    let width = columns - 2 * radius
    let height = rows - 2 * radius
    var across = [SIMD8<Float>](repeating: .zero, count: width * rows)
    for row in 0..<rows {
      for column in 0..<width {
        var sum = SIMD8<Float>.zero
        for tap in 0..<taps.count { sum += values[row * columns + column + tap] * taps[tap] }
        across[row * width + column] = sum
      }
    }
    var result = [SIMD8<Float>](repeating: .zero, count: width * height)
    for row in 0..<height {
      for column in 0..<width {
        var sum = SIMD8<Float>.zero
        for tap in 0..<taps.count { sum += across[(row + tap) * width + column] * taps[tap] }
        result[row * width + column] = sum
      }
    }
    return result
  }
}
