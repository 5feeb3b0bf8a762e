import ArgumentParser
import Catalog
import FaceCore

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that the catalogue and its crops are whole and true.",
    discussion: """
      Both databases are checked page by page, every crop against its hash, every summary against \
      a recount. Each problem says what mends it. Exit status 1 when there is one.
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption
  @OptionGroup var progress: ProgressOption

  private struct Line: Encodable {
    var subject: String
    var problem: String
    var remedy: String
    var harmless: Bool
  }

  func run() throws {
    let reporter = progress.reporter("check", unit: "crops")
    let problems = try workspace.open(.readOnly).check { reporter.report($0) }
    let lines = problems.map {
      Line(
        subject: $0.subject, problem: $0.reason, remedy: $0.remedy, harmless: $0.isHarmless)
    }
    let serious = lines.filter { !$0.harmless }.count
    reporter.finish(
      serious > 0
        ? "\(serious) problems" : lines.isEmpty ? "all is well" : "nothing is lost or wrong here")
    if !lines.isEmpty || output.format == .json {
      try output.show(
        lines,
        [
          Column("what") { $0.subject }, Column("problem") { $0.problem },
          Column("remedy") { $0.remedy },
        ])
    }
    if serious > 0 { throw ExitCode.failure }
  }
}

struct Repair: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Mend what check found: cut missing crops anew from their videos.",
    discussion: "A crop is only put back when it is the very same, byte by byte.")

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var progress: ProgressOption

  func run() throws {
    let reporter = progress.reporter("repair", unit: "crops")
    let job = RepairJob(workspace: try workspace.openForWriting())
    let result = try job.run { reporter.report($0) }
    reporter.finish("\(result.restored) crops cut anew")
    for problem in result.problems { warn("Error: \(problem)") }
    if !result.problems.isEmpty {
      throw result.restored > 0 ? ExitCode.partly : ExitCode.failure
    }
  }
}
