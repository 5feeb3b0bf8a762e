import FaceCore

/// How far each face's colors as a whole are from what they should be, times `scale`: the squared difference of
/// the mean and that of the deviation inside of the mask, averaged over the channels.
///
/// The absolute loss takes a tint for as bad as noise of its size; this one lets noise average out and
/// leaves the tint, so that a decoder keeps its person's own colors where the other's are drawn in.
/// Off unless asked for: on the synthetic pair swaps came no nearer to the truth by it.
/// mean = Σ m·x / Σ m and deviation = √(Σ m·(x − mean)² / Σ m + 1e-6), with m the mask up to 1.
///
/// - Parameter prediction: `[count, 3, resolution, resolution]`.
func colorLoss(
  _ prediction: [Float], _ batch: TrainingBatch, scale: Float, threads: Int
) -> Loss {
  let area = batch.resolution * batch.resolution
  precondition(prediction.count == batch.target.count && batch.mask.count == batch.count * area)
  let faces = concurrentMap(Array(0..<batch.count), threads: threads) { face -> Loss.Face in
    var gradient = [Float](repeating: 0, count: 3 * area)
    let mask = batch.mask[face * area..<(face + 1) * area].map { min(1, $0) }
    let total = mask.reduce(0.0) { $0 + Double($1) }
    // A face without a single pixel has no color.
    guard total > 0 else { return Loss.Face(value: 0, gradient: gradient) }
    var value = 0.0
    for plane in 0..<3 {
      let start = (face * 3 + plane) * area
      let made = ColorMoments(prediction[start..<start + area], mask, total: total)
      let wanted = ColorMoments(batch.target[start..<start + area], mask, total: total)
      let tint = made.mean - wanted.mean
      let contrast = made.deviation - wanted.deviation
      value += tint * tint + contrast * contrast
      // Of a pixel: 2 · tint · m / Σm + 2 · contrast · m · (x − mean) / (Σm · deviation).
      let factor = 2 * Double(scale) / (3 * total * Double(batch.count))
      let (steady, steep) = (Float(factor * tint), Float(factor * contrast / made.deviation))
      let mean = Float(made.mean)
      for pixel in 0..<area {
        gradient[plane * area + pixel] =
          mask[pixel] * (steady + steep * (prediction[start + pixel] - mean))
      }
    }
    return Loss.Face(value: Float(Double(scale) / 3 * value), gradient: gradient)
  }
  return Loss(faces)
}

/// The mean and the deviation of a channel inside of the mask.
private struct ColorMoments {
  let mean: Double
  let deviation: Double

  init(_ values: ArraySlice<Float>, _ mask: [Float], total: Double) {
    let first = values.startIndex
    var sum = 0.0
    for pixel in mask.indices { sum += Double(mask[pixel] * values[first + pixel]) }
    let mean = sum / total
    var squares = 0.0
    for pixel in mask.indices {
      let distance = Double(values[first + pixel]) - mean
      squares += Double(mask[pixel]) * distance * distance
    }
    self.mean = mean
    deviation = (squares / total + 1e-6).squareRoot()
  }
}
