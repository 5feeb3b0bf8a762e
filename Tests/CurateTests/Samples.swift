import Foundation
import TestSupport
import Testing

/// Clips of synthetic people, made once for all tests by `curate sample`.
enum Samples {
  /// Folder of the clips.
  ///
  /// Short, but long enough for every part to have work.
  static let folder: TemporaryFolder = {
    do {
      let folder = try TemporaryFolder("curate-samples")
      let made = try Shell.run(
        Shell.curate, ["sample", folder.path("clips"), "--seconds", "3", "--quiet"])
      precondition(made.status == 0, made.errors)
      return folder
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  static func clip(_ name: String) -> String { folder.path("clips/\(name).mp4") }

  /// The clip again and again, as a file of its own.
  static func repeated(_ name: String, times: Int, in folder: TemporaryFolder) throws -> String {
    let path = folder.path("\(name)-\(times).mp4")
    try FFmpeg.run(
      "-stream_loop", "\(times - 1)", "-i", clip(name), "-c", "copy", "-an", path)
    return path
  }
}

enum FFmpeg {
  static func run(_ arguments: String...) throws { try run(arguments) }

  static func run(_ arguments: [String]) throws {
    let made = try Shell.run("ffmpeg", ["-v", "error", "-y"] + arguments)
    try #require(made.status == 0, "\(made.errors)")
  }
}

/// A workspace in a folder of its own.
struct TestWorkspace {
  let folder: TemporaryFolder
  var path: String { folder.path("workspace") }

  init() throws {
    folder = try TemporaryFolder()
    let made = try Shell.run(Shell.curate, ["init", folder.path("workspace")])
    try #require(made.status == 0, "\(made.errors)")
  }

  /// One that holds alice and bob, and a manifest "pair" of so many faces of each.
  static func paired(faces: Int) throws -> TestWorkspace {
    let workspace = try TestWorkspace()
    for name in ["alice", "bob"] {
      let imported = try workspace.curate(
        "import", "--quiet", "--identity", name, Samples.clip("\(name)-1"))
      try #require(imported.status == 0, "\(imported.errors)")
    }
    let exported = try workspace.curate(
      "export", "pair", "--source", "identity = alice", "--target", "identity = bob",
      "--faces", "\(faces)")
    try #require(exported.status == 0, "\(exported.errors)")
    return workspace
  }

  /// Runs a command on this workspace, without progress.
  func curate(_ arguments: String..., killAfter: Double? = nil) throws -> ShellResult {
    try curate(arguments, killAfter: killAfter)
  }

  func curate(_ arguments: [String], killAfter: Double? = nil) throws -> ShellResult {
    try Shell.run(Shell.curate, ["--workspace", path] + arguments, killAfter: killAfter)
  }

  /// The hash of all that the catalogue knows.
  func contentHash() throws -> String {
    let doctor = try curate("doctor", "--hash", "--format", "json")
    let checks = try JSONDecoder().decode([Check].self, from: Data(doctor.output.utf8))
    return try #require(checks.first { $0.part == "content" }).detail
  }

  func videos() throws -> [VideoLine] {
    let listed = try curate("videos", "--format", "json")
    return try JSONDecoder().decode([VideoLine].self, from: Data(listed.output.utf8))
  }

  func count(_ query: String = "") throws -> Int {
    let counted = try curate("faces", "--count", query)
    return try #require(Int(counted.output.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  private struct Check: Decodable {
    var part: String
    var detail: String
  }
}

/// What the tests read of `videos --format json`.
struct VideoLine: Decodable {
  var name: String
  var state: String
  var frames: Int
  var faces: Int
  var error: String?
}
