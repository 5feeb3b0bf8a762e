import FaceCore

import func Foundation.log2
import func Foundation.pow

/// The luma of a face at a size of its own, upright as in the picture, and which part of each of
/// its rows is face: the convex hull of jaw and brows.
struct FacePatch {
  /// Pixels for the side of the mean face's square: those of DeepFaceLab's `full` crop of 256.
  static let unit = 160.0

  private let gray: GrayImage
  private let rows: [Range<Int>]
  /// The landmarks in pixels of `gray`.
  private let landmarks: Landmarks

  init(_ frame: GrayImage, landmarks: Landmarks) {
    let scale = FacePatch.unit * MeanFace.fit(landmarks).meanScale
    let outline = Array(landmarks.points[0..<27])
    let box = Box(around: outline)
    // A face that is far from being one is not followed to any size.
    let width = max(3, min(512, Int((Double(box.width) * scale).rounded(.up))))
    let height = max(3, min(512, Int((Double(box.height) * scale).rounded(.up))))
    let grow = AffineTransform(
      a: Double(width) / Double(max(box.width, 1e-3)), b: 0, tx: 0, c: 0,
      d: Double(height) / Double(max(box.height, 1e-3)), ty: 0)
    let corner = AffineTransform.translation(x: -Double(box.x), y: -Double(box.y))
    gray = frame.resampled(from: box, width: width, height: height)
    self.landmarks = landmarks.mapped(by: corner.then(grow))
    let inside = Box(x: 0, y: 0, width: Float(frame.width), height: Float(frame.height))
    rows =
      box.overlap(with: inside) > 0
      ? FacePatch.span(
        of: outline.map(corner.then(grow).apply), width: width, height: height)
      : []
  }

  /// For each row the columns inside the convex hull, away from the edge by a pixel.
  static func span(of points: [Point], width: Int, height: Int) -> [Range<Int>] {
    let hull = convexHull(points)
    return (0..<height).map { row in
      guard row > 0, row < height - 1 else { return 0..<0 }
      let y = Float(row) + 0.5
      var low = Float(width)
      var high: Float = 0
      for (index, from) in hull.enumerated() {
        let to = hull[(index + 1) % hull.count]
        guard (from.y <= y) != (to.y <= y) else { continue }
        let x = from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x)
        low = min(low, x)
        high = max(high, x)
      }
      let first = max(1, min(Float(width - 1), low.rounded(.up)))
      let last = max(first, min(Float(width - 1), high.rounded(.down)))
      return Int(first)..<Int(last)
    }
  }

  /// Standard deviation of the four-neighbour Laplacian, in steps of luma.
  func sharpness() -> Double {
    let luma = gray.bytes.span
    let width = gray.width
    var count = 0
    var sum = 0
    var squares = 0
    for (row, columns) in rows.enumerated() {
      for x in columns {
        let at = row * width + x
        let across = Int(luma[at - 1]) + Int(luma[at + 1])
        let down = Int(luma[at - width]) + Int(luma[at + width])
        let value = across + down - 4 * Int(luma[at])
        sum += value
        squares += value * value
      }
      count += columns.count
    }
    guard count > 0 else { return 0 }
    let mean = Double(sum) / Double(count)
    return max(0, Double(squares) / Double(count) - mean * mean).squareRoot()
  }

  /// How light is spread over the face: linear luminance, 0 to 1, but for `entropy`.
  struct Exposure {
    var mean = 0.0
    var variance = 0.0
    var median = 0.0
    /// Parts of the face at the ends.
    var (under, over) = (0.0, 0.0)
    /// Of the levels, in 256 even steps; bits.
    var entropy = 0.0
  }

  func exposure() -> Exposure {
    var histogram = [Int](repeating: 0, count: 256)
    let luma = gray.bytes.span
    for (row, columns) in rows.enumerated() {
      for x in columns { histogram[Int(luma[row * gray.width + x])] += 1 }
    }
    let count = Double(max(1, histogram.reduce(0, +)))
    var result = Exposure()
    var steps = [Double](repeating: 0, count: 256)
    var (below, squares) = (0.0, 0.0)
    for (value, times) in histogram.enumerated() where times > 0 {
      let part = Double(times) / count
      let level = FacePatch.linear[value]
      result.mean += part * level
      squares += part * level * level
      if level * 255 < 25.5 { result.under += part }
      if level * 255 > 246.5 { result.over += part }
      if below < 0.5 { result.median = level }
      below += part
      steps[Int(level * 255 + 0.5)] += part
    }
    result.variance = max(0, squares - result.mean * result.mean)
    result.entropy = -steps.reduce(0) { $1 > 0 ? $0 + $1 * log2($1) : $0 }
    return result
  }

  /// How far the cheeks are alike in linear luminance, 0 to 1: what their histograms share.
  ///
  /// Of 32 steps in thirds of a stop, not of 256 even ones, which make a dark face uneven by its noise.
  func uniformity() -> Double {
    var histograms = [[Double]](repeating: [Double](repeating: 0, count: 32), count: 2)
    let luma = gray.bytes.span
    forEachCheekPixel(of: landmarks, width: gray.width, height: gray.height) { cheek, index in
      let stops = log2(max(FacePatch.linear[Int(luma[index])], 1e-3))
      histograms[cheek][min(31, max(0, Int(31.5 + 3 * stops)))] += 1
    }
    let totals = histograms.map { max(1, $0.reduce(0, +)) }
    return zip(histograms[0], histograms[1]).reduce(0) {
      $0 + min($1.0 / totals[0], $1.1 / totals[1])
    }
  }

  /// sRGB code to linear light (IEC 61966-2-1).
  static let linear: [Double] = (0..<256).map {
    let value = Double($0) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
}
