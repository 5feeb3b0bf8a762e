import ArgumentParser
import Foundation
import Networks

/// What computes the answers and slopes of a model.
struct EngineOptions: ParsableArguments {
  enum Kind: String, ExpressibleByArgument, CaseIterable { case cpu, torch }
  enum Precision: String, ExpressibleByArgument, CaseIterable { case float32, bfloat16 }

  @Option(help: "cpu: our own. torch: PyTorch, which `make engine` connects; GPUs, many processes.")
  var engine = Kind.cpu

  @Option(help: "With torch: cpu, cuda, cuda:1. (default: the first GPU, if there is one)")
  var device: String?

  @Option(help: "With torch: bfloat16 computes products faster; weights stay float32.")
  var precision = Precision.float32

  func validate() throws {
    if engine == .cpu, device != nil || precision != .float32 {
      throw ValidationError("--device and --precision are for --engine torch")
    }
  }

  /// PyTorch and, where the environment says so, the processes this one trains with.
  struct Torch {
    let engine: TorchEngine
    let group: TorchGroup?

    /// Such as "PyTorch 2.15.0 on cuda:0, process 1 of 4".
    var description: String {
      let place = group.map { ", process \($0.place.rank) of \($0.place.size)" } ?? ""
      return "PyTorch \(engine.version) on \(engine.device)\(place)"
    }
  }

  /// Where this process stands among others; nil for one that is alone.
  ///
  /// Throws when there are others and the engine knows no company.
  func place() throws -> TorchGroup.Place? {
    let place = try TorchGroup.Place(environment: ProcessInfo.processInfo.environment)
    guard let place, engine == .cpu else { return place }
    throw CommandError(
      "process \(place.rank) of \(place.size): several processes need --engine torch")
  }

  /// Opens PyTorch and waits for the other processes; nil when the engine is our own.
  func open(_ place: TorchGroup.Place?) throws -> Torch? {
    guard engine == .torch else { return nil }
    let opened = try TorchEngine(
      settings: TorchEngine.Settings(
        device: device, gpu: place?.localRank, halfPrecision: precision == .bfloat16))
    // Writing to a process that is gone is to be an error, as reading from it is.
    if place != nil { signal(SIGPIPE, SIG_IGN) }
    return Torch(
      engine: opened, group: try place.map { try TorchGroup($0, engine: opened) })
  }
}
