import ArgumentParser
import Catalog

struct Identity: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Name the people of the catalogue.",
    subcommands: [
      List.self, Suggest.self, Show.self, Assign.self, Merge.self, Split.self, Rename.self,
      Exclude.self,
    ],
    defaultSubcommand: List.self)

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
      abstract: "Give the tracks of the faces that match a query a name.",
      discussion: "A track is one person through one shot, so naming one of its faces names all, "
        + "also those that an import still adds.\n\n" + queryHelp)

    @OptionGroup var workspace: WorkspaceOption

    @Argument(help: "The name; made when it is new.")
    var name: String

    @Argument(help: "The query.")
    var query: String

    @Flag(help: "Name only the very faces that match, not their whole tracks.")
    var facesOnly = false

    @Flag(help: "Only say how many faces match.")
    var dryRun = false

    func run() throws {
      let faceQuery = try FaceQuery(deciding: query)
      let opened = try workspace.openForWriting()
      if dryRun {
        return warn("\(try opened.count(matching: faceQuery)) faces match; nothing was changed")
      }
      let changed = try opened.assign(
        name, to: faceQuery, creating: true, scope: facesOnly ? .faces : .tracks, note: .now())
      warn("\(changed) faces are now \(name)")
      try opened.excludeAgain([name])
      try opened.warnOfOrphans()
    }
  }

  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make one person of several: all faces get the last name.")

    @OptionGroup var workspace: WorkspaceOption

    @Argument(help: "The names, the one that stays last.")
    var names: [String]

    @Flag(help: "Only say how many faces would change.")
    var dryRun = false

    func validate() throws {
      guard Set(names).count >= 2 else { throw ValidationError("merge takes two names or more") }
    }

    func run() throws {
      let stays = names[names.count - 1]
      let opened = try workspace.openForWriting()
      if dryRun {
        for name in names { try opened.checkIdentity(name) }
        let joining = Set(names).subtracting([stays])
        let count = try opened.identities().reduce(0) {
          $0 + (joining.contains($1.name) ? $1.faceCount : 0)
        }
        return warn("\(count) faces would be \(stays); nothing was changed")
      }
      let changed = try opened.merge(Array(names.dropLast()), into: stays, note: .now())
      warn("\(changed) faces are now \(stays); curate undo takes it back")
    }
  }

  struct Split: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Make a new person of those tracks of another that hold a face which matches a query.",
      discussion:
        "A track is one person through one shot, so naming one of its faces names all.\n\n"
        + queryHelp)

    @OptionGroup var workspace: WorkspaceOption

    @Argument(help: "The person they have been taken for.")
    var name: String

    @Argument(help: "The name they get; made when it is new.")
    var newName: String

    @Argument(help: "The query; only faces of the first name count.")
    var query: String

    @Flag(help: "Name only the very faces that match, not their whole tracks.")
    var facesOnly = false

    @Flag(help: "Only say how many faces match.")
    var dryRun = false

    func run() throws {
      let faceQuery = try FaceQuery(deciding: query)
      let opened = try workspace.openForWriting()
      if dryRun {
        let count = try opened.count(matching: faceQuery.among(name))
        return warn("\(count) faces match; nothing was changed")
      }
      let changed = try opened.split(
        name, matching: faceQuery, to: newName, scope: facesOnly ? .faces : .tracks, note: .now())
      warn("\(changed) faces are now \(newName)")
      try opened.excludeAgain([newName])
      try opened.warnOfOrphans()
    }
  }

  struct Rename: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a person another name.", aliases: ["name"])

    @OptionGroup var workspace: WorkspaceOption

    @Argument(help: "The name now.")
    var name: String

    @Argument(help: "The new name.")
    var newName: String

    func run() throws {
      try workspace.openForWriting().rename(name, to: newName, note: .now())
      warn("\(name) is now \(newName)")
    }
  }
}
