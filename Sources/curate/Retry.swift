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
    let known = Set(groups.values.joined())
    for file in try opened.unreadableFiles() where !known.contains(file.path) {
      guard FileManager.default.fileExists(atPath: file.path) else {
        warn("\(file.path): is gone, and forgotten")
        try opened.forgetUnreadable(path: file.path)
        continue
      }
      // Of another version, or not known: as nothing was found yet, with what is usual.
      let options =
        ImportOptions(parameters: file.parameters, identity: file.identity) ?? ImportOptions()
      groups[options, default: []].append(file.path)
    }
    let batches = groups.filter { !$0.value.isEmpty }.sorted {
      $0.key.parameters < $1.key.parameters
    }
    guard !batches.isEmpty else {
      if problems > 0 { throw ExitCode.failure }
      return warn("nothing to try again")
    }
    var codes: Set<Int32> = problems > 0 ? [ExitCode.failure.rawValue] : []
    for (options, files) in batches {
      do {
        try ImportRun.run(
          files.sorted(), options: options, in: opened, jobs: jobs, problems: 0,
          reporter: progress.reporter("retry", unit: "frames"))
        codes.insert(ExitCode.success.rawValue)
      } catch let exit as ExitCode {
        codes.insert(exit.rawValue)
      }
    }
    guard codes != [ExitCode.success.rawValue] else { return }
    throw codes == [ExitCode.failure.rawValue] ? ExitCode.failure : ExitCode.partly
  }
}
