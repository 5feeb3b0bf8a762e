internal import COpenBLAS
internal import CTorch
internal import Foundation

/// Runs networks with PyTorch's library: on GPUs, in several processes, and as a second opinion on
/// `CPUEngine`.
///
/// It is a plugin that `make engine` builds against an installation of PyTorch, opened at run time.
public struct TorchEngine: Sendable {
  public struct Settings: Hashable, Sendable {
    /// "cpu", "cuda", or "cuda:1"; nil for a GPU if there is one, else the processor.
    public var device: String?
    /// Which GPU when no number is named, counted again from 0 where there are fewer; nil for the first.
    public var gpu: Int?
    /// Whether products and what lies between layers are in bfloat16; losses and weights stay 32-bit
    /// floats.
    public var halfPrecision: Bool
    /// Of the processor; nil for PyTorch's own choice.
    public var threads: Int?

    public init(
      device: String? = nil, gpu: Int? = nil, halfPrecision: Bool = false, threads: Int? = nil
    ) {
      (self.device, self.gpu) = (device, gpu)
      (self.halfPrecision, self.threads) = (halfPrecision, threads)
    }
  }

  /// The plugin's file name.
  public static let fileName = "libcurate-torch.so"

  /// PyTorch's version, such as "2.15.0".
  public let version: String
  public let device: String
  let settings: Settings
  // A table of functions that is never written.
  nonisolated(unsafe) let table: UnsafePointer<torch_plugin>

  /// The functions of the plugin.
  var functions: torch_plugin { table.pointee }

  /// Whether processes can train together.
  public var hasGroups: Bool { functions.has_groups }

  /// Opens a plugin: the one beside the program or the one that CURATE_TORCH_ENGINE names, unless told.
  ///
  /// Throws `engineUnavailable`, saying what to build, where there is none, it is of another version, or
  /// the device is not there.
  public init(
    plugin: String? = nil, settings: Settings = Settings()
  ) throws(NetworksError) {
    let path = plugin ?? Self.standardPath
    guard FileManager.default.fileExists(atPath: path) else {
      throw NetworksError(
        code: .engineUnavailable, subject: "engine torch",
        reason: "\(path) is not there; build it with: make engine TORCH=…")
    }
    // Some builds of PyTorch bring OpenBLAS along; ours comes first, with the kernels of its choice.
    _ = openblas_open()
    var failure: UnsafePointer<CChar>?
    guard let table = torch_open(path, &failure) else {
      let why = failure.map { String(cString: $0) } ?? "cannot be opened"
      throw NetworksError(
        code: .engineUnavailable, subject: path,
        reason: "\(why); build it anew: make engine TORCH=…"
      )
    }
    self.table = table
    version = String(cString: table.pointee.torch_version)
    let devices = Int(table.pointee.cuda_devices())
    let named = settings.device ?? (devices > 0 ? "cuda" : "cpu")
    device =
      named == "cuda" && devices > 0 ? "cuda:\((settings.gpu ?? 0) % devices)" : named
    self.settings = settings
    try Self.check(device, against: devices, version: version)
  }

  private static func check(
    _ device: String, against count: Int, version: String
  ) throws(NetworksError) {
    let parts = device.split(separator: ":", omittingEmptySubsequences: false)
    let isKnown =
      device == "cpu"
      || (parts.first == "cuda" && parts.count <= 2 && (parts.count == 1 || Int(parts[1]) != nil))
    let number = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    guard isKnown, number >= 0 else {
      throw NetworksError(
        code: .engineUnavailable, subject: "device \(device)",
        reason: "is none of cpu, cuda and cuda:NUMBER")
    }
    guard device == "cpu" || number < count else {
      throw NetworksError(
        code: .engineUnavailable, subject: "device \(device)",
        reason: count == 0
          ? "PyTorch \(version) sees no GPU here"
          : "PyTorch sees \(count) GPU\(count > 1 ? "s" : "")")
    }
  }

  static var standardPath: String {
    if let told = ProcessInfo.processInfo.environment["CURATE_TORCH_ENGINE"], !told.isEmpty {
      return told
    }
    // A system without /proc has no plugin beside the program.
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: program ?? "curate").deletingLastPathComponent()
      .appending(path: fileName).path
  }

  /// Makes an executable that trains or infers, with copies of these weights on the device.
  ///
  /// Throws when the device has no room for them.
  public func compile(
    _ network: Network, parameters: Parameters
  ) throws(NetworksError) -> TorchExecutable {
    try TorchExecutable(network, engine: self, parameters: parameters)
  }

  /// The error that a function of the plugin reported with `status`.
  func error(_ status: Int32, _ subject: String) -> NetworksError {
    let reason = functions.last_error().map { String(cString: $0) } ?? "no reason given"
    return switch Int(status) {
    case torch_group_failed:
      NetworksError(
        code: .groupFailed, subject: "process group", reason: "another process is gone (\(reason))")
    case torch_out_of_memory:
      NetworksError(code: .outOfMemory, subject: subject, reason: reason)
    default: NetworksError(code: .engineFailed, subject: subject, reason: reason)
    }
  }
}
