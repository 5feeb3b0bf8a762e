import Foundation
import TestSupport
import Testing

/// Results that cannot be printed.
@Suite(.serialized) struct OutputTests {
  private static let prepared: TestWorkspace = {
    do { return try TestWorkspace.paired(faces: 8) } catch { preconditionFailure("\(error)") }
  }()

  private static let commands = [
    ["coverage", "identity = alice"], ["videos"], ["faces", "--format", "json"],
    ["faces", "--explain"], ["manifest", "show", "pair"],
    [
      "export", "other", "--force", "--source", "identity = alice", "--target", "identity = bob",
    ],
  ]

  private func run(_ script: String, _ command: [String]) throws -> ShellResult {
    try Shell.run(
      "bash", ["-c", script, "bash", Shell.curate, "--workspace", Self.prepared.path] + command)
  }

  @Test(arguments: commands) func aFullDiskIsAnError(command: [String]) throws {
    let full = try run("\"$@\" > /dev/full", command)
    #expect(full.status == 1)
    #expect(
      full.errors == "Error: standard output: cannot be written: No space left on device\n")
    let closed = try run("\"$@\" >&-", command)
    #expect(closed.status == 1 && closed.errorLines.count == 1, "\(closed.errors)")
  }

  @Test(arguments: [["--help"], ["faces", "--help"], ["help", "manifest"], ["--version"]])
  func helpThatCannotBePrintedIsAnError(arguments: [String]) throws {
    let full = try Shell.run(
      "bash", ["-c", "\"$@\" > /dev/full", "bash", Shell.curate] + arguments)
    #expect(full.status == 1)
    #expect(
      full.errors == "Error: standard output: cannot be written: No space left on device\n")
  }

  @Test(arguments: commands) func aPipeThatNobodyReadsEndsItQuietly(command: [String]) throws {
    for before in ["", "trap '' PIPE; "] {
      let cut = try run(
        "\(before){ sleep 0.3; exec \"$@\"; } | exec true; exit ${PIPESTATUS[0]}", command)
      #expect(cut.errors.isEmpty && cut.status == (before.isEmpty ? 128 + SIGPIPE : 1))
    }
  }
}
