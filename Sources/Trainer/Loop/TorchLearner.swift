package import Networks

/// Computes the steps of a run with PyTorch's library, alone or as one of several processes.
final class TorchLearner: Learner {
  private let configuration: TrainingConfiguration
  private let parameters: Parameters
  private let optimizer: Optimizer
  private let executable: TorchExecutable
  private let group: TorchGroup?
  private let losses: TorchExecutable.Losses

  init(
    _ architecture: Architecture, configuration: TrainingConfiguration, parameters: Parameters,
    optimizer: Optimizer, engine: TorchEngine, group: TorchGroup?
  ) throws {
    (self.configuration, self.parameters) = (configuration, parameters)
    (self.optimizer, self.group) = (optimizer, group)
    executable = try engine.compile(architecture.trainingNetwork, parameters: parameters)
    losses = configuration.torchLosses
  }

  func learn(
    _ source: TrainingBatch, _ target: TrainingBatch, share: Float
  ) throws -> (source: [Float], target: [Float]) {
    guard let losses = try losses(of: source, target, count: source.count, share: share) else {
      throw TrainerError(
        code: .noMemory, subject: "the device", reason: try advice(for: source, target))
    }
    return losses
  }

  /// Of the first `count` faces of each side; nil when there is no room for them.
  private func losses(
    of source: TrainingBatch, _ target: TrainingBatch, count: Int, share: Float
  ) throws -> (source: [Float], target: [Float])? {
    do throws(NetworksError) {
      return try executable.learn(
        source.planes(count), target.planes(count), batch: count, losses: losses, share: share)
    } catch {
      guard error.code == .outOfMemory else { throw error }
      return nil
    }
  }

  func losses(
    of source: TrainingBatch, _ target: TrainingBatch
  ) throws -> (source: [Float], target: [Float]) {
    try learn(source, target, share: 0)
  }

  func update(factor: Float) throws {
    try executable.update(optimizer, factor: factor, group: group)
  }

  func load() throws {
    try executable.load(parameters, optimizer)
    if let group { try group.spread(executable) }
  }

  func fetch() throws { try executable.fetch(parameters, optimizer) }
  func fetchWeights() throws { try executable.fetch(parameters) }

  /// Which batch has room, found by trying.
  private func advice(for source: TrainingBatch, _ target: TrainingBatch) throws -> String {
    let wanted = source.count
    let reason = "has no room for \(wanted) faces of each side at \(source.resolution) px"
    var count = wanted / 2
    while count > 0 {
      if try losses(of: source, target, count: count, share: 1) != nil {
        let batches = (wanted + count - 1) / count * configuration.accumulation
        return "\(reason); --batch-size \(count) --accumulate \(batches) fits, in a run of its own"
      }
      count /= 2
    }
    return "\(reason), nor for one; take a smaller --resolution or model"
  }
}

extension TrainingConfiguration {
  /// The losses as the plugin computes them.
  package var torchLosses: TorchExecutable.Losses {
    TorchExecutable.Losses(
      terms: losses.map { term in
        switch term.kind {
        case .absolute: (.absolute, term.weight)
        case .dissimilarity: (.dissimilarity, term.weight)
        case .color: (.color, term.weight)
        }
      },
      windows: dissimilarityWindows(resolution: resolution), outsideWeight: outsideWeight,
      maskWeight: maskWeight)
  }
}

extension TrainingBatch {
  /// Its first faces.
  fileprivate func planes(_ count: Int) -> TorchExecutable.Faces {
    // All of them are lent, not copied.
    if count == self.count {
      return TorchExecutable.Faces(input: input, target: target, mask: mask)
    }
    let area = count * resolution * resolution
    return TorchExecutable.Faces(
      input: Array(input.prefix(3 * area)), target: Array(target.prefix(3 * area)),
      mask: Array(mask.prefix(area)))
  }
}
