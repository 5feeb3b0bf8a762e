import ArgumentParser
import Catalog
import FaceCore

/// Which network says who faces are.
struct EmbeddingOption: ParsableArguments {
  @Option(
    help: """
      The network that says who a face is: built-in, or one that was installed with `curate models \
      install`. The built-in one tells apart who is in one shoot; across shoots an installed one is \
      better.
      """)
  var model: String?

  @Option(help: "Threads to run on.")
  var threads = 2

  func validate() throws {
    guard threads > 0 else { throw ValidationError("--threads is 1 or more") }
  }

  /// Has the network look at the tracks it has not seen yet.
  func embed(_ workspace: Workspace, progress: ProgressOption) throws -> EmbeddingModel {
    let model = try EmbeddingModel(named: model)
    StopSignal.watch()
    let reporter = progress.reporter("look", unit: "faces")
    let result = try EmbedJob(workspace: workspace, model: model, threads: threads).run {
      reporter.report($0)
    }
    reporter.finish("\(result.embedded) faces looked at")
    for problem in result.problems { warn("Warning: \(problem)") }
    if result.wasStopped {
      warn("stopped; type the same again to go on")
      throw ExitCode.partly
    }
    return model
  }
}

extension Identity {
  struct Suggest: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say who the unnamed tracks may be, and which belong together.",
      discussion: """
        A track is one person through one shot, and two tracks in one picture are two people. \
        Tracks that have a name keep it, and draw those that are like them; the others form groups \
        of their own. It is made to leave one person in several groups rather than two people in \
        one: put together with `identity merge` what belongs together.

        Nothing changes without --assign, and `curate undo` takes that back. Excluded people are \
        known again, and stay excluded.
        """)

    @OptionGroup var workspace: WorkspaceOption
    @OptionGroup var output: OutputOption
    @OptionGroup var progress: ProgressOption
    @OptionGroup var embedding: EmbeddingOption

    @Option(
      help: """
        Mean cosine from which two groups are one person: higher is more careful. (default: the \
        model's own, and more for faces that are like many strangers)
        """)
    var threshold: Float?

    @Option(help: "Leave out new people with fewer faces.")
    var leastFaces = 10

    @Flag(help: "Give the tracks the names of the list.")
    var assign = false

    @Option(help: "Write a page (HTML) that shows faces of each.")
    var page: String?

    private struct Line: Encodable {
      var name: String
      var new: Bool
      var faces: Int
      var tracks: Int
      var videos: Int
      var likeness: Float?
      var example: String
    }

    func validate() throws {
      if let threshold, !(-1...1).contains(threshold) {
        throw ValidationError("--threshold is from -1 to 1")
      }
    }

    func run() throws {
      try FacePage.check(page)
      let opened = try workspace.openForWriting()
      let model = try embedding.embed(opened, progress: progress)
      let job = SuggestJob(
        workspace: opened, model: model, threshold: threshold,
        leastFaces: leastFaces)
      let result = try job.run()
      if let page { try IdentityPage(workspace: opened).write(result.suggestions, to: page) }
      try show(try result.suggestions.map { try line($0, opened) })
      if result.leftOut > 0 {
        warn("\(result.leftOut) tracks are in none of them: too few faces for a new person")
      }
      guard assign else {
        if !result.suggestions.isEmpty { warn("--assign gives the tracks these names") }
        return
      }
      let count = try opened.nameTracks(
        result.suggestions.map { ($0.name, $0.tracks.map(\.key)) }, note: .now())
      warn("\(count) faces have a name now" + (count > 0 ? "; curate undo takes it back" : ""))
      try opened.excludeAgain(Set(result.suggestions.map(\.name)))
      try opened.warnOfOrphans()
    }

    private func line(_ suggestion: SuggestJob.Suggestion, _ workspace: Workspace) throws -> Line {
      Line(
        name: suggestion.name, new: suggestion.isNew, faces: suggestion.faces,
        tracks: suggestion.tracks.count, videos: suggestion.videos,
        likeness: suggestion.likeness,
        example: try workspace.faces(rows: Array(suggestion.examples.prefix(1))).first?.id
          .description ?? "")
    }

    private func show(_ lines: [Line]) throws {
      try output.show(
        lines,
        [
          Column("identity") { $0.name }, Column("") { $0.new ? "new" : "" },
          Column("faces", number: true) { "\($0.faces)" },
          Column("tracks", number: true) { "\($0.tracks)" },
          Column("videos", number: true) { "\($0.videos)" },
          Column("likeness", number: true) { $0.likeness.map { Double($0).text(2) } ?? "-" },
          Column("example") { $0.example },
        ])
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the faces that stand for a person: one for each band of yaw.",
      discussion:
        "Of the faces by which its tracks are known, the one that is most like all others.")

    @OptionGroup var workspace: WorkspaceOption
    @OptionGroup var output: OutputOption
    @OptionGroup var progress: ProgressOption
    @OptionGroup var embedding: EmbeddingOption

    @Argument(help: "The name.")
    var name: String

    private struct Line: Encodable {
      var yaw: String
      var face: String
      var video: String
      var seconds: Double
      var among: Int
    }

    func run() throws {
      let opened = try workspace.openForWriting()
      try opened.checkIdentity(name)
      let model = try embedding.embed(opened, progress: progress)
      let tracks = Set(try opened.tracks().filter { $0.identity == name }.map(\.key))
      let own = try opened.embeddings(model: model.key).filter { tracks.contains($0.track) }
      let lines = try medoids(of: own).flatMap { band, face, count in
        try opened.faces(rows: [face.face]).map {
          Line(
            yaw: band.name, face: $0.id.description, video: $0.video, seconds: $0.time.seconds,
            among: count)
        }
      }
      try output.show(
        lines,
        [
          Column("yaw") { $0.yaw }, Column("face") { $0.face }, Column("video") { $0.video },
          Column("seconds", number: true) { $0.seconds.text(1) },
          Column("among", number: true) { "\($0.among)" },
        ])
    }
  }

  struct Exclude: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Reject all faces of a person, also those that `identity suggest` still finds.",
      discussion: "`curate accept 'identity = NAME'` takes the person back.")

    @OptionGroup var workspace: WorkspaceOption

    @Argument(help: "The name.")
    var name: String

    @Flag(help: "Only say how many faces would be rejected.")
    var dryRun = false

    func run() throws {
      let opened = try workspace.openForWriting()
      if dryRun {
        try opened.checkIdentity(name)
        let count = try opened.count(matching: .all.among(name))
        return warn("\(count) faces would be rejected; nothing was changed")
      }
      let count = try opened.exclude(name, note: .now())
      warn("\(count) faces rejected" + (count > 0 ? "; curate undo takes it back" : ""))
      if count > 0 { try opened.warnOfOrphans() }
    }
  }
}
