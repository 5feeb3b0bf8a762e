// Steps of training on random faces, as many as each line of the input says; prints the seconds they took.
import Foundation
import Networks
import Trainer

func tell(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

let usage = """
  usage: training-bench MODEL [RESOLUTION] [THREADS] [avx512|avx2|generic|torch|torch-half] [BATCH]
         training-bench compare MODEL [RESOLUTION] [torch|torch-half] [BATCH]
  """
let arguments = Array(CommandLine.arguments.dropFirst())

func number(_ place: Int) -> Int? { arguments.count > place ? Int(arguments[place]) : nil }
func model(_ place: Int) -> TrainingConfiguration.Model {
  guard arguments.count > place,
    let model = TrainingConfiguration.Model(rawValue: arguments[place])
  else {
    print(usage)
    exit(64)
  }
  return model
}

if arguments.first == "compare" {
  let configuration = TrainingConfiguration(
    model: model(1), resolution: number(2), batchSize: number(4) ?? 4)
  try compare(configuration, halfPrecision: arguments.contains("torch-half"))
  exit(0)
}

let configuration = TrainingConfiguration(
  model: model(0), resolution: number(1) ?? 64, batchSize: number(4))
let kind = arguments.count > 3 ? arguments[3] : ""
let threads = number(2).flatMap { $0 > 0 ? $0 : nil }
let engine = try CPUEngine(
  threads: threads, instructions: CPUEngine.Instructions(rawValue: kind))
let torch =
  kind.hasPrefix("torch")
  ? try TorchEngine(settings: .init(halfPrecision: kind == "torch-half", threads: threads))
  : nil
let folder = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)")
let run = try TrainingRun(
  folder: folder, configuration: configuration, manifest: "bench", engine: engine, torch: torch)
let (source, target) = (batch(configuration, seed: 1), batch(configuration, seed: 2))
let place =
  torch.map { "PyTorch \($0.version) on \($0.device)\(kind == "torch-half" ? ", bfloat16" : "")" }
  ?? "\(engine.threads) threads, \(engine.instructions), OpenBLAS \(engine.library.core)"
// Back costs twice as much as forth.
let operations =
  3
  * Double(
    try configuration.architecture().trainingNetwork.operations(batch: configuration.batchSize))
tell(
  "\(configuration.model) \(configuration.resolution) px, \(configuration.batchSize) faces a side, "
    + "\(operations / 1e12) TFLOP a step, \(place)")
while let line = readLine(), let steps = Int(line) {
  // A GPU goes on after a step has returned: from the end of one to that of another are whole steps.
  _ = try run.learn { _ in (source, target) }
  let start = ContinuousClock.now
  var loss = Float(0)
  for _ in 0..<steps { loss = try run.learn { _ in (source, target) }.source.loss }
  tell("\((ContinuousClock.now - start) / .seconds(1)) \(loss)")
}
