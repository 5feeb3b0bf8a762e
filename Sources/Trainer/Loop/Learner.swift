import Networks

/// What computes the steps of a run, wherever its weights are.
///
/// The run's weights and optimiser in main memory are the learner's own on a processor, and copies
/// elsewhere: `load` takes them over, `fetch` brings them up to date.
protocol Learner: AnyObject {
  /// Forward, losses and backward of a batch; adds `share` of its gradients to those of the step.
  ///
  /// - Returns: The loss of each face of the batch.
  func learn(
    _ source: TrainingBatch, _ target: TrainingBatch, share: Float
  ) throws -> (source: [Float], target: [Float])

  /// The loss of each face; leaves no gradient.
  func losses(
    of source: TrainingBatch, _ target: TrainingBatch
  ) throws -> (source: [Float], target: [Float])

  /// Ends a step: moves the weights against its gradients with `factor` of the learning rate.
  func update(factor: Float) throws

  /// Takes over weights and optimiser from main memory.
  func load() throws

  /// Brings weights and optimiser in main memory up to date.
  func fetch() throws

  /// Brings the weights alone, a third of it all: enough to look at the model.
  func fetchWeights() throws
}
