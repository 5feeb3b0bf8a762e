import Foundation
import Networks

extension TrainingRun {
  /// Takes over the encoder's weights from the latest checkpoint of another model.
  static func readEncoder(of other: URL, into parameters: Parameters) throws {
    guard let (checkpoint, _) = try Checkpoint.latest(in: other.appending(path: "checkpoints"))
    else {
      throw TrainerError(
        code: .badFile, subject: other.lastPathComponent, reason: "has no checkpoint yet")
    }
    let encoder = Parameters(parameters.entries.filter { $0.name.hasPrefix("encoder.") })
    try Safetensors.read(
      checkpoint.folder.appending(path: Checkpoint.weightsName).path, into: encoder)
    for entry in encoder.entries { parameters[entry.name] = encoder[entry.name] }
  }

  static func check(
    _ state: Checkpoint.State, against configuration: TrainingConfiguration, manifest: String
  ) throws {
    let difference =
      configuration.difference(from: state.configuration)
      ?? (state.manifest == manifest
        ? nil : "the manifest is \(manifest), the run began with \(state.manifest)")
    if let difference {
      throw TrainerError(
        code: .badFile, subject: "checkpoint \(Checkpoint.name(step: state.step))",
        reason: "is of another run: \(difference)")
    }
  }
}
