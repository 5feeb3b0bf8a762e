package import Networks

/// Lets a discriminator learn on the CPU engine, and learns from it what is wrong with answers.
///
/// It sees the inside of the face only: what is around counts little and would give answers away. Only the
/// source's answers are judged: the swap shows no others, and each face costs several passes.
package final class Adversary {
  package let discriminator: Discriminator
  /// Judges answers.
  private let judging: Executable
  /// Judges true faces, then answers, to learn.
  private let learning: Executable
  /// The sum over the batches of a step; nil where a step has one.
  private let gradientSum: Parameters?
  private var hasGradients = false
  private let threads: Int

  package init(
    _ discriminator: Discriminator, configuration: TrainingConfiguration, engine: CPUEngine
  ) throws {
    self.discriminator = discriminator
    threads = engine.threads
    let (network, parameters) = (discriminator.network, discriminator.parameters)
    judging = try engine.compile(
      network, batch: configuration.batchSize, for: .training, parameters: parameters,
      wantsInputGradient: true)
    learning = try engine.compile(
      network, batch: 2 * configuration.batchSize, for: .training, parameters: parameters)
    gradientSum = configuration.accumulation > 1 ? Parameters(network.parameters) : nil
  }

  private var gradients: Parameters {
    guard let own = learning.gradients else { preconditionFailure("compiled for training") }
    return own
  }

  /// Learns from a batch of answers, and tells the slope of their loss.
  ///
  /// That loss is `weight` times how surely answers are known as such, the mean over the faces and the sum
  /// over both outputs.
  ///
  /// - Parameter share: Of this batch in the step.
  package func learn(
    _ answers: [Float], _ batch: TrainingBatch, weight: Float, share: Float
  ) -> [Float] {
    let answers = inside(answers, batch)
    let judged = judging.forward(answers)
    judging.backward(
      judged.map { oddsLoss($0, isTrue: true, count: batch.count, scale: weight).gradient })
    let slopes = inside(judging.inputGradient(), batch)

    let odds = learning.forward(inside(batch.target, batch) + answers)
    // The mean over true faces and answers, so that each face counts half.
    learning.backward(
      odds.map { logits in
        let half = logits.count / 2
        return [(true, logits[..<half]), (false, logits[half...])].flatMap { isTrue, part in
          oddsLoss(Array(part), isTrue: isTrue, count: batch.count, scale: 0.5).gradient
        }
      })
    if !hasGradients { gradientSum?.clear() }
    gradientSum?.add(gradients, times: share, threads: threads)
    hasGradients = true
    return slopes
  }

  /// Planes times the mask.
  private func inside(_ planes: [Float], _ batch: TrainingBatch) -> [Float] {
    let area = batch.resolution * batch.resolution
    var result = planes
    for face in 0..<batch.count {
      for plane in 0..<3 {
        let start = (3 * face + plane) * area
        for pixel in 0..<area { result[start + pixel] *= min(1, batch.mask[face * area + pixel]) }
      }
    }
    return result
  }

  /// Ends a step; nothing moves where it saw no batch.
  package func update(factor: Float) {
    guard hasGradients else { return }
    discriminator.optimizer.update(
      discriminator.parameters, gradients: gradientSum ?? gradients, factor: factor,
      threads: threads)
    hasGradients = false
  }

  /// Forgets the batches of a step that will not end.
  func forget() { hasGradients = false }
}
