import ArgumentParser
import Catalog
import FaceCore
import Foundation

struct Retry: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Import again what failed or was interrupted, with the options it was begun with.",
    discussion: "curate videos --failed lists it.")

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var progress: ProgressOption

  @Option(help: "How many videos at once; as many as cores, 16 at most, unless told.")
  var jobs: Int?

  func run() throws {
    let opened = try workspace.openForWriting()
    var groups: [ImportOptions: [String]] = [:]
    var problems = 0
    for video in try opened.videos(in: [.pending, .importing, .failed]) {
      let options =
        video.parameters.isEmpty
        ? ImportOptions()
        : ImportOptions(parameters: video.parameters, identity: video.identity)
      guard let options else {
        warn("Error: \(video.facts.path): was begun by another version: \(video.parameters)")
        problems += 1
        continue
      }
      groups[options, default: []].append(video.facts.path)
    }
    let unreadable = try opened.unreadableFiles().map(\.path)
    let there = unreadable.filter { FileManager.default.fileExists(atPath: $0) }
    for path in Set(unreadable).subtracting(there).sorted() {
      warn("\(path): is gone, and forgotten")
      try opened.forgetUnreadable(path: path)
    }
    groups[ImportOptions(), default: []] += there
    let batches = groups.filter { !$0.value.isEmpty }.sorted {
      $0.key.parameters < $1.key.parameters
    }
    guard !batches.isEmpty else {
      if problems > 0 { throw ExitCode.failure }
      return warn("nothing to try again")
    }
    var code: ExitCode?
    for (options, files) in batches {
      do {
        try ImportRun.run(
          files.sorted(), options: options, in: opened, jobs: jobs, problems: problems,
          reporter: progress.reporter("retry", unit: "frames"))
        code = code.map { _ in .partly }
      } catch let exit as ExitCode {
        code = exit
      }
      problems = 0
    }
    if let code { throw code }
  }
}
