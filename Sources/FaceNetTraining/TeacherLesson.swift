import Align
package import Networks

/// Saying of a face what a teacher says.
package struct TeacherLesson: Lesson {
  package struct Batch: Sendable {
    package var input: [Float]
    /// What to answer, `EmbeddingNetwork.count` numbers a sample.
    package var targets: [Float]
  }

  package let name = "embedding"
  package let samples: TaughtSamples
  private let loss: TeacherLoss
  private typealias Tower = EmbeddingNetwork.Tower

  package init(samples: TaughtSamples) {
    self.samples = samples
    loss = TeacherLoss(teachings: samples.teachings)
  }

  package var network: Network { EmbeddingNetwork.network([.taught]) }

  /// Where the file has the tower of people alone, that tower's convolutions: who tells people apart knows
  /// what to look at, but its answers have nothing to do with the teacher's.
  package func begin(_ parameters: Parameters, with path: String) throws {
    let known = try Safetensors.read(path).parameters
    guard EmbeddingNetwork.towers(of: known) == [.people] else {
      try Safetensors.read(path, into: parameters)
      return
    }
    let others = Parameters(EmbeddingNetwork.network.parameters)
    try Safetensors.read(path, into: others)
    for entry in others.entries {
      let name = Tower.taught.rawValue + entry.name.dropFirst(Tower.people.rawValue.count)
      let isAnswer = entry.name.hasPrefix("\(Tower.people.rawValue).head.2.")
      parameters[name] = isAnswer ? others[entry.name].map { _ in 0 } : others[entry.name]
    }
  }

  package func batch(step: Int, size: Int) -> Batch {
    var batch = Batch(input: [], targets: [])
    for sample in samples.samples(step, count: size) {
      batch.input += EmbeddingNetwork.input(of: sample.square.picture)
      batch.targets += loss.target(of: sample.teaching)
    }
    return batch
  }

  package func input(of batch: Batch) -> [Float] { batch.input }

  package func loss(
    of outputs: [[Float]], _ batch: Batch
  ) -> (values: [Float], gradients: [[Float]]) {
    let (values, slopes) = loss.loss(of: outputs[0], targets: batch.targets)
    return (values, [slopes])
  }
}
