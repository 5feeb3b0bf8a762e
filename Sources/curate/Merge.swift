import ArgumentParser
import Catalog
import FaceCore

struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Join other workspaces, such as the parts of an import, into this one.",
    discussion: """
      Videos are known by their content: what is in already is skipped, so it can be run again \
      after a crash. Names, decisions and history come along. The parts are only read.

        curate merge parts/* --workspace .
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var progress: ProgressOption

  @Argument(help: "The workspaces to join.")
  var parts: [String]

  func run() throws {
    let opened = try workspace.openForWriting()
    var (problems, joined) = (0, 0)
    for part in parts {
      do {
        let report = try opened.merge(
          try Workspace(opening: part, access: .readOnly), note: .now())
        warn(
          "\(part): \(report.videos) videos, \(report.faces) faces joined"
            + (report.skipped > 0 ? ", \(report.skipped) videos were in already" : ""))
        joined += report.videos + report.skipped
        for conflict in report.conflicts {
          warn("Error: \(part): \(conflict)")
          problems += 1
        }
      } catch {
        let text = "\(error)"
        warn("Error: " + (text.hasPrefix(part + ": ") ? text : "\(part): \(text)"))
        problems += 1
      }
    }
    if problems > 0 { throw joined > 0 ? ExitCode.partly : ExitCode.failure }
  }
}
