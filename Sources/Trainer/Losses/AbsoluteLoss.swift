/// The mean absolute difference of each face, its pixels weighed, times `scale`.
///
/// - Parameter pixelWeights: `[count, 1, resolution, resolution]`.
func absoluteLoss(
  _ prediction: [Float], _ batch: TrainingBatch, pixelWeights: [Float], scale: Float
) -> Loss {
  let area = batch.resolution * batch.resolution
  precondition(prediction.count == batch.target.count && pixelWeights.count == batch.count * area)
  var values = [Float](repeating: 0, count: batch.count)
  var gradient = [Float](repeating: 0, count: prediction.count)
  for face in 0..<batch.count {
    let total = pixelWeights[face * area..<(face + 1) * area].reduce(0, +)
    // A face without a single weighed pixel teaches nothing.
    guard total > 0 else { continue }
    let factor = scale / (3 * total)
    let slope = factor / Float(batch.count)
    var sum: Float = 0
    for plane in 0..<3 {
      let start = (face * 3 + plane) * area
      for pixel in 0..<area {
        let weight = pixelWeights[face * area + pixel]
        let difference = prediction[start + pixel] - batch.target[start + pixel]
        sum += weight * abs(difference)
        gradient[start + pixel] = slope * (difference > 0 ? weight : difference < 0 ? -weight : 0)
      }
    }
    values[face] = factor * sum
  }
  return Loss(values: values, gradient: gradient)
}
