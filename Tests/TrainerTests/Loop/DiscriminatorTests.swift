import FaceCore
import Foundation
import Networks
import Testing
import Trainer

@Test(arguments: [
  (64, [2, 2], 7), (96, [2, 1, 2], 11), (128, [2, 2, 2], 15), (256, [2, 2, 2, 2], 31),
  (512, [2, 2, 2, 2, 2], 63),
])
func aPatchIsAboutAnEighthOfTheFace(resolution: Int, strides: [Int], patch: Int) {
  #expect(DiscriminatorModel.strides(patch: resolution / 8, resolution: resolution) == strides)
  #expect(DiscriminatorModel.patch(strides) == patch)
}

@Test(arguments: Array(stride(from: 16, through: 512, by: 16)))
func aDiscriminatorJudgesPatchesAndPixels(resolution: Int) {
  let network = DiscriminatorModel.network(resolution: resolution)
  let strides = DiscriminatorModel.strides(patch: resolution / 8, resolution: resolution)
  #expect(abs(DiscriminatorModel.patch(strides) - resolution / 8) <= max(1, resolution / 32))
  let side = resolution / strides.reduce(1, *)
  #expect(network.outputs.map(\.name) == ["patches", "pixels"])
  #expect(network.outputs[0].tensor.shape == Shape(1, side, side))
  #expect(network.outputs[1].tensor.shape == Shape(1, resolution, resolution))
  #expect(network.parameters.allSatisfy { $0.name.hasPrefix("discriminator.") })
}

/// Half as sure is log 2, whichever way; three to one on the truth is log 4/3, on the lie log 4.
@Test func theLossOfTheOddsIsTheirCrossEntropy() {
  let (even, three) = (log(2.0), Float(log(3.0)))
  for isTrue in [true, false] {
    let loss = oddsLoss([0, 0, 0, 0], isTrue: isTrue, count: 2, scale: 3)
    #expect(loss.values.allSatisfy { abs(Double($0) - 3 * even) < 1e-6 })
    #expect(loss.gradient.allSatisfy { abs($0 - (isTrue ? -0.375 : 0.375)) < 1e-6 })
  }
  let told = oddsLoss([three, -three], isTrue: true, count: 2, scale: 1).values
  #expect(abs(Double(told[0]) - log(4.0 / 3)) < 1e-6 && abs(Double(told[1]) - log(4.0)) < 1e-6)
  let sure = oddsLoss([500, -500], isTrue: true, count: 1, scale: 1)
  #expect(sure.values == [250] && sure.gradient == [0, -0.5])
}

@Test(arguments: [true, false])
func theGradientOfTheOddsIsItsSlope(isTrue: Bool) {
  let logits: [Float] = [-3, -0.4, 0.2, 1.5, 4, 0]
  let loss = oddsLoss(logits, isTrue: isTrue, count: 2, scale: 5)
  for index in logits.indices {
    func mean(_ move: Float) -> Float {
      var moved = logits
      moved[index] += move
      return oddsLoss(moved, isTrue: isTrue, count: 2, scale: 5).mean
    }
    let slope = (mean(0.01) - mean(-0.01)) / 0.02
    #expect(abs(slope - loss.gradient[index]) < 1e-3)
  }
}

/// A discriminator of 32 px with weights of its own, and two faces of each kind.
private struct Judged {
  let engine: CPUEngine
  let discriminator: Discriminator
  let adversary: Adversary
  let batch = noise(count: 2, resolution: 32, seed: 1)
  let answers = noise(count: 2, resolution: 32, seed: 2).target

  init(learningRate: Float = 1e-3, threads: Int = 2) throws {
    engine = try CPUEngine(threads: threads)
    var configuration = TrainingConfiguration(model: .light, resolution: 32, batchSize: 2)
    configuration.optimizer.learningRate = learningRate
    discriminator = Discriminator(resolution: 32, settings: configuration.optimizer)
    discriminator.begin(seed: 4)
    adversary = try Adversary(discriminator, configuration: configuration, engine: engine)
  }

  /// What it says of the inside of some faces.
  func logits(_ faces: [Float]) throws -> [[Float]] {
    let area = 32 * 32
    let inside = faces.indices.map { faces[$0] * batch.mask[$0 / (3 * area) * area + $0 % area] }
    return try engine.compile(
      discriminator.network, batch: 2, for: .inference, parameters: discriminator.parameters
    ).forward(inside)
  }
}

