import FaceCore
import Foundation

/// A face's landmarks as a plain figure: jaw a half ellipse, brows, nose, eyes and lips where they
/// belong.
///
/// `size` is the side of the crop, in pixels.
func figureLandmarks(size: Float = 256) -> Landmarks {
  func arc(_ count: Int, cx: Float, cy: Float, rx: Float, ry: Float, from: Float, to: Float)
    -> [Point]
  {
    (0..<count).map { index in
      let share = count > 1 ? Float(index) / Float(count - 1) : 0
      let angle = (from + (to - from) * share) * .pi / 180
      return Point(x: cx + rx * cos(angle), y: cy + ry * sin(angle))
    }
  }
  var points = arc(17, cx: 0.5, cy: 0.45, rx: 0.3, ry: 0.4, from: 180, to: 0)
  points += arc(5, cx: 0.37, cy: 0.36, rx: 0.09, ry: -0.05, from: 180, to: 0)
  points += arc(5, cx: 0.63, cy: 0.36, rx: 0.09, ry: -0.05, from: 180, to: 0)
  points += (0..<4).map { Point(x: 0.5, y: 0.42 + 0.05 * Float($0)) }
  points += (0..<5).map { Point(x: 0.44 + 0.03 * Float($0), y: 0.62) }
  points += arc(6, cx: 0.37, cy: 0.43, rx: 0.05, ry: -0.02, from: 180, to: -120)
  points += arc(6, cx: 0.63, cy: 0.43, rx: 0.05, ry: -0.02, from: 180, to: -120)
  points += arc(12, cx: 0.5, cy: 0.72, rx: 0.1, ry: -0.04, from: 180, to: -150)
  points += arc(8, cx: 0.5, cy: 0.72, rx: 0.06, ry: -0.02, from: 180, to: -135)
  return Landmarks(points.map { $0 * size })
}

/// A smooth picture with all three channels different everywhere.
func smoothImage(width: Int = 256, height: Int = 256) -> Image {
  var bytes: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      let u = Float(x) / Float(width)
      let v = Float(y) / Float(height)
      bytes.append(UInt8(40 + 160 * u))
      bytes.append(UInt8(30 + 180 * v))
      bytes.append(UInt8(60 + 120 * u * v + 40 * (1 - u)))
    }
  }
  return Image(width: width, height: height, bytes: bytes)
}

/// Every pixel at random: the worst case for whatever resamples.
func noiseImage(width: Int = 256, height: Int = 256, seed: UInt64 = 1) -> Image {
  var generator = SeededGenerator(seed: seed)
  return Image(
    width: width, height: height,
    bytes: (0..<width * height * 3).map { _ in .random(in: 0...255, using: &generator) })
}

/// Largest difference of two arrays of one length.
func largestDifference(_ left: [Float], _ right: [Float]) -> Float {
  zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
