import FaceCore
import Foundation
import Networks
import Testing
import Trainer

/// A folder of its own that goes with its owner.
final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    // A leftover does no harm.
    try? FileManager.default.removeItem(at: url)
  }

  func file(_ path: String) -> URL { url.appending(path: path) }
}

/// Small enough to write often.
func small(steps: Int) -> TrainingConfiguration {
  var configuration = TrainingConfiguration(model: .light, resolution: 16, batchSize: 2, seed: 3)
  configuration.iterationLimit = steps
  configuration.checkpointInterval = 5
  return configuration
}

/// Noise that depends on the step alone.
@Sendable func batches(_ step: Int) -> (source: TrainingBatch, target: TrainingBatch) {
  (
    noise(count: 2, resolution: 16, seed: UInt64(2 * step)),
    noise(count: 2, resolution: 16, seed: UInt64(2 * step + 1))
  )
}

/// Trains up to `steps` in the folder and returns the losses of this session.
@discardableResult
func train(
  _ folder: URL, steps: Int, threads: Int = 2, manifest: String = "m"
) throws -> (losses: [Float], skipped: [String]) {
  let run = try TrainingRun(
    folder: folder, configuration: small(steps: steps), manifest: manifest,
    engine: CPUEngine(threads: threads))
  var losses: [Float] = []
  try run.train(batches: batches, report: { losses += [$0.source.loss, $0.target.loss] })
  #expect(run.step == steps)
  return (losses, run.skipped)
}

private func weights(_ folder: TemporaryFolder, step: String) throws -> Data {
  try Data(contentsOf: folder.file("checkpoints/\(step)/weights.safetensors"))
}

private func history(_ folder: TemporaryFolder) throws -> [(step: Int, source: Float)] {
  try String(contentsOf: folder.file("history.jsonl"), encoding: .utf8)
    .split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return (
        try #require(object?["step"] as? Int),
        Float(truncating: try #require(object?["source"] as? NSNumber))
      )
    }
}

@Test func stoppingAndResumingChangesNothing() throws {
  let (straight, resumed) = try (TemporaryFolder(), TemporaryFolder())
  let all = try train(straight.url, steps: 20, threads: 2).losses
  let first = try train(resumed.url, steps: 10, threads: 1).losses
  let second = try train(resumed.url, steps: 20, threads: 2).losses
  #expect(first + second == all)
  #expect(try weights(straight, step: "000020") == weights(resumed, step: "000020"))
  let (one, other) = try (history(straight), history(resumed))
  #expect(one.map(\.step) == Array(1...20) && other.map(\.step) == Array(1...20))
  #expect(one.map(\.source) == other.map(\.source))
}

@Test func onlyTheLatestCheckpointsAreKept() throws {
  let folder = try TemporaryFolder()
  try train(folder.url, steps: 20)
  let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("checkpoints").path)
  #expect(names.sorted() == ["000010", "000015", "000020"])
}

enum Damage: CaseIterable { case missing, cutOff, altered }

@Test(arguments: ["weights.safetensors", "optimizer.safetensors", "state.json"], Damage.allCases)
func aDamagedCheckpointIsPassedOverInWords(file: String, damage: Damage) throws {
  let folder = try TemporaryFolder()
  let expected = try train(folder.url, steps: 10).losses
  let url = folder.file("checkpoints/000010/\(file)")
  var data = try Data(contentsOf: url)
  try FileManager.default.removeItem(at: url)
  switch damage {
  case .missing: break
  case .cutOff: try data.prefix(data.count - 3).write(to: url)
  case .altered:
    data[data.count / 2] ^= 0x40
    // In the middle of the state a bit may change its meaning but not its form.
    if file == "state.json" { data[0] = UInt8(ascii: "x") }
    try data.write(to: url)
  }
  let (losses, skipped) = try train(folder.url, steps: 10)
  #expect(losses == Array(expected.suffix(10)))
  let line = try #require(skipped.first)
  #expect(skipped.count == 1 && line.contains("000010/\(file)"))
  #expect(line.hasSuffix("going on from 000005"))
}

@Test func withoutAWholeCheckpointTheRunDoesNotBeginAnew() throws {
  let folder = try TemporaryFolder()
  try train(folder.url, steps: 4)
  try FileManager.default.removeItem(at: folder.file("checkpoints/000004/optimizer.safetensors"))
  let error = #expect(throws: TrainerError.self) { try train(folder.url, steps: 6) }
  #expect(
    error?.description
      == "checkpoint 000004/optimizer.safetensors: No such file or directory")
}

