import ArgumentParser
import Catalog

struct Log: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what was done to the catalogue, newest first.")

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Option(help: "Print at most this many (0: all).")
  var limit = 20

  private struct Line: Encodable {
    var id: Int64
    var at: String
    var author: String
    var summary: String
    var command: String
    var undoes: Int64?
    var undone: Bool
  }

  func run() throws {
    let entries = try workspace.open(.readOnly).log(limit: limit == 0 ? nil : limit)
    let lines = entries.map {
      Line(
        id: $0.id, at: $0.time, author: $0.author, summary: $0.summary, command: $0.command,
        undoes: $0.undoes, undone: $0.isUndone)
    }
    try output.show(
      lines,
      [
        Column("id", number: true) { "\($0.id)" },
        Column("at") { $0.at },
        Column("by") { $0.author },
        Column("what") { $0.summary },
        Column("state") { $0.undone ? "undone" : "" },
      ])
  }
}

struct Undo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take back the last change of the catalogue, or the one of the given id.",
    discussion: "curate log lists them. What is taken back is kept, too: curate redo.")

  @OptionGroup var workspace: WorkspaceOption

  @Argument(help: "The id of an entry of the log; the last one that is in force unless told.")
  var id: Int64?

  func run() throws {
    let opened = try workspace.openForWriting()
    let undone = try opened.undo(id: id, note: .now())
    warn(undone.map { "undone: \($0.summary)" } ?? "nothing to undo")
    if undone != nil { try opened.warnOfOrphans() }
  }
}

struct Redo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Do again what was undone last.")

  @OptionGroup var workspace: WorkspaceOption

  func run() throws {
    let opened = try workspace.openForWriting()
    let redone = try opened.redo(note: .now())
    warn(redone.map { "done again: \($0.summary)" } ?? "nothing to do again")
    if redone != nil { try opened.warnOfOrphans() }
  }
}
