import Networks

/// Structural dissimilarity, (1 − SSIM) / 2, of each face, its windows weighed by the pixel in
/// their middle, times `scale`.
///
/// The window is a Gaussian of deviation 1.5 and 11 px (7 or 3 on squares too small for it).
/// Source: Wang et al., "Image Quality Assessment: From Error Visibility to Structural
/// Similarity", 2004.
///
/// - Parameter pixelWeights: `[count, 1, resolution, resolution]`.
func dissimilarityLoss(
  _ prediction: [Float], _ batch: TrainingBatch, pixelWeights: [Float], scale: Float,
  threads: Int
) throws -> Loss {
  let area = batch.resolution * batch.resolution
  let structure = Structure(resolution: batch.resolution)
  let faces = try concurrentMap(Array(0..<batch.count), threads: threads) { face -> Loss.Face in
    let weights = structure.centers(Array(pixelWeights[face * area..<(face + 1) * area]))
    var value: Float = 0
    var gradient: [Float] = []
    gradient.reserveCapacity(3 * area)
    for plane in 0..<3 {
      let range = (face * 3 + plane) * area..<(face * 3 + plane + 1) * area
      let part = structure.dissimilarity(
        Array(prediction[range]), Array(batch.target[range]), weights: weights,
        scale: scale / 3, gradientScale: scale / 3 / Float(batch.count))
      value += part.value
      gradient += part.gradient
    }
    return Loss.Face(value: value, gradient: gradient)
  }
  return Loss(faces)
}

/// SSIM of square planes of one size.
private struct Structure: Sendable {
  let resolution: Int
  private let filter: GaussianFilter
  /// Windows along an edge.
  private let across: Int

  init(resolution: Int) {
    self.resolution = resolution
    filter = GaussianFilter(taps: resolution >= 22 ? 11 : resolution >= 14 ? 7 : 3, deviation: 1.5)
    across = resolution - filter.taps + 1
  }

  /// The pixels in the middle of the windows, scaled to the sum 1; all 0 where that is the sum.
  func centers(_ plane: [Float]) -> [Float] {
    let margin = filter.taps / 2
    let kept = (0..<across).flatMap { row in
      let start = (row + margin) * resolution + margin
      return plane[start..<start + across]
    }
    let sum = kept.reduce(0, +)
    return sum > 0 ? kept.map { $0 / sum } : kept
  }

  private func means(_ plane: [Float]) -> [Float] {
    filter.means(of: plane, height: resolution, width: resolution)
  }

  private func spread(_ means: [Float]) -> [Float] {
    filter.spread(means, height: resolution, width: resolution)
  }

  /// x is the prediction and y the target.
  ///
  /// SSIM = a₁·a₂ / (b₁·b₂) depends on x through three means: of x, of x² and of x·y.
  func dissimilarity(
    _ x: [Float], _ y: [Float], weights: [Float], scale: Float, gradientScale: Float
  ) -> Loss.Face {
    let (c1, c2): (Float, Float) = (0.01 * 0.01, 0.03 * 0.03)
    let meanX = means(x)
    let meanY = means(y)
    let meanXX = means(zip(x, x).map { $0 * $1 })
    let meanYY = means(zip(y, y).map { $0 * $1 })
    let meanXY = means(zip(x, y).map { $0 * $1 })
    var byMean = meanX
    var bySquare = meanX
    var byProduct = meanX
    var value: Float = 0
    for at in weights.indices {
      let (mx, my) = (meanX[at], meanY[at])
      let a1 = 2 * mx * my + c1
      let a2 = 2 * (meanXY[at] - mx * my) + c2
      let b1 = mx * mx + my * my + c1
      let b2 = meanXX[at] - mx * mx + meanYY[at] - my * my + c2
      let similarity = a1 * a2 / (b1 * b2)
      value += weights[at] * (1 - similarity)
      // The slope of (1 − SSIM) / 2 in each mean.
      let share = -gradientScale * weights[at] / 2
      let inProduct = 2 * a1 / (b1 * b2)
      let inSquare = -similarity / b2
      byProduct[at] = share * inProduct
      bySquare[at] = share * inSquare
      byMean[at] =
        share
        * (2 * my * a2 / (b1 * b2) - similarity * 2 * mx / b1 - inProduct * my - inSquare * 2 * mx)
    }
    var gradient = spread(byMean)
    let square = spread(bySquare)
    let product = spread(byProduct)
    for at in gradient.indices { gradient[at] += 2 * x[at] * square[at] + y[at] * product[at] }
    return Loss.Face(value: scale * value / 2, gradient: gradient)
  }
}
