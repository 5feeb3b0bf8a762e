import Align
package import Networks

/// Placing landmarks.
package struct LandmarkLesson: Lesson {
  package struct Batch: Sendable {
    package var input: [Float]
    package var samples: [LandmarkSamples.Sample]
  }

  package let name = "landmarks"
  package let samples: LandmarkSamples
  private let loss = LandmarkLoss()

  package init(samples: LandmarkSamples) { self.samples = samples }

  package var network: Network { LandmarkNetwork.network }

  package func batch(step: Int, size: Int) -> Batch {
    var batch = Batch(input: [], samples: [])
    for index in 0..<size {
      let sample = samples.sample(step * size + index)
      batch.input += pixelBlocks(of: sample.square.picture, block: LandmarkNetwork.block)
      batch.samples.append(sample)
    }
    return batch
  }

  package func input(of batch: Batch) -> [Float] { batch.input }

  package func loss(
    of outputs: [[Float]], _ batch: Batch
  ) -> (values: [Float], gradients: [[Float]]) {
    let (answers, count) = (outputs[0], LandmarkNetwork.count)
    var slopes = [Float](repeating: 0, count: answers.count)
    let factor = 1 / Float(batch.samples.count)
    let values = batch.samples.enumerated().map { index, sample in
      loss.loss(
        of: answers[index * count..<(index + 1) * count], sample, slopes: &slopes, factor: factor)
    }
    return (values, [slopes])
  }
}
