// Steps of training on random faces, as many as each line of the input says; prints the seconds they took.
// Usage: training-bench MODEL [RESOLUTION] [THREADS] [avx512|avx2|generic]
import Foundation
import Networks
import Trainer

func tell(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

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

let arguments = CommandLine.arguments
guard arguments.count > 1, let model = TrainingConfiguration.Model(rawValue: arguments[1]) else {
  print("usage: training-bench MODEL [RESOLUTION] [THREADS] [avx512|avx2|generic]")
  exit(64)
}
let configuration = TrainingConfiguration(
  model: model, resolution: arguments.count > 2 ? Int(arguments[2]) ?? 64 : 64)
let engine = try CPUEngine(
  threads: arguments.count > 3 ? Int(arguments[3]) : nil,
  instructions: arguments.count > 4 ? CPUEngine.Instructions(rawValue: arguments[4]) : nil)
let folder = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)")
let run = try TrainingRun(
  folder: folder, configuration: configuration, manifest: "bench", engine: engine)
let (source, target) = (batch(configuration, seed: 1), batch(configuration, seed: 2))
tell(
  "\(model) \(configuration.resolution) px, \(configuration.batchSize) faces a side, "
    + "\(engine.threads) threads, \(engine.instructions), OpenBLAS \(engine.library.core)")
while let line = readLine(), let steps = Int(line) {
  let start = ContinuousClock.now
  for _ in 0..<steps { _ = try run.learn { _ in (source, target) } }
  tell("\((ContinuousClock.now - start) / .seconds(1))")
}
