import FaceCore
import Networks

/// Structural dissimilarity, (1 − SSIM) / 2, of each face, its windows weighed by the pixel in
/// their middle, times `scale`.
///
/// The windows are those of `dissimilarityWindows`; where there are two, each counts half. A window is a Gaussian
/// whose deviation is 1.5 px in 11 and grows with it. The constants are 0.01² and 0.03². Source: Wang et al., "Image
/// Quality Assessment: From Error Visibility to Structural Similarity", 2004.
///
/// - Parameter pixelWeights: `[count, 1, resolution, resolution]`.
func dissimilarityLoss(
  _ prediction: [Float], _ batch: TrainingBatch, pixelWeights: [Float], scale: Float,
  threads: Int
) -> Loss {
  let area = batch.resolution * batch.resolution
  let windows = dissimilarityWindows(resolution: batch.resolution)
  let scales = windows.map { Structure(resolution: batch.resolution, taps: $0) }
  let share = scale / Float(3 * windows.count)
  let faces = concurrentMap(Array(0..<batch.count), threads: threads) { face -> Loss.Face in
    var value = 0.0
    var gradient = [Float](repeating: 0, count: 3 * area)
    for structure in scales {
      let weights = structure.centers(pixelWeights[face * area..<(face + 1) * area])
      var memory = Structure.Memory()
      for plane in 0..<3 {
        let start = (face * 3 + plane) * area
        value += structure.dissimilarity(
          prediction[start..<start + area], batch.target[start..<start + area], weights: weights,
          scale: share, gradientScale: share / Float(batch.count), memory: &memory,
          addingTo: &gradient, at: plane * area)
      }
    }
    return Loss.Face(value: Float(value), gradient: gradient)
  }
  return Loss(faces)
}

/// Sides of the windows that faces of this resolution are compared in, in pixels.
///
/// 11 px up to 139 px (7 and 3 on squares below 22 and 14); from there on an 11.6th of the face, and
/// from 256 px on also half as much, so that a window holds the same part of a face at any
/// resolution, and fine texture counts besides: 23 and 11 px at 256, 45 and 23 px at 512. Odd, so that a
/// pixel is in the middle. The sizes are DeepFaceLab's from 128 px on; its deviation stays at 1.5 px, which
/// makes windows of any size see 11 px.
package func dissimilarityWindows(resolution: Int) -> [Int] {
  guard resolution >= 22 else { return [resolution >= 14 ? 7 : 3] }
  func odd(_ side: Double) -> Int { max(11, Int(side) | 1) }
  let window = odd(Double(resolution) / 11.6)
  return resolution < 256 ? [window] : [window, odd(Double(resolution) / 23.2)]
}

/// SSIM of square planes of one size in windows of one size.
private struct Structure: Sendable {
  let resolution: Int
  private let filter: GaussianFilter
  /// Windows along an edge.
  private let across: Int

  init(resolution: Int, taps: Int) {
    self.resolution = resolution
    filter = GaussianFilter(taps: taps, deviation: 1.5 * max(1, Float(taps) / 11))
    across = resolution - taps + 1
  }

  /// What the planes of a face share, one after the other.
  struct Memory {
    var scratch = GaussianFilter.Scratch()
    var (x, y, squares, products): ([Float], [Float], [Float], [Float]) = ([], [], [], [])
    var (meanX, meanY, meanSquare, meanProduct): ([Float], [Float], [Float], [Float]) =
      ([], [], [], [])
    var (byMean, bySquare, byProduct): ([Float], [Float], [Float]) = ([], [], [])
  }

  /// The pixels in the middle of the windows, scaled to the sum 1; all 0 where that is the sum.
  func centers(_ plane: ArraySlice<Float>) -> [Float] {
    let margin = filter.taps / 2
    var kept: [Float] = []
    kept.reserveCapacity(across * across)
    for row in 0..<across {
      let start = plane.startIndex + (row + margin) * resolution + margin
      kept += plane[start..<start + across]
    }
    let sum = Float(kept.reduce(0.0) { $0 + Double($1) })
    if sum > 0 { for at in kept.indices { kept[at] /= sum } }
    return kept
  }