@Test func whatIsWrongWithAnswersIsTheSlopeOfTheOdds() throws {
  let judged = try Judged()
  let slopes = judged.adversary.learn(judged.answers, judged.batch, weight: 0.3, share: 1)
  #expect(slopes.count == judged.answers.count)
  func loss(_ answers: [Float]) throws -> Double {
    try judged.logits(answers).reduce(0) {
      $0 + Double(oddsLoss($1, isTrue: true, count: 2, scale: 0.3).mean)
    }
  }
  for seed in UInt64(10)..<14 {
    var generator = SeededGenerator(seed: seed)
    let direction = slopes.map { ($0 > 0 ? 1 : -1) * Float.random(in: 0...1, using: &generator) }
    let expected = zip(slopes, direction).reduce(0.0) { $0 + Double($1.0 * $1.1) }
    func moved(_ step: Float) -> [Float] {
      zip(judged.answers, direction).map { $0 + step * $1 }
    }
    let slope = try (loss(moved(1e-3)) - loss(moved(-1e-3))) / 2e-3
    #expect(abs(slope - expected) < 0.02 * abs(expected), "\(slope) is not \(expected)")
  }
  // Around the face nothing is seen.
  let area = 32 * 32
  for index in slopes.indices where judged.batch.mask[index / (3 * area) * area + index % area] == 0
  {
    #expect(slopes[index] == 0)
  }
}

@Test func aDiscriminatorLearnsToTellFacesFromAnswers() throws {
  let judged = try Judged()
  for _ in 0..<40 {
    _ = judged.adversary.learn(judged.answers, judged.batch, weight: 1, share: 1)
    judged.adversary.update(factor: 1)
  }
  #expect(judged.discriminator.optimizer.step == 40)
  let (trues, answers) = try (judged.logits(judged.batch.target), judged.logits(judged.answers))
  for (odds, others) in zip(trues, answers) {
    let (mean, other) = (odds.reduce(0, +), others.reduce(0, +))
    #expect(mean > 0 && other < 0, "\(mean) and \(other)")
  }
  // Without a batch there is nothing to learn.
  judged.adversary.update(factor: 1)
  #expect(judged.discriminator.optimizer.step == 40)
}

private func adversarial(steps: Int, weight: Float = 0.5, from start: Int = 3)
  -> TrainingConfiguration
{
  var configuration = small(steps: steps)
  (configuration.discriminatorWeight, configuration.discriminatorStart) = (weight, start)
  return configuration
}

/// The files of a checkpoint but for its state.
private func files(_ folder: TemporaryFolder, step: String) throws -> [String: Data] {
  let checkpoint = folder.file("checkpoints/\(step)")
  let names = try FileManager.default.contentsOfDirectory(atPath: checkpoint.path)
  return Dictionary(
    uniqueKeysWithValues: try names.filter { $0 != "state.json" }.map {
      ($0, try Data(contentsOf: checkpoint.appending(path: $0)))
    })
}

@discardableResult
private func train(
  _ folder: TemporaryFolder, _ configuration: TrainingConfiguration, threads: Int = 2,
  batches: @escaping TrainingRun.Batches = batches
) throws -> [Float] {
  let run = try TrainingRun(
    folder: folder.url, configuration: configuration, manifest: "m",
    engine: CPUEngine(threads: threads))
  var losses: [Float] = []
  try run.train(batches: batches, report: { losses += [$0.source.loss, $0.target.loss] })
  return losses
}

private let own = ["weights.safetensors", "optimizer.safetensors"]
private let all = own + own.map { "discriminator-" + $0 }

@Test func stoppingAndResumingADiscriminatorChangesNothing() throws {
  let (straight, resumed) = try (TemporaryFolder(), TemporaryFolder())
  let losses = try train(straight, adversarial(steps: 10))
  // Once before it begins and once while it learns.
  let parts = try [2, 7, 10].map { try train(resumed, adversarial(steps: $0), threads: $0 % 3 + 1) }
  #expect(parts.flatMap(\.self) == losses)
  let (one, other) = try (files(straight, step: "000010"), files(resumed, step: "000010"))
  #expect(one.keys.sorted() == all.sorted())
  #expect(one == other)
}

