import ArgumentParser
import Catalog

struct Identity: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Name the people of the catalogue.",
    subcommands: [List.self, Assign.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the people and their faces.")

    @OptionGroup var workspace: WorkspaceOption
    @OptionGroup var output: OutputOption

    private struct Line: Encodable {
      var name: String
      var faces: Int
      var rejected: Int
      var videos: Int
    }

    func run() throws {
      let lines = try workspace.open(.readOnly).identities().map {
        Line(
          name: $0.name, faces: $0.faceCount, rejected: $0.rejectedCount, videos: $0.videoCount)
      }
      try output.show(
        lines,
        [
          Column("identity") { $0.name },
          Column("faces", number: true) { "\($0.faces)" },
          Column("rejected", number: true) { "\($0.rejected)" },
          Column("videos", number: true) { "\($0.videos)" },
        ])
    }
  }

  struct Assign: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give the faces that match a query a name.", discussion: queryHelp)

    @OptionGroup var workspace: WorkspaceOption

    @Argument(help: "The name; made when it is new.")
    var name: String

    @Argument(help: "The query.")
    var query: String

    @Flag(help: "Only say how many faces match.")
    var dryRun = false

    func run() throws {
      let faceQuery = try FaceQuery(typed: query)
      let opened = try workspace.openForWriting()
      if dryRun {
        return warn("\(try opened.count(matching: faceQuery)) faces match; nothing was changed")
      }
      let changed = try opened.assign(name, to: faceQuery, creating: true, note: .now())
      warn("\(changed) faces are now \(name)")
    }
  }
}
