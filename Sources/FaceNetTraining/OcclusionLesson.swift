import Align
import Foundation
package import Networks

/// Telling what is before a face.
package struct OcclusionLesson: Lesson {
  package struct Batch: Sendable {
    package var input: [Float]
    package var cover: [Float]
    package var weight: [Float]
  }

  package let name = "occlusion"
  package let samples: OcclusionSamples

  package init(samples: OcclusionSamples) { self.samples = samples }

  package var network: Network { OcclusionNetwork.network }

  package func batch(step: Int, size: Int) -> Batch {
    var batch = Batch(input: [], cover: [], weight: [])
    for index in 0..<size {
      let sample = samples.sample(step * size + index)
      batch.input += pixelBlocks(of: sample.square.picture, block: OcclusionNetwork.block)
      batch.cover += sample.cover
      batch.weight += sample.weight
    }
    return batch
  }

  package func input(of batch: Batch) -> [Float] { batch.input }

  /// Binary cross-entropy over the face's cells, in nats a cell.
  package func loss(
    of outputs: [[Float]], _ batch: Batch
  ) -> (values: [Float], gradients: [[Float]]) {
    let (answers, cells) = (outputs[0], OcclusionNetwork.cells * OcclusionNetwork.cells)
    let count = answers.count / cells
    var slopes = [Float](repeating: 0, count: answers.count)
    let values = (0..<count).map { sample -> Float in
      let range = sample * cells..<(sample + 1) * cells
      let whole = max(1, batch.weight[range].reduce(0, +))
      var sum: Float = 0
      for index in range {
        let (odds, truth) = (answers[index], batch.cover[index])
        let share = batch.weight[index] / whole
        slopes[index] = share * (1 / (1 + exp(-odds)) - truth) / Float(count)
        // log(1 + eˣ) − truth · x, without overflow.
        let softplus = max(0, odds) + log1p(exp(-abs(odds)))
        sum += share * (softplus - truth * odds)
      }
      return sum
    }
    return (values, [slopes])
  }
}