@Test func aDiscriminatorThatIsOffOrHasNotBegunChangesNothing() throws {
  let (off, later, on) = try (TemporaryFolder(), TemporaryFolder(), TemporaryFolder())
  try train(off, small(steps: 5))
  try train(later, adversarial(steps: 5, from: 5))
  try train(on, adversarial(steps: 5, from: 4))
  let without = try files(off, step: "000005")
  #expect(without.keys.sorted() == own.sorted())
  let waiting = try files(later, step: "000005")
  #expect(waiting.keys.sorted() == all.sorted())
  for name in own { #expect(without[name] == waiting[name]) }
  #expect(try files(on, step: "000005")[own[0]] != without[own[0]])
}

@Test func aDiscriminatorMayBeTurnedOnAndOffWhenResuming() throws {
  let (turned, planned) = try (TemporaryFolder(), TemporaryFolder())
  try train(turned, small(steps: 5))
  try train(turned, adversarial(steps: 10, from: 0))
  try train(planned, adversarial(steps: 10, from: 5))
  #expect(try files(turned, step: "000010") == files(planned, step: "000010"))
  try train(turned, small(steps: 12))
  #expect(try files(turned, step: "000012").keys.sorted() == own.sorted())
}

@Test func goingBackTakesTheDiscriminatorAlong() throws {
  let (broken, straight) = try (TemporaryFolder(), TemporaryFolder())
  let isFirst = AtomicFlag()
  try train(broken, adversarial(steps: 9)) { step in
    var (source, target) = batches(step)
    if step == 7, isFirst.take() { target.target[5] = .nan }
    return (source, target)
  }
  // What it should come to: from step 5 on with half the rate.
  try train(straight, adversarial(steps: 5))
  let state = straight.file("checkpoints/000005/state.json")
  let text = try String(contentsOf: state, encoding: .utf8)
  let halved = text.replacing(/"rateShare" *: *1/, with: "\"rateShare\" : 0.5")
  try #require(halved != text)
  try halved.write(to: state, atomically: true, encoding: .utf8)
  try train(straight, adversarial(steps: 9))
  #expect(try files(broken, step: "000009") == files(straight, step: "000009"))
}

/// True once.
private final class AtomicFlag: Sendable {
  private let lock = NSLock()
  nonisolated(unsafe) private var isTaken = false

  func take() -> Bool {
    lock.withLock {
      defer { isTaken = true }
      return !isTaken
    }
  }
}

@Test(arguments: all.suffix(2))
func aDamagedDiscriminatorIsPassedOver(file: String) throws {
  let folder = try TemporaryFolder()
  let losses = try train(folder, adversarial(steps: 10))
  let url = folder.file("checkpoints/000010/\(file)")
  var data = try Data(contentsOf: url)
  data[data.count / 2] ^= 0x40
  try data.write(to: url)
  let run = try TrainingRun(
    folder: folder.url, configuration: adversarial(steps: 10), manifest: "m", engine: CPUEngine())
  #expect(run.skipped == ["checkpoint 000010/\(file): is damaged; going on from 000005"])
  var again: [Float] = []
  try run.train(batches: batches, report: { again += [$0.source.loss, $0.target.loss] })
  #expect(again == Array(losses.suffix(10)))
}

@Test func aStepOfSeveralBatchesTeachesTheDiscriminatorOnce() throws {
  let folder = try TemporaryFolder()
  var configuration = adversarial(steps: 4, from: 1)
  configuration.accumulation = 2
  try train(folder, configuration)
  let state = try String(
    contentsOf: folder.file("checkpoints/000004/state.json"), encoding: .utf8)
  #expect(state.replacing(" ", with: "").contains("\"discriminatorStep\":3"))
}

@Test func aDiscriminatorOfNoSenseIsRefused() throws {
  for (weight, start) in [(Float(-1), 0), (.nan, 0), (.infinity, 0), (1, -1)] {
    let folder = try TemporaryFolder()
    let configuration = adversarial(steps: 1, weight: weight, from: start)
    #expect(throws: TrainerError.self) { try train(folder, configuration) }
  }
}
