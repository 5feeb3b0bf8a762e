/// The mean squared difference between where the network says each face is and where it is, times
/// `scale`.
///
/// - Parameter prediction: `[count, 1, resolution, resolution]`, 0 to 1.
package func maskLoss(_ prediction: [Float], _ batch: TrainingBatch, scale: Float) -> Loss {
  let area = batch.resolution * batch.resolution
  precondition(prediction.count == batch.count * area && batch.mask.count == prediction.count)
  var values = [Float](repeating: 0, count: batch.count)
  var gradient = [Float](repeating: 0, count: prediction.count)
  let share = scale / Float(area)
  for face in 0..<batch.count {
    var sum = 0.0
    for pixel in face * area..<(face + 1) * area {
      // Eyes and mouth count more than once, but are no more than face.
      let difference = prediction[pixel] - min(1, batch.mask[pixel])
      sum += Double(difference * difference)
      gradient[pixel] = 2 * share / Float(batch.count) * difference
    }
    values[face] = Float(Double(share) * sum)
  }
  return Loss(values: values, gradient: gradient)
}
