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

  /// The mean of answers, number by number.
  static func mean(of answers: [Float]) -> [Float] {
    var sum = [Float](repeating: 0, count: EmbeddingNetwork.count)
    for (index, value) in answers.enumerated() { sum[index % sum.count] += value }
    let share = Float(sum.count) / Float(answers.count)
    return sum.map { $0 * share }
  }

  /// Takes the mean answer to the last source's people out of the last bias: training saw cosines about the
  /// mean of a batch, and those who use the network take them about 0.
  package func finish(_ parameters: Parameters) throws {
    let executable = try CPUEngine(threads: 1).compile(
      network, batch: 1, for: .inference, parameters: parameters)
    let answers = samples.plainSquares(picturesEach: 8).flatMap {
      executable.forward(EmbeddingNetwork.input(of: $0))[0]
    }
    let name = "embedding.head.2.bias"
    parameters[name] = zip(parameters[name], Self.mean(of: answers)).map { $0 - $1 }
  }

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