  /// x is the prediction and y the target; the slope in x is added to `gradient` from `start` on.
  ///
  /// SSIM = a₁·a₂ / (b₁·b₂) depends on x through three means: of x, of x² + y² and of x·y.
  func dissimilarity(
    _ x: ArraySlice<Float>, _ y: ArraySlice<Float>, weights: [Float], scale: Float,
    gradientScale: Float, memory: inout Memory, addingTo gradient: inout [Float], at start: Int
  ) -> Double {
    takeMeans(x, y, &memory)
    let value = takeSlopes(weights: weights, gradientScale: gradientScale, &memory)
    let side = resolution
    // The means have been read; their memory takes what is handed back.
    filter.spread(
      memory.byMean, height: side, width: side, into: &memory.meanX, scratch: &memory.scratch)
    filter.spread(
      memory.bySquare, height: side, width: side, into: &memory.squares, scratch: &memory.scratch)
    filter.spread(
      memory.byProduct, height: side, width: side, into: &memory.products,
      scratch: &memory.scratch)
    for at in memory.x.indices {
      gradient[start + at] +=
        memory.meanX[at] + 2 * memory.x[at] * memory.squares[at]
        + memory.y[at] * memory.products[at]
    }
    return Double(scale) * value / 2
  }

  private func takeMeans(_ x: ArraySlice<Float>, _ y: ArraySlice<Float>, _ memory: inout Memory) {
    memory.x.removeAll(keepingCapacity: true)
    memory.y.removeAll(keepingCapacity: true)
    memory.x += x
    memory.y += y
    if memory.squares.count != x.count {
      memory.squares = memory.x
      memory.products = memory.x
    }
    for at in memory.x.indices {
      let (x, y) = (memory.x[at], memory.y[at])
      memory.squares[at] = x * x + y * y
      memory.products[at] = x * y
    }
    let side = resolution
    filter.means(
      of: memory.x, height: side, width: side, into: &memory.meanX, scratch: &memory.scratch)
    filter.means(
      of: memory.y, height: side, width: side, into: &memory.meanY, scratch: &memory.scratch)
    filter.means(
      of: memory.squares, height: side, width: side, into: &memory.meanSquare,
      scratch: &memory.scratch)
    filter.means(
      of: memory.products, height: side, width: side, into: &memory.meanProduct,
      scratch: &memory.scratch)
  }

  /// The weighted sum of 1 − SSIM, and the slopes of its half in each mean.
  private func takeSlopes(
    weights: [Float], gradientScale: Float, _ memory: inout Memory
  ) -> Double {
    let (c1, c2): (Float, Float) = (0.01 * 0.01, 0.03 * 0.03)
    if memory.byMean.count != weights.count {
      let none = [Float](repeating: 0, count: weights.count)
      (memory.byMean, memory.bySquare, memory.byProduct) = (none, none, none)
    }
    var value = 0.0
    for at in weights.indices {
      let (mx, my) = (memory.meanX[at], memory.meanY[at])
      let squares = mx * mx + my * my
      let a1 = 2 * mx * my + c1
      let a2 = 2 * (memory.meanProduct[at] - mx * my) + c2
      let b1 = squares + c1
      let b2 = memory.meanSquare[at] - squares + c2
      let share = 1 / (b1 * b2)
      let similarity = a1 * a2 * share
      value += Double(weights[at] * (1 - similarity))
      let factor = -gradientScale * weights[at] / 2
      let inProduct = 2 * a1 * share
      let inSquare = -similarity * b1 * share
      memory.byProduct[at] = factor * inProduct
      memory.bySquare[at] = factor * inSquare
      memory.byMean[at] =
        factor
        * (2 * my * a2 * share - similarity * 2 * mx * b2 * share - inProduct * my
          - inSquare * 2 * mx)
    }
    return value
  }
}
