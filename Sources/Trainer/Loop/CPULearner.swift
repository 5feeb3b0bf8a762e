import Networks

/// Computes the steps of a run with the CPU engine.
final class CPULearner: Learner {
  private let architecture: Architecture
  private let configuration: TrainingConfiguration
  private let optimizer: Optimizer
  private let executable: Executable
  /// The sum over the batches of a step; nil where a step has one.
  private let gradientSum: Parameters?
  /// Whether the step has gradients already.
  private var hasGradients = false
  private let threads: Int
  /// Nil without a discriminator.
  private let adversary: Adversary?

  init(
    _ architecture: Architecture, configuration: TrainingConfiguration, parameters: Parameters,
    optimizer: Optimizer, discriminator: Discriminator?, engine: CPUEngine
  ) throws {
    adversary = try discriminator.map {
      try Adversary($0, configuration: configuration, engine: engine)
    }
    (self.architecture, self.configuration) = (architecture, configuration)
    (self.optimizer, threads) = (optimizer, engine.threads)
    let network = architecture.trainingNetwork
    executable = try engine.compile(
      network, batch: configuration.batchSize, for: .training, parameters: parameters)
    gradientSum = configuration.accumulation > 1 ? Parameters(network.parameters) : nil
  }

  private var gradients: Parameters {
    guard let own = executable.gradients else { preconditionFailure("compiled for training") }
    return own
  }

  func learn(
    _ source: TrainingBatch, _ target: TrainingBatch, share: Float
  ) throws -> (source: [Float], target: [Float]) {
    var losses = try lossesAndGradients(of: source, target)
    if let adversary, optimizer.step >= configuration.discriminatorStart {
      // The first output is the source's face.
      let slopes = adversary.learn(
        losses.answer, source, weight: configuration.discriminatorWeight, share: share)
      for place in slopes.indices { losses.gradients[0][place] += slopes[place] }
    }
    executable.backward(losses.gradients)
    if !hasGradients { gradientSum?.clear() }
    gradientSum?.add(gradients, times: share, threads: threads)
    hasGradients = true
    return (losses.source, losses.target)
  }

  func losses(
    of source: TrainingBatch, _ target: TrainingBatch
  ) throws -> (source: [Float], target: [Float]) {
    let losses = try lossesAndGradients(of: source, target)
    return (losses.source, losses.target)
  }

  func update(factor: Float) {
    optimizer.update(
      executable.parameters, gradients: gradientSum ?? gradients, factor: factor, threads: threads)
    hasGradients = false
    adversary?.update(factor: factor)
  }

  func load() {
    hasGradients = false
    adversary?.forget()
  }
  func fetch() {}
  func fetchWeights() {}

  /// `gradients` are those of the network's outputs, `answer` is the source's face.
  private func lossesAndGradients(
    of source: TrainingBatch, _ target: TrainingBatch
  ) throws -> (source: [Float], target: [Float], gradients: [[Float]], answer: [Float]) {
    // [2 · batch, 3, resolution, resolution], sources first.
    let answers = executable.forward(source.input + target.input)
    let perSide = answers.count / 2
    var (losses, gradients): ([[Float]], [[Float]]) = ([], [])
    for (side, batch) in [source, target].enumerated() {
      let answer = answers[side * perSide..<(side + 1) * perSide]
      let loss = configuration.losses.loss(
        of: answer[answer.startIndex], against: batch, outsideWeight: configuration.outsideWeight,
        threads: threads)
      var values = loss.values
      gradients.append(loss.gradient)
      if architecture.hasMask, let seen = answer.last {
        let mask = maskLoss(seen, batch, scale: configuration.maskWeight)
        gradients.append(mask.gradient)
        values = zip(values, mask.values).map { $0 + $1 }
      }
      losses.append(values)
    }
    return (losses[0], losses[1], gradients, answers[0])
  }
}
