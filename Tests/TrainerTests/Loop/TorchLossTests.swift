import Foundation
import Networks
import TestSupport
import Testing
import Trainer

@Suite(.enabled(if: TorchPlugin.built.isThere, "no PyTorch engine here: make engine TORCH=…"))
struct TorchLossTests {
  /// Every loss at one and at two scales, masks, stacked and normalised codes.
  @Test(
    arguments: [
      (TrainingConfiguration.Model.dfUD, 64), (.liaeUD, 64), (.light, 144), (.light, 256),
    ], TorchPlugin.all)
  func stepsHaveTheLossesOfTheCPUEngine(
    shape: (model: TrainingConfiguration.Model, resolution: Int), plugin: TorchPlugin
  ) throws {
    let (model, resolution) = shape
    var configuration = TrainingConfiguration(
      model: model, resolution: resolution, batchSize: 2, seed: 8, learningRate: 1e-4)
    configuration.widths = Architecture.Widths(code: 32, encoder: 8, decoder: 8, mask: 4)
    configuration.losses.setWeight(20, of: .color)
    func losses(_ torch: TorchEngine?) throws -> [Float] {
      let folder = try TemporaryFolder()
      let run = try TrainingRun(
        folder: folder.url, configuration: configuration, manifest: "m", engine: CPUEngine(),
        torch: torch)
      return try (0..<3).flatMap { step in
        let batch = { (seed: Int) in
          noise(count: 2, resolution: resolution, seed: UInt64(2 * step + seed))
        }
        let (source, target) = try run.learn { _ in (batch(0), batch(1)) }
        return source.losses + target.losses
      }
    }
    let (ours, theirs) = try (losses(nil), losses(plugin.open()))
    #expect(ours.count == 12)
    // Adam's first steps have the sign of a slope, be it as small as rounding.
    for (place, (one, other)) in zip(ours, theirs).enumerated() {
      #expect(abs(one - other) < (place < 4 ? 2e-6 : 1e-3) * one)
    }
  }

  /// With products in bfloat16 losses fall as they do in 32-bit floats.
  @Test(arguments: TorchPlugin.all)
  func stepsInHalfPrecisionLearnTheSame(plugin: TorchPlugin) throws {
    var configuration = TrainingConfiguration(
      model: .dfU, resolution: 64, batchSize: 2, seed: 8, learningRate: 2e-3)
    configuration.widths = Architecture.Widths(code: 32, encoder: 8, decoder: 8, mask: 4)
    let sides = [1, 2].map { noise(count: 2, resolution: 64, seed: $0) }.map {
      TorchExecutable.Faces(input: $0.input, target: $0.target, mask: $0.mask)
    }
    let network = try configuration.architecture().trainingNetwork
    func losses(halfPrecision: Bool) throws -> [Float] {
      let parameters = Parameters(network.parameters)
      parameters.initialize(seed: 5)
      let executable = try plugin.open(halfPrecision: halfPrecision)
        .compile(network, parameters: parameters)
      let optimizer = Optimizer(parameters, settings: configuration.optimizer)
      try executable.load(parameters, optimizer)
      return try (0..<8).map { _ in
        let made = try executable.learn(
          sides[0], sides[1], batch: 2, losses: configuration.torchLosses, share: 1)
        try executable.update(optimizer, factor: 1)
        return (made.source + made.target).reduce(0, +)
      }
    }
    let (half, full) = (try losses(halfPrecision: true), try losses(halfPrecision: false))
    #expect(half != full && abs(half[0] - full[0]) < 0.01 * full[0], "\(half) \(full)")
    // Adam makes more of rounding with each step, on some processors 3 % by the eighth.
    #expect(zip(half, full).allSatisfy { abs($0 - $1) < 0.05 * $1 }, "\(half) \(full)")
    #expect(max(half[7] / half[0], full[7] / full[0]) < 0.95, "nothing is learned")
  }

  @Test func aDiscriminatorNeedsTheCPUEngine() throws {
    let torch = try TorchPlugin.built.open()
    var configuration = small(steps: 1)
    configuration.discriminatorWeight = 0.1
    let folder = try TemporaryFolder()
    let error = #expect(throws: TrainerError.self) {
      try TrainingRun(
        folder: folder.url, configuration: configuration, manifest: "m", engine: CPUEngine(),
        torch: torch)
    }
    #expect(error?.subject == "discriminator")
  }
}
