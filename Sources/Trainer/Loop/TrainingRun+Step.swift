import Networks

extension TrainingRun {
  /// One step: forward, losses and backward for each of its batches, then the update.
  ///
  /// - Parameter batch: Makes the batch of that number, counted from 0 within the step.
  package func learn(
    _ batch: (Int) throws -> (source: TrainingBatch, target: TrainingBatch)
  ) throws -> (source: TrainingReport.Side, target: TrainingReport.Side) {
    guard let own = executable.gradients else { preconditionFailure("compiled for training") }
    gradientSum?.clear()
    var (source, target) = (TrainingReport.Side(), TrainingReport.Side())
    for number in 0..<configuration.accumulation {
      let faces = try batch(number)
      let losses = try goThrough(faces.source, faces.target)
      source.add(losses.source, of: faces.source.faces)
      target.add(losses.target, of: faces.target.faces)
      gradientSum?.add(
        own, times: 1 / Float(configuration.accumulation), threads: engine.threads)
    }
    optimizer.update(
      executable.parameters, gradients: gradientSum ?? own,
      factor: rateShare * configuration.schedule.factor(step: step), threads: engine.threads)
    return (source, target)
  }

  /// The mean losses over some batches; nil where there are none.
  func loss(
    over batches: [(source: TrainingBatch, target: TrainingBatch)]
  ) throws -> HeldOutLoss? {
    guard !batches.isEmpty else { return nil }
    let losses = try batches.map { try self.losses(of: $0.source, $0.target) }
    let count = Float(batches.count)
    return HeldOutLoss(
      source: losses.reduce(0) { $0 + $1.source.mean } / count,
      target: losses.reduce(0) { $0 + $1.target.mean } / count)
  }

  /// Leaves the gradients of a batch.
  private func goThrough(
    _ source: TrainingBatch, _ target: TrainingBatch
  ) throws -> (source: Loss, target: Loss) {
    let losses = try self.losses(of: source, target)
    guard losses.source.mean.isFinite, losses.target.mean.isFinite else {
      throw TrainerError(
        code: .diverged, subject: "step \(step + 1)",
        reason: "the loss is \(losses.source.mean) and \(losses.target.mean); "
          + "lower the learning rate")
    }
    executable.backward(losses.gradients)
    return (losses.source, losses.target)
  }

  /// `gradients` are those of the network's outputs.
  private func losses(
    of source: TrainingBatch, _ target: TrainingBatch
  ) throws -> (source: Loss, target: Loss, gradients: [[Float]]) {
    for batch in [source, target] {
      guard batch.count == configuration.batchSize, batch.resolution == architecture.resolution
      else {
        throw TrainerError(
          code: .badShape, subject: "step \(step + 1)",
          reason: "a batch of \(batch.count) faces of \(batch.resolution) px, not "
            + "\(configuration.batchSize) of \(architecture.resolution) px")
      }
    }
    // [2 · batch, 3, resolution, resolution], sources first.
    let answers = executable.forward(source.input + target.input)
    let perSide = answers.count / 2
    var (losses, gradients): ([Loss], [[Float]]) = ([], [])
    for (side, batch) in [source, target].enumerated() {
      let answer = answers[side * perSide..<(side + 1) * perSide]
      var loss = try configuration.losses.loss(
        of: answer[answer.startIndex], against: batch, outsideWeight: configuration.outsideWeight,
        threads: engine.threads)
      gradients.append(loss.gradient)
      if architecture.hasMask, let seen = answer.last {
        let mask = maskLoss(seen, batch, scale: configuration.maskWeight)
        gradients.append(mask.gradient)
        loss.values = zip(loss.values, mask.values).map { $0 + $1 }
      }
      losses.append(loss)
    }
    return (losses[0], losses[1], gradients)
  }
}
