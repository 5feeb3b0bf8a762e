extension TrainingRun {
  /// One step: its batches, then the update.
  ///
  /// - Parameter batch: Makes the batch of that number, counted from 0 within the step.
  /// - Throws: `diverged` when a loss is no finite number; the weights have not moved then.
  package func learn(
    _ batch: (Int) throws -> (source: TrainingBatch, target: TrainingBatch)
  ) throws -> (source: TrainingReport.Side, target: TrainingReport.Side) {
    var (source, target) = (TrainingReport.Side(), TrainingReport.Side())
    for number in 0..<configuration.accumulation {
      let faces = try batch(number)
      try check(faces.source, faces.target)
      let losses = try learner.learn(
        faces.source, faces.target, share: 1 / Float(configuration.accumulation))
      source.add(losses.source, of: faces.source.faces)
      target.add(losses.target, of: faces.target.faces)
    }
    (source, target) = try team.gathered(source, target)
    guard source.loss.isFinite, target.loss.isFinite else {
      throw TrainerError(
        code: .diverged, subject: "step \(step + 1)",
        reason: "the loss is \(source.loss) and \(target.loss); lower the learning rate")
    }
    try learner.update(factor: rateFactor(step: step))
    return (source, target)
  }

  /// What of the full learning rate a step is taken with, counted from 0.
  func rateFactor(step: Int) -> Float { rateShare * configuration.schedule.factor(step: step) }

  /// The mean losses over some batches; nil where there are none.
  func loss(
    over batches: [(source: TrainingBatch, target: TrainingBatch)]
  ) throws -> HeldOutLoss? {
    guard !batches.isEmpty else { return nil }
    var (source, target) = (TrainingReport.Side(), TrainingReport.Side())
    for batch in batches {
      try check(batch.source, batch.target)
      let losses = try learner.losses(of: batch.source, batch.target)
      source.add(losses.source, of: batch.source.faces)
      target.add(losses.target, of: batch.target.faces)
    }
    return HeldOutLoss(source: source.loss, target: target.loss)
  }

  private func check(_ source: TrainingBatch, _ target: TrainingBatch) throws {
    for batch in [source, target]
    where batch.count != configuration.batchSize || batch.resolution != architecture.resolution {
      throw TrainerError(
        code: .badShape, subject: "step \(step + 1)",
        reason: "a batch of \(batch.count) faces of \(batch.resolution) px, not "
          + "\(configuration.batchSize) of \(architecture.resolution) px")
    }
  }
}