@Test func whatAnInterruptedCheckpointLeftIsRemoved() throws {
  let folder = try TemporaryFolder()
  let expected = try train(folder.url, steps: 8).losses
  let leftover = folder.file("checkpoints/.partial-000010")
  try FileManager.default.createDirectory(at: leftover, withIntermediateDirectories: true)
  try Data("half".utf8).write(to: leftover.appending(path: "weights.safetensors"))
  try FileManager.default.removeItem(at: folder.file("checkpoints/000008"))
  let losses = try train(folder.url, steps: 8).losses
  #expect(losses == Array(expected.suffix(6)))
  #expect(!FileManager.default.fileExists(atPath: leftover.path))
}

@Test func theHistoryGoesBackToTheCheckpoint() throws {
  let folder = try TemporaryFolder()
  try train(folder.url, steps: 5)
  let url = folder.file("history.jsonl")
  let whole = try Data(contentsOf: url)
  let later = #"{"rate":1,"source":9,"step":6,"target":9,"wait":0}"# + "\n" + #"{"rate":1,"so"#
  try (whole + Data(later.utf8)).write(to: url)
  try train(folder.url, steps: 7)
  let lines = try history(folder)
  #expect(lines.map(\.step) == Array(1...7))
  #expect(lines[5].source < 9)
  #expect(try Data(contentsOf: url).starts(with: whole))
}

@Test func aRunGoesOnOnlyAsItBegan() throws {
  let folder = try TemporaryFolder()
  try train(folder.url, steps: 2)
  let engine = try CPUEngine()
  #expect(throws: TrainerError.self) { try train(folder.url, steps: 4, manifest: "other") }
  var changed = small(steps: 4)
  changed.batchSize = 3
  let error = #expect(throws: TrainerError.self) {
    try TrainingRun(folder: folder.url, configuration: changed, manifest: "m", engine: engine)
  }
  #expect(error?.reason.contains("batch size is 3, the run began with 2") == true)
}

@Test func aLossThatIsNoNumberStopsTheRunAndNamesTheStep() throws {
  let folder = try TemporaryFolder()
  let run = try TrainingRun(
    folder: folder.url, configuration: small(steps: 9), manifest: "m", engine: CPUEngine())
  let error = #expect(throws: TrainerError.self) {
    try run.train(batches: { step in
      var (source, target) = batches(step)
      if step == 6 { target.target[5] = .nan }
      return (source, target)
    })
  }
  #expect(error?.code == .diverged && error?.subject == "step 7")
  let kept = try FileManager.default.contentsOfDirectory(atPath: folder.file("checkpoints").path)
  #expect(kept == ["000005"])
}

@Test func whoeverStopsARunFindsItsCheckpoint() throws {
  let folder = try TemporaryFolder()
  let run = try TrainingRun(
    folder: folder.url, configuration: small(steps: 100), manifest: "m", engine: CPUEngine())
  let end = try run.train(batches: batches, shouldStop: { run.step == 3 })
  #expect(end == .stopped && run.step == 3)
  #expect(
    FileManager.default.fileExists(atPath: folder.file("checkpoints/000003/state.json").path))
}

@Test func aTimeLimitEndsARun() throws {
  let folder = try TemporaryFolder()
  var configuration = small(steps: 1)
  (configuration.iterationLimit, configuration.timeLimit) = (nil, 0.3)
  let run = try TrainingRun(
    folder: folder.url, configuration: configuration, manifest: "m", engine: CPUEngine())
  var left: [Double] = []
  let end = try run.train(batches: batches, report: { left.append($0.secondsLeft ?? .infinity) })
  #expect(end == .timeLimit && run.step > 0)
  #expect(left.allSatisfy { $0 <= 0.3 })
}

@Test func whatBatchesThrowEndsTheRun() throws {
  struct Broken: Error {}
  let folder = try TemporaryFolder()
  let run = try TrainingRun(
    folder: folder.url, configuration: small(steps: 9), manifest: "m", engine: CPUEngine())
  #expect(throws: Broken.self) {
    try run.train(batches: { step in
      if step == 4 { throw Broken() }
      return batches(step)
    })
  }
  #expect(run.step == 4)
}

@Test func previewsSeeTheModelAtTheirStep() throws {
  let folder = try TemporaryFolder()
  var configuration = small(steps: 6)
  configuration.previewInterval = 2
  let run = try TrainingRun(
    folder: folder.url, configuration: configuration, manifest: "m", engine: CPUEngine())
  let face = noise(count: 1, resolution: 16, seed: 9).input
  var seen: [(step: Int, answer: [Float], model: SwapModel)] = []
  try run.train(
    batches: batches,
    preview: { step, model in seen.append((step, try model.swap(face, count: 1), model)) })
  #expect(seen.map(\.step) == [2, 4, 6] && seen.map(\.model.step) == [2, 4, 6])
  #expect(seen[0].answer != seen[1].answer)
  // A preview's model stays as it was.
  #expect(try seen[0].model.swap(face, count: 1) == seen[0].answer)
}
