import Foundation
public import Networks

/// What `TorchEngine` opens in tests.
///
/// Tests are left out where there is none built, and say so; one that does not open fails them. The emulated
/// one joins where it is there, too.
public enum TorchPlugin: String, CaseIterable, Sendable {
  /// The one of `make engine TORCH=…`, or that of CURATE_TORCH_ENGINE.
  case built = "libcurate-torch"
  /// The GPU's kernels, run by the processor: `Scripts/engine.sh TORCH .build/release emulated`.
  case emulated = "libcurate-torch-emulated"

  public var path: String {
    if self == .built, let told = Self.variable("CURATE_TORCH_ENGINE") { return told }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: ".build/release/\(rawValue).so").path
  }

  /// Where it computes: on what CURATE_TORCH_DEVICE says, such as cuda, or else on the processor.
  public var device: String {
    self == .built ? Self.variable("CURATE_TORCH_DEVICE") ?? "cpu" : "cpu"
  }

  /// Two installations of PyTorch do not go into one process.
  public var isThere: Bool {
    let isAlone = self == .built || Self.variable("CURATE_TORCH_ENGINE") == nil
    return isAlone && FileManager.default.fileExists(atPath: path)
  }
  /// Those that are there.
  public static var all: [TorchPlugin] { allCases.filter(\.isThere) }

  public func open(halfPrecision: Bool = false) throws -> TorchEngine {
    try TorchEngine(
      plugin: path,
      settings: TorchEngine.Settings(device: device, halfPrecision: halfPrecision, threads: 2))
  }

  private static func variable(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
  }
}
