public import FaceCore
import Foundation

/// What can be read off a face without a network, each with the version of its rule.
///
/// | name | meaning |
/// | --- | --- |
/// | `detector_score` | how far the detector is above its threshold |
/// | `inter_eye` | pixels between the centres of the eyes, divided by the cosine of the yaw |
/// | `sharpness` | deviation of luma's Laplacian over the face in a 256-pixel `full` crop |
/// | `luminance` | mean linear luminance of the face, 0 to 1 |
/// | `under_exposed`, `over_exposed` | part of the face below 26, above 246 of 255 linear |
/// | `eyes_open` | the wider eye's lid gap over the distance from chin to eyes |
/// | `mouth_open` | the largest gap of the inner lips over the same distance |
///
/// Sources: ISO/IEC 29794-5 as its reference implementation OFIQ measures it, without its networks
/// and without its scaling to 0 to 100: thresholds are percentiles, taken elsewhere.
/// The image may be the frame or any crop, with the landmarks in its pixels.
public func measures(
  of landmarks: Landmarks, pose: Pose, score: Float, in image: Image
) -> [Measure] {
  let chinToEyes = max(chinToEyesDistance(landmarks), .leastNormalMagnitude)
  let patch = FacePatch(image: image, landmarks: landmarks)
  let light = patch.exposure()
  let cosine = max(0.2, cos(pose.yaw * .pi / 180))
  return [
    Measure(name: "detector_score", value: Double(score), version: 1),
    Measure(
      name: "inter_eye", value: Double(landmarks.interEyeDistance) / cosine, version: 1),
    Measure(name: "sharpness", value: patch.sharpness(), version: 1),
    Measure(name: "luminance", value: light.mean, version: 1),
    Measure(name: "under_exposed", value: light.under, version: 1),
    Measure(name: "over_exposed", value: light.over, version: 1),
    Measure(name: "eyes_open", value: Double(lidGap(landmarks) / chinToEyes), version: 1),
    Measure(name: "mouth_open", value: Double(lipGap(landmarks) / chinToEyes), version: 1),
  ]
}

private func chinToEyesDistance(_ landmarks: Landmarks) -> Float {
  let eyes =
    (landmarks.mean(of: Landmarks.leftEye) + landmarks.mean(of: Landmarks.rightEye)) * 0.5
  return landmarks[8].distance(to: eyes)
}

/// Of each eye the mean of its two lid gaps; of the two eyes the wider, for the far one of a turned
/// head is seen badly. Pixels.
private func lidGap(_ landmarks: Landmarks) -> Float {
  func gap(_ first: Int) -> Float {
    (landmarks[first + 1].distance(to: landmarks[first + 5])
      + landmarks[first + 2].distance(to: landmarks[first + 4])) / 2
  }
  return max(gap(36), gap(42))
}

/// Pixels.
private func lipGap(_ landmarks: Landmarks) -> Float {
  max(
    landmarks[61].distance(to: landmarks[67]), landmarks[62].distance(to: landmarks[66]),
    landmarks[63].distance(to: landmarks[65]))
}

/// The luma of a `full` crop, and which part of each of its rows is face.
private struct FacePatch {
  private static let size = 256
  private let gray: GrayImage
  private let rows: [Range<Int>]

  init(image: Image, landmarks: Landmarks) {
    let transform = cropTransform(landmarks: landmarks, size: FacePatch.size, type: .full)
    let points = landmarks.mapped(by: transform).points
    rows = FacePatch.span(of: Array(points[0..<27]), size: FacePatch.size)
    gray = GrayImage(image, through: transform, size: FacePatch.size, rows: rows)
  }

  /// For each row the columns inside the convex hull, less a pixel for the Laplacian's sake.
  private static func span(of points: [Point], size: Int) -> [Range<Int>] {
    let hull = convexHull(points)
    return (0..<size).map { row in
      guard row > 0, row < size - 1 else { return 0..<0 }
      let y = Float(row) + 0.5
      var low = Float(size)
      var high: Float = 0
      for (index, from) in hull.enumerated() {
        let to = hull[(index + 1) % hull.count]
        guard (from.y <= y) != (to.y <= y) else { continue }
        let x = from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x)
        low = min(low, x)
        high = max(high, x)
      }
      let first = max(1, min(Float(size - 1), low.rounded(.up)))
      let last = max(first, min(Float(size - 1), high.rounded(.down)))
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
        let around =
          Int(luma[at - 1]) + Int(luma[at + 1]) + Int(luma[at - width]) + Int(luma[at + width])
        let value = around - 4 * Int(luma[at])
        sum += value
        squares += value * value
      }
      count += columns.count
    }
    guard count > 0 else { return 0 }
    let mean = Double(sum) / Double(count)
    return max(0, Double(squares) / Double(count) - mean * mean).squareRoot()
  }

  /// Mean of linear luminance, and the parts of the face at its ends.
  func exposure() -> (mean: Double, under: Double, over: Double) {
    var histogram = [Int](repeating: 0, count: 256)
    let luma = gray.bytes.span
    for (row, columns) in rows.enumerated() {
      for x in columns { histogram[Int(luma[row * gray.width + x])] += 1 }
    }
    let count = Double(max(1, histogram.reduce(0, +)))
    var (mean, under, over) = (0.0, 0.0, 0.0)
    for (value, times) in histogram.enumerated() where times > 0 {
      let part = Double(times) / count
      let level = FacePatch.linear[value]
      mean += part * level
      if level * 255 < 25.5 { under += part }
      if level * 255 > 246.5 { over += part }
    }
    return (mean, under, over)
  }

  /// sRGB code to linear light (IEC 61966-2-1).
  private static let linear: [Double] = (0..<256).map {
    let value = Double($0) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
}
