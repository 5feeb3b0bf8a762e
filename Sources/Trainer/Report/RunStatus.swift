public import Foundation

/// How far a run has come, from its files alone: it may be at work or long over.
public struct RunStatus: Sendable {
  /// The folder's.
  public let name: String
  public let configuration: TrainingConfiguration
  /// The id of the manifest it learns from.
  public let manifest: String
  /// Steps in the history.
  public let step: Int
  /// Of the last step; nil before the first.
  public let losses: (source: Float, target: Float)?
  /// Over faces that are never learned, and what else was measured, at the latest preview; nil
  /// before the first.
  public let heldOut: HeldOutLoss?
  public let quality: PreviewQuality?
  /// Steps a second, lately.
  public let rate: Double?
  /// Share of the time that the engine waited for data lately, 0 to 1.
  public let wait: Double?
  /// Steps of the latest checkpoint; nil before the first.
  public let checkpoint: Int?
  /// What was told to go wrong, the first first.
  public let warnings: [RunWarning]
  /// When the last step was written.
  public let lastStep: Date?

  /// Throws when the folder holds no run, or a damaged one.
  public init(folder: URL) throws {
    let description = try SwapModel.description(in: folder)
    name = folder.lastPathComponent
    (configuration, manifest) = (description.configuration, description.manifest)
    let history = folder.appending(path: "history.jsonl")
    let last = try History.lastLine(of: history)
    step = last?.step ?? 0
    losses = last.map { ($0.source, $0.target) }
    (rate, wait) = (last?.rate, last?.wait)
    let look = try History.lastLook(of: history)
    (heldOut, quality) = (look?.heldOut, look?.quality)
    checkpoint = try Checkpoint.steps(in: folder.appending(path: "checkpoints")).first
    warnings = RunWarnings.read(run: folder)
    // A run that has not begun has no history.
    let facts = try? FileManager.default.attributesOfItem(atPath: history.path)
    lastStep = last == nil ? nil : facts?[.modificationDate] as? Date
  }
}
