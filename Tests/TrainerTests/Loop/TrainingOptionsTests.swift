import FaceCore
import Foundation
import Networks
import Synchronization
import Testing
import Trainer

private func weights(_ folder: URL, step: String, _ prefix: String) throws -> [String: [Float]] {
  let network = try small(steps: 1).architecture().trainingNetwork
  let parameters = Parameters(network.parameters)
  try Safetensors.read(
    folder.appending(path: "checkpoints/\(step)/weights.safetensors").path, into: parameters)
  let names = network.parameters.map(\.name).filter { $0.hasPrefix(prefix) }
  return Dictionary(uniqueKeysWithValues: names.map { ($0, parameters[$0]) })
}

@Test func aRunThatDivergesGoesBackAndOnMoreSlowly() throws {
  let folder = try TemporaryFolder()
  let run = try TrainingRun(
    folder: folder.url, configuration: small(steps: 12), manifest: "m", engine: CPUEngine())
  let isFirst = Mutex(true)
  var (steps, notes): ([Int], [String]) = ([], [])
  try run.train(
    batches: { step in
      var (source, target) = batches(step)
      let breaks =
        step == 7
        && isFirst.withLock { first in
          defer { first = false }
          return first
        }
      if breaks { target.target[5] = .nan }
      return (source, target)
    },
    report: { steps.append($0.step) }, note: { notes.append($0) })
  #expect(steps == Array(1...7) + Array(6...12))
  #expect(notes.count == 1)
  #expect(notes[0].contains("step 8") && notes[0].contains("back to step 5 with 50 %"))
  let history = try String(contentsOf: folder.file("history.jsonl"), encoding: .utf8)
  #expect(history.split(separator: "\n").count == 12)
  let state = try String(
    contentsOf: folder.file("checkpoints/000012/state.json"), encoding: .utf8)
  #expect(state.replacing(" ", with: "").contains("\"rateShare\":0.5"))
}

/// Two batches of two faces teach what one of four does.
@Test func aStepMayTakeSeveralBatches() throws {
  func losses(batchSize: Int, accumulation: Int) throws -> [Float] {
    let folder = try TemporaryFolder()
    var configuration = small(steps: 4)
    (configuration.batchSize, configuration.accumulation) = (batchSize, accumulation)
    let run = try TrainingRun(
      folder: folder.url, configuration: configuration, manifest: "m", engine: CPUEngine())
    var losses: [Float] = []
    try run.train(
      batches: { number in
        func side(_ place: Int) -> TrainingBatch {
          let halves = (0..<batchSize / 2).map {
            noise(
              count: 2, resolution: 16, seed: UInt64(2 * (number * (batchSize / 2) + $0) + place))
          }
          return TrainingBatch(
            count: batchSize, resolution: 16, input: halves.flatMap(\.input),
            target: halves.flatMap(\.target), mask: halves.flatMap(\.mask),
            faces: Array(0..<batchSize))
        }
        return (side(0), side(1))
      },
      report: {
        #expect($0.source.faces.count == 4)
        losses += [$0.source.loss, $0.target.loss]
      })
    return losses
  }
  let (whole, parts) = try (
    losses(batchSize: 4, accumulation: 1), losses(batchSize: 2, accumulation: 2)
  )
  #expect(whole.count == 8)
  #expect(zip(whole, parts).allSatisfy { abs($0 - $1) < 1e-4 * abs($0) })
}

@Test func facesThatAreHeldOutAreLookedAtAndNotLearned() throws {
  func weights(heldOut: Bool, warpEnd: Int? = nil) throws -> (Data, [HeldOutLoss?]) {
    let folder = try TemporaryFolder()
    var configuration = small(steps: 6)
    configuration.previewInterval = 3
    configuration.warpEnd = warpEnd
    let run = try TrainingRun(
      folder: folder.url, configuration: configuration, manifest: "m", engine: CPUEngine())
    var losses: [HeldOutLoss?] = []
    // What is seen is not what is asked for.
    let unseen = (100...101).map { step in
      var (source, target) = batches(step)
      (source.input, target.input) = (source.input.reversed(), target.input.reversed())
      return (source: source, target: target)
    }
    try run.train(
      batches: batches, heldOut: heldOut ? unseen : [],
      report: { losses.append($0.heldOut) })
    let lines = try String(contentsOf: folder.file("history.jsonl"), encoding: .utf8)
    #expect(lines.components(separatedBy: "heldOutSource").count == (heldOut ? 3 : 1))
    let file = folder.file("checkpoints/000006/weights.safetensors")
    return (try Data(contentsOf: file), losses)
  }
  let (with, losses) = try weights(heldOut: true)
  let (without, none) = try weights(heldOut: false)
  #expect(with == without)
  #expect(none.allSatisfy { $0 == nil })
  #expect(losses.map { $0 != nil } == [false, false, true, false, false, true])
  #expect(losses[2]?.source != losses[5]?.source)
  // Unbent from the step on from which those that are learned are.
  let (same, unbent) = try weights(heldOut: true, warpEnd: 3)
  #expect(same == with, "the batches that are learned are given")
  #expect(unbent[2] == losses[2] && unbent[5] != losses[5])
}

