public import Foundation

extension SwapModel {
  /// What the run in a model's folder was begun with; nil when there is none.
  ///
  /// Throws when its `model.json` is damaged.
  public static func configuration(in folder: URL) throws -> TrainingConfiguration? {
    let path = folder.appending(path: descriptionName).path
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try description(in: folder).configuration
  }

  /// The file this model's weights were loaded from.
  public func weightsFile(in folder: URL) -> URL {
    folder.appending(path: "checkpoints").appending(path: Checkpoint.name(step: step))
      .appending(path: Checkpoint.weightsName)
  }
}
