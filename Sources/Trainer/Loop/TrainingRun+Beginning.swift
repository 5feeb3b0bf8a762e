public import Foundation
import Networks

extension TrainingRun {
  /// Another model, whose weights a new run begins with.
  public struct Start: Sendable {
    public var folder: URL
    /// Whether its decoders are taken, too, and all that lies between them and the encoder.
    public var withDecoders: Bool

    public init(folder: URL, withDecoders: Bool = false) {
      (self.folder, self.withDecoders) = (folder, withDecoders)
    }

    /// Takes them over from its latest checkpoint.
    func read(into parameters: Parameters) throws {
      guard let (checkpoint, _) = try Checkpoint.latest(in: folder.appending(path: "checkpoints"))
      else {
        throw TrainerError(
          code: .badFile, subject: folder.lastPathComponent, reason: "has no checkpoint yet")
      }
      let taken = Parameters(
        parameters.entries.filter { withDecoders || $0.name.hasPrefix("encoder.") })
      try Safetensors.read(
        checkpoint.folder.appending(path: Checkpoint.weightsName).path, into: taken)
      for entry in taken.entries { parameters[entry.name] = taken[entry.name] }
    }
  }

  static func check(
    _ state: Checkpoint.State, of runName: String, against configuration: TrainingConfiguration,
    manifest: String
  ) throws {
    let difference =
      configuration.difference(from: state.configuration)
      ?? (state.manifest == manifest
        ? nil : "the manifest is \(manifest), the run began with \(state.manifest)")
    if let difference {
      throw TrainerError(
        code: .badFile, subject: "checkpoint \(Checkpoint.name(step: state.step))",
        reason: "is of another run: \(difference); a new one can begin with its weights: "
          + "--name NEW --from \(runName) --with-decoders")
    }
  }
}
