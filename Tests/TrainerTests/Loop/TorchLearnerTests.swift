import Foundation
import Networks
import TestSupport
import Testing
import Trainer

private func relative(_ values: [Float], to expected: [Float]) -> Double {
  let error = zip(values, expected).reduce(0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
  return (error / expected.reduce(0) { $0 + Double($1) * Double($1) }).squareRoot()
}

@Suite(
  .enabled(if: TorchPlugin.built.isThere, "no PyTorch engine here: make engine TORCH=…"),
  .serialized)
struct TorchLearnerTests {
  private let engine: TorchEngine

  init() throws { engine = try TorchPlugin.built.open() }

  /// The same weights, the same batch: the same losses, and the same gradient of every array.
  @Test(arguments: TrainingConfiguration.Model.allCases, TorchPlugin.all)
  func everyModelHasTheLossesAndGradientsOfTheCPUEngine(
    model: TrainingConfiguration.Model, plugin: TorchPlugin
  ) throws {
    let engine = try plugin.open()
    let configuration = TrainingConfiguration(model: model, resolution: 64, batchSize: 2)
    let architecture = try configuration.architecture()
    let network = architecture.trainingNetwork
    let parameters = Parameters(network.parameters)
    parameters.initializeForComparison(seed: 5)
    let sides = [
      noise(count: 2, resolution: 64, seed: 1), noise(count: 2, resolution: 64, seed: 2),
    ]

    let ours = try CPUEngine().compile(
      network, batch: 2, for: .training, parameters: parameters)
    let answers = ours.forward(sides[0].input + sides[1].input)
    let perSide = answers.count / 2
    var (values, gradients): ([[Float]], [[Float]]) = ([], [])
    for (place, side) in sides.enumerated() {
      let loss = configuration.losses.loss(
        of: answers[place * perSide], against: side, outsideWeight: configuration.outsideWeight,
        threads: 2)
      gradients.append(loss.gradient)
      values.append(loss.values)
      if perSide == 2 {
        let mask = maskLoss(
          answers[place * perSide + 1], side, scale: configuration.maskWeight)
        gradients.append(mask.gradient)
        values[place] = zip(values[place], mask.values).map { $0 + $1 }
      }
    }
    ours.backward(gradients)

    let theirs = try engine.compile(network, parameters: parameters)
    let faces = sides.map {
      TorchExecutable.Faces(input: $0.input, target: $0.target, mask: $0.mask)
    }
    let found = try theirs.learn(
      faces[0], faces[1], batch: 2, losses: configuration.torchLosses, share: 1)
    #expect(relative(found.source, to: values[0]) < 5e-6)
    #expect(relative(found.target, to: values[1]) < 5e-6)
    let (slopes, expected) = (try theirs.gradients(), try #require(ours.gradients))
    var (all, others): ([Float], [Float]) = ([], [])
    for parameter in network.parameters {
      let (own, other) = (slopes[parameter.name], expected[parameter.name])
      #expect(relative(own, to: other) < 5e-5, "\(parameter.name)")
      all += own
      others += other
    }
    let error = relative(all, to: others)
    #expect(error < 1e-5 && error > 0, "two engines are not one")
  }

  private func losses(
    _ folder: TemporaryFolder, steps: Int, with torch: TorchEngine?
  ) throws -> [Float] {
    let run = try TrainingRun(
      folder: folder.url, configuration: small(steps: steps), manifest: "m", engine: CPUEngine(),
      torch: torch)
    var losses: [Float] = []
    try run.train(batches: batches, report: { losses += [$0.source.loss, $0.target.loss] })
    return losses
  }

  @Test func aRunHasTheLossesOfTheCPUEngine() throws {
    let theirs = try losses(TemporaryFolder(), steps: 4, with: engine)
    let ours = try losses(TemporaryFolder(), steps: 4, with: nil)
    #expect(theirs.count == 8)
    #expect(zip(theirs, ours).allSatisfy { abs($0 - $1) < 1e-3 * $1 })
    #expect(theirs != ours)
  }

  @Test func aResumedRunGoesOnAsIfNothingHadHappened() throws {
    let whole = try losses(TemporaryFolder(), steps: 12, with: engine)
    let folder = try TemporaryFolder()
    let first = try losses(folder, steps: 7, with: engine)
    let second = try losses(folder, steps: 12, with: engine)
    #expect(first + second == whole)
  }

  @Test func aRunMayGoOnWithTheOtherEngine() throws {
    let folder = try TemporaryFolder()
    let first = try losses(folder, steps: 2, with: nil)
    let second = try losses(folder, steps: 4, with: engine)
    let ours = try losses(TemporaryFolder(), steps: 4, with: nil)
    #expect(zip(first + second, ours).allSatisfy { abs($0 - $1) < 1e-3 * $1 })
  }

  /// Faces and masks, of more faces than go through at once.
  @Test(arguments: TorchPlugin.all)
  func aModelAnswersAsOnTheCPUEngine(plugin: TorchPlugin) throws {
    let folder = try TemporaryFolder()
    var configuration = TrainingConfiguration(model: .dfUD, resolution: 64, batchSize: 2)
    configuration.widths = Architecture.Widths(code: 32, encoder: 8, decoder: 8, mask: 4)
    configuration.iterationLimit = 1
    let run = try TrainingRun(
      folder: folder.url, configuration: configuration, manifest: "m", engine: CPUEngine())
    try run.train(batches: { step in
      (
        noise(count: 2, resolution: 64, seed: UInt64(2 * step)),
        noise(count: 2, resolution: 64, seed: UInt64(2 * step + 1))
      )
    })
    let faces = noise(count: 9, resolution: 64, seed: 9).input
    func answers(_ torch: TorchEngine?) throws -> (faces: [Float], masks: [Float]?) {
      try SwapModel(folder: folder.url, engine: CPUEngine(), torch: torch)
        .swapWithMasks(faces, count: 9)
    }
    let (ours, theirs) = (try answers(nil), try answers(plugin.open()))
    #expect(theirs.faces.count == ours.faces.count && theirs.faces != ours.faces)
    #expect(relative(theirs.faces, to: ours.faces) < 5e-6)
    #expect(relative(try #require(theirs.masks), to: try #require(ours.masks)) < 5e-6)
  }
}
