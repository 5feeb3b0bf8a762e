import Foundation
import Networks

/// The engine that `make engine TORCH=…` built, if it was.
enum TestTorch {
  private static let path =
    ProcessInfo.processInfo.environment["CURATE_TORCH_ENGINE"]
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: ".build/release/\(TorchEngine.fileName)").path

  /// Tests are left out without it, and say so; one that does not open fails them.
  static var isThere: Bool { FileManager.default.fileExists(atPath: path) }

  static func open() throws -> TorchEngine {
    try TorchEngine(
      plugin: path, settings: TorchEngine.Settings(device: "cpu", threads: 2))
  }
}