@Test func twoTrainingsDoNotShareAFolder() throws {
  let folder = try TemporaryFolder()
  let first = try TrainingRun(
    folder: folder.url, configuration: small(steps: 3), manifest: "m", engine: CPUEngine())
  var codes: [TrainerError.Code] = []
  try first.train(
    batches: batches,
    report: { _ in
      let second = try TrainingRun(
        folder: folder.url, configuration: small(steps: 3), manifest: "m", engine: CPUEngine())
      do {
        try second.train(batches: batches)
      } catch let error as TrainerError {
        codes.append(error.code)
      }
    })
  #expect(codes == [.busy, .busy, .busy])
  // It ends with the training.
  try train(folder.url, steps: 4)
}

/// A run of one step that changes next to nothing of what it begins with: five steps of the `old` one.
private func begin(_ new: TemporaryFolder, with old: TemporaryFolder, decoders: Bool) throws {
  try train(old.url, steps: 5)
  var configuration = small(steps: 1)
  configuration.seed = 77
  configuration.optimizer.learningRate = 1e-12
  let run = try TrainingRun(
    folder: new.url, configuration: configuration, manifest: "n", engine: CPUEngine(),
    startingFrom: .init(folder: old.url, withDecoders: decoders))
  try run.train(batches: batches)
}

@Test func aNewRunMayBeginWithTheEncoderOfAnother() throws {
  let (old, new) = try (TemporaryFolder(), TemporaryFolder())
  try begin(new, with: old, decoders: false)
  let (before, after) = try (
    weights(old.url, step: "000005", "encoder."), weights(new.url, step: "000001", "encoder.")
  )
  for (name, values) in before {
    let now = try #require(after[name])
    #expect(zip(values, now).allSatisfy { abs($0 - $1) < 1e-6 })
  }
  #expect(
    try weights(old.url, step: "000005", "decoder.source")
      != weights(new.url, step: "000001", "decoder.source"))
}

@Test func aNewRunMayBeginWithAllWeightsOfAnother() throws {
  let (old, new) = try (TemporaryFolder(), TemporaryFolder())
  try begin(new, with: old, decoders: true)
  for part in ["encoder.", "decoder."] {
    let before = try weights(old.url, step: "000005", part)
    let after = try weights(new.url, step: "000001", part)
    #expect(!before.isEmpty)
    for (name, values) in before {
      let now = try #require(after[name])
      #expect(zip(values, now).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }
}

/// A damaged checkpoint is passed over, and takes no place of a whole one.
@Test func theCheckpointJustWrittenIsKept() throws {
  let folder = try TemporaryFolder()
  try train(folder.url, steps: 2)
  let checkpoints = folder.url.appending(path: "checkpoints")
  for step in ["000007", "000008", "000009", "000010"] {
    try FileManager.default.createDirectory(
      at: checkpoints.appending(path: step), withIntermediateDirectories: true)
  }
  try train(folder.url, steps: 4)
  let left = try FileManager.default.contentsOfDirectory(atPath: checkpoints.path).sorted()
  #expect(left.contains("000004") && !left.contains("000010"), "\(left)")
}

@Test func anEncoderOfAnotherShapeIsRefusedByName() throws {
  let (old, new) = try (TemporaryFolder(), TemporaryFolder())
  try train(old.url, steps: 5)
  var configuration = small(steps: 1)
  configuration.resolution = 32
  let error = #expect(throws: NetworksError.self) {
    try TrainingRun(
      folder: new.url, configuration: configuration, manifest: "n", engine: CPUEngine(),
      startingFrom: .init(folder: old.url))
  }
  #expect(error?.description.contains("encoder.") == true)
}

@Test func settingsStoredBeforeThereWasAChoiceAreRead() throws {
  let encoder = JSONEncoder()
  let now = try encoder.encode(small(steps: 3))
  var object = try #require(try JSONSerialization.jsonObject(with: now) as? [String: Any])
  object["schedule"] = nil
  object["accumulation"] = nil
  object["widths"] = nil
  object["detailWeight"] = nil
  object["discriminatorWeight"] = nil
  object["discriminatorStart"] = nil
  var optimizer = try #require(object["optimizer"] as? [String: Any])
  for key in ["rule", "clip", "keptShare"] { optimizer[key] = nil }
  object["optimizer"] = optimizer
  let before = try JSONSerialization.data(withJSONObject: object)
  #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: before) == small(steps: 3))
}
