public import ArgumentParser
import Networks
import Trainer

/// How `train` learns; what is not typed stays as it is.
struct LearningOptions: ParsableArguments {
  @Option(help: "adam or adabelief.")
  var optimizer: Optimizer.Rule?

  @Option(help: "Size of the steps. (default: 5e-5, for light 5e-4)")
  var learningRate: Float?

  @Option(help: "Steps in which the learning rate rises from nothing.")
  var warmUp: Int?

  @Option(help: "The step by which the learning rate has gone down, in half a cosine.")
  var decay: Int?

  @Option(
    help: """
      The step until which faces are bent before they are shown. Unbent for the last third, they make \
      answers sharper.
      """)
  var warpUntil: Int?

  @Option(help: "Greatest length of the gradient; 0 for no limit.")
  var clip: Float?

  @Option(help: "Share of the weights that move in a step, above 0, up to 1.")
  var moving: Float?

  @Option(help: "Batches to a step, for batches larger than memory.")
  var accumulate: Int?

  func validate() throws {
    guard learningRate ?? 1 > 0, warmUp ?? 0 >= 0, decay ?? 1 > 0, warpUntil ?? 0 >= 0,
      clip ?? 0 >= 0, accumulate ?? 1 > 0, moving ?? 1 > 0, moving ?? 1 <= 1
    else {
      throw ValidationError(
        "rates and batches are above 0, steps and limits not below; --moving is at most 1")
    }
  }

  func apply(to configuration: inout TrainingConfiguration) {
    if let optimizer { configuration.optimizer.rule = optimizer }
    if let learningRate { configuration.optimizer.learningRate = learningRate }
    if let warmUp { configuration.schedule.warmUp = warmUp }
    if let decay { configuration.schedule.decay = decay }
    if let warpUntil { configuration.warpEnd = warpUntil }
    if let clip { configuration.optimizer.clip = clip }
    if let moving { configuration.optimizer.keptShare = moving }
    if let accumulate { configuration.accumulation = accumulate }
  }
}

extension Optimizer.Rule: ExpressibleByArgument {}
