import Align
package import Networks

/// Telling people apart.
package struct EmbeddingLesson: Lesson {
  package struct Batch: Sendable {
    package var input: [Float]
    package var people: [Int]
  }

  package let name = "embedding"
  package let samples: EmbeddingSamples
  /// Pictures of each person in a batch.
  package let picturesEach: Int
  private let loss = EmbeddingLoss()

  package init(samples: EmbeddingSamples, picturesEach: Int = 4) {
    (self.samples, self.picturesEach) = (samples, picturesEach)
  }

  package var network: Network { EmbeddingNetwork.network }

  /// `size / picturesEach` people of one source.
  package func batch(step: Int, size: Int) -> Batch {
    precondition(size % picturesEach == 0, "as many pictures of each person")
    var batch = Batch(input: [], people: [])
    for sample in samples.samples(step, people: size / picturesEach, picturesEach: picturesEach) {
      batch.input += EmbeddingNetwork.input(of: sample.square.picture)
      batch.people.append(sample.person)
    }
    return batch
  }

  package func input(of batch: Batch) -> [Float] { batch.input }

  package func loss(
    of outputs: [[Float]], _ batch: Batch
  ) -> (values: [Float], gradients: [[Float]]) {
    let (values, slopes) = loss.loss(of: outputs[0], people: batch.people)
    return (values, [slopes])
  }
}
