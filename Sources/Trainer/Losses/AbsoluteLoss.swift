import FaceCore

/// The mean absolute difference of each face, its pixels weighed, times `scale`.
///
/// - Parameter pixelWeights: `[count, 1, resolution, resolution]`.
func absoluteLoss(
  _ prediction: [Float], _ batch: TrainingBatch, pixelWeights: [Float], scale: Float,
  threads: Int
) -> Loss {
  let area = batch.resolution * batch.resolution
  precondition(prediction.count == batch.target.count && pixelWeights.count == batch.count * area)
  let faces = concurrentMap(Array(0..<batch.count), threads: threads) { face -> Loss.Face in
    let weights = Array(pixelWeights[face * area..<(face + 1) * area])
    var gradient = [Float](repeating: 0, count: 3 * area)
    // In doubles: a large face is hundreds of thousands of numbers.
    let total = weights.reduce(0.0) { $0 + Double($1) }
    // A face without a single weighed pixel teaches nothing.
    guard total > 0 else { return Loss.Face(value: 0, gradient: gradient) }
    let factor = Double(scale) / (3 * total)
    let slope = Float(factor / Double(batch.count))
    var sum = 0.0
    for plane in 0..<3 {
      let start = (face * 3 + plane) * area
      for pixel in 0..<area {
        let weight = weights[pixel]
        let difference = prediction[start + pixel] - batch.target[start + pixel]
        sum += Double(weight * abs(difference))
        // Either sign is as likely as the other: a branch would be guessed wrongly half the time.
        let sign: Float = (difference > 0 ? 1 : 0) - (difference < 0 ? 1 : 0)
        gradient[plane * area + pixel] = slope * weight * sign
      }
    }
    return Loss.Face(value: Float(factor * sum), gradient: gradient)
  }
  return Loss(faces)
}
