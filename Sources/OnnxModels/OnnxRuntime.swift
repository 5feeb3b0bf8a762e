import COnnxRuntime
public import Foundation

/// ONNX Runtime's library, opened at run time.
///
/// Nothing needs it but installed networks. A library that is open stays open, so opening it again is
/// free.
@safe public struct OnnxRuntime: @unchecked Sendable {
  /// Such as "1.20.1".
  public let version: String
  /// The file it was found in.
  public let path: String
  // Set up once and constant afterwards, as its authors promise.
  let library: OpaquePointer

  /// Opens the library at `path`, or the first of `OnnxRuntime.candidates` that can be opened.
  ///
  /// Throws `OnnxError.noRuntime`, saying what to type.
  public init(path: String? = nil) throws(OnnxError) {
    let candidates = path.map { [$0] } ?? Self.candidates()
    var reasons: [String] = []
    for candidate in candidates {
      var message = RuntimeMessage()
      if let opened = unsafe cort_open(candidate, &message.bytes) {
        unsafe library = opened
        version = unsafe String(cString: cort_version(opened))
        self.path = unsafe String(cString: cort_path(opened))
        return
      }
      reasons.append(message.text)
    }
    guard candidates.count == 1, let reason = reasons.first else {
      throw OnnxError(
        code: .noRuntime, subject: "ONNX Runtime",
        reason: "is not installed; type `pip install -U onnxruntime` or set CURATE_ONNXRUNTIME to "
          + "libonnxruntime.so")
    }
    throw OnnxError(
      code: .noRuntime, subject: "ONNX Runtime",
      reason: "\(reason); set CURATE_ONNXRUNTIME to libonnxruntime.so")
  }

  /// Where the library is looked for, in this order: what CURATE_ONNXRUNTIME says and nothing else;
  /// the system's libraries; what `pip install onnxruntime` left in the active environment, beside each
  /// `python3` of PATH, in pyenv's versions and in the user's and the system's own folders.
  public static func candidates(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> [String] {
    if let told = environment["CURATE_ONNXRUNTIME"], !told.isEmpty { return [told] }
    return ["libonnxruntime.so.1", "libonnxruntime.so"]
      + prefixes(environment).flatMap(libraries(under:))
  }

  /// The folders that a Python may be installed under, each once.
  private static func prefixes(_ environment: [String: String]) -> [String] {
    let files = FileManager.default
    var found = ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { environment[$0] }
    for folder in (environment["PATH"] ?? "").split(separator: ":") {
      let program = "\(folder)/python3"
      guard files.isExecutableFile(atPath: program) else { continue }
      for path in [program, URL(fileURLWithPath: program).resolvingSymlinksInPath().path] {
        found.append(
          URL(fileURLWithPath: path).deletingLastPathComponent().deletingLastPathComponent().path)
      }
    }
    let home = environment["HOME"] ?? NSHomeDirectory()
    let pyenv = (environment["PYENV_ROOT"] ?? "\(home)/.pyenv") + "/versions"
    found += names(in: pyenv).map { "\(pyenv)/\($0)" }
    found += ["\(home)/.local", "/usr/local", "/usr"]
    var seen = Set<String>()
    return found.filter { seen.insert($0).inserted }
  }

  private static func libraries(under prefix: String) -> [String] {
    names(in: "\(prefix)/lib").filter { $0.hasPrefix("python3") }.flatMap { python in
      ["site-packages", "dist-packages"].flatMap { packages in
        let folder = "\(prefix)/lib/\(python)/\(packages)/onnxruntime/capi"
        return names(in: folder).filter { $0.hasPrefix("libonnxruntime.so") }
          .map { "\(folder)/\($0)" }
      }
    }
  }

  /// The names in a folder, the latest version first; none where there is no folder.
  private static func names(in folder: String) -> [String] {
    // A folder that is not there holds no library.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted { $0.compare($1, options: .numeric) == .orderedDescending }
  }
}

/// Room for the words of a failure.
struct RuntimeMessage {
  var bytes = [CChar](repeating: 0, count: cort_message_size)

  var text: String {
    String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
