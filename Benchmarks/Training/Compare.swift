import Foundation
import Networks
import Trainer

/// Random faces.
func batch(_ configuration: TrainingConfiguration, seed: UInt64) -> TrainingBatch {
  let (count, side) = (configuration.batchSize, configuration.resolution)
  var state = seed
  func numbers(_ channels: Int) -> [Float] {
    (0..<count * channels * side * side).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24)
    }
  }
  return TrainingBatch(
    count: count, resolution: side, input: numbers(3), target: numbers(3), mask: numbers(1),
    faces: Array(0..<count))
}

/// Tells how far PyTorch's losses and gradients of one step, on the device there is, are from those of PyTorch
/// on the processor, and the losses of a few steps after.
func compare(_ configuration: TrainingConfiguration, halfPrecision: Bool) throws {
  let network = try configuration.architecture().trainingNetwork
  let parameters = Parameters(network.parameters)
  parameters.initializeForComparison(seed: 5)
  let sides = [batch(configuration, seed: 1), batch(configuration, seed: 2)].map {
    TorchExecutable.Faces(input: $0.input, target: $0.target, mask: $0.mask)
  }
  func step(_ settings: TorchEngine.Settings) throws -> (
    name: String, first: [Float], gradients: [Float], later: [Float]
  ) {
    let engine = try TorchEngine(settings: settings)
    let executable = try engine.compile(network, parameters: parameters)
    func learn() throws -> [Float] {
      let losses = try executable.learn(
        sides[0], sides[1], batch: configuration.batchSize, losses: configuration.torchLosses,
        share: 1)
      return losses.source + losses.target
    }
    let first = try learn()
    let gradients = try executable.gradients()
    let all = network.parameters.flatMap { gradients[$0.name] }
    let optimizer = Optimizer(parameters, settings: .init(learningRate: 1e-4, clip: 1))
    var later: [Float] = []
    for _ in 0..<6 {
      try executable.update(optimizer, factor: 1)
      later = try learn()
    }
    return ("PyTorch \(engine.version) on \(engine.device)", first, all, later)
  }
  func relative(_ values: [Float], to expected: [Float]) -> Double {
    let error = zip(values, expected).reduce(0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return (error / expected.reduce(0) { $0 + Double($1) * Double($1) }).squareRoot()
  }
  let own = try step(.init(halfPrecision: halfPrecision))
  let expected = try step(.init(device: "cpu"))
  tell(
    "\(configuration.model) \(configuration.resolution) px, \(own.name)\(halfPrecision ? ", bfloat16" : "") "
      + "against the processor's 32 bits: losses \(relative(own.first, to: expected.first)), "
      + "gradients \(relative(own.gradients, to: expected.gradients)), "
      + "losses six steps later \(relative(own.later, to: expected.later))")
}
