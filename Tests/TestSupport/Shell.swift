public import Foundation

/// What a program left behind.
public struct ShellResult: Sendable {
  public var status: Int32
  public var output: String
  public var errors: String

  /// Lines on stderr.
  public var errorLines: [String] {
    errors.split(separator: "\n").map(String.init)
  }
}

/// Running programs from tests.
public enum Shell {
  /// The `curate` that was built with these tests.
  public static var curate: String {
    let runner = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var folder = runner.deletingLastPathComponent()
    // The runner of a bundle lies deeper than the products beside it.
    for _ in 0..<4 {
      let candidate = folder.appendingPathComponent("curate")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate.path }
      folder.deleteLastPathComponent()
    }
    return URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(".build/release/curate").path
  }

  /// Runs a program to its end, or kills it with SIGKILL after `killAfter` seconds.
  public static func run(
    _ path: String, _ arguments: [String], in folder: URL? = nil, killAfter: Double? = nil
  ) throws -> ShellResult {
    let process = Process()
    process.executableURL = URL(
      fileURLWithPath: path.hasPrefix("/") ? path : try which(path))
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    let logs = try TemporaryFolder()
    let output = try logs.handle("out")
    let errors = try logs.handle("err")
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try withSignals { try process.run() }
    if let killAfter {
      Thread.sleep(forTimeInterval: killAfter)
      kill(process.processIdentifier, SIGKILL)
    }
    process.waitUntilExit()
    return ShellResult(
      status: process.terminationStatus, output: try logs.text("out"),
      errors: try logs.text("err"))
  }

  /// Tests run on threads that block all signals, and a program inherits that: a shell would not
  /// hear of the end of what it waits for.
  private static func withSignals(_ start: () throws -> Void) rethrows {
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_UNBLOCK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try start()
  }

  private static func which(_ name: String) throws -> String {
    for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
      let path = "\(folder)/\(name)"
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw CocoaError(.fileNoSuchFile)
  }
}

/// A folder that is removed with the value's last owner.
public final class TemporaryFolder: Sendable {
  public let url: URL

  public init(_ name: String = "curate-tests") throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(name)-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)  // Nothing to do about it in a test.
  }

  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  public func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appendingPathComponent(name)), as: UTF8.self)
  }

  func handle(_ name: String) throws -> FileHandle {
    try Data().write(to: url.appendingPathComponent(name))
    return try FileHandle(forWritingTo: url.appendingPathComponent(name))
  }
}
