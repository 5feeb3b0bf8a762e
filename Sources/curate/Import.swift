import Align
public import ArgumentParser
import Catalog
import FaceCore
import Foundation

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find every face of videos and enter it into the catalogue.",
    discussion: """
      Finished videos are skipped, interrupted ones go on where they stopped, and nothing is \
      entered twice: run it again after a crash, or after adding files. Videos are only read. \
      A folder stands for all videos inside it.
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var progress: ProgressOption

  @Argument(help: "Video files, or folders of them.")
  var paths: [String]

  @Option(help: "Give all faces of these videos this name.")
  var identity: String?

  @Option(
    help: """
      How much of the head a crop shows: half_face, midfull_face, full_face, whole_face, head. \
      Less makes the face larger for the trainer.
      """)
  var faceType = FaceType.full

  @Option(help: "Side of the crops, in pixels.")
  var cropSize = 256

  func validate() throws {
    guard (64...2048).contains(cropSize) else {
      throw ValidationError("--crop-size is 64 to 2048")
    }
  }

  func run() throws {
    let opened = try workspace.openForWriting()
    if let identity { try opened.createIdentity(identity, note: .now()) }
    let job = try ImportJob(
      workspace: opened,
      options: .init(identity: identity, cropSize: cropSize, faceType: faceType))
    let (files, empty) = VideoFiles.expanding(paths)
    var problems = empty
    var imported = 0
    for folder in empty { warn("Error: \(folder): no videos in this folder") }
    for (index, file) in files.enumerated() {
      let name = (file as NSString).lastPathComponent
      let title = files.count > 1 ? "[\(index + 1)/\(files.count)] \(name)" : name
      let reporter = progress.reporter(title, unit: "frames")
      do {
        let start = Date()
        switch try job.run(path: file, progress: { reporter.report($0) }) {
        case .imported(let frames, let faces):
          let rate = Double(frames) / max(1e-3, Date().timeIntervalSince(start))
          reporter.finish("\(frames) frames, \(faces) faces, \(rate.text(0)) frames/s")
          if faces == 0 { warn("Warning: \(file): no face found") }
          imported += 1
        case .unchanged:
          reporter.finish("unchanged")
          imported += 1
        case .partial(let faces, let reason):
          reporter.finish("\(faces) faces")
          warn("Error: \(file): \(reason); what could be read is in")
          problems.append(file)
          imported += 1
        }
      } catch let error as CatalogError where error.code == .readOnly {
        throw error
      } catch {
        warn("Error: \(error)")
        problems.append(file)
      }
    }
    if !problems.isEmpty { throw imported > 0 ? ExitCode.partly : ExitCode.failure }
  }
}

extension FaceType: ExpressibleByArgument {}

/// Folders stand for the videos inside them.
enum VideoFiles {
  static let endings: Set<String> = [
    "mp4", "mov", "m4v", "mkv", "webm", "avi", "mxf", "mts", "m2ts", "ts", "mpg", "mpeg", "wmv",
    "flv", "3gp", "ogv",
  ]

  /// Files in the order given, those of a folder sorted; folders without a video apart.
  static func expanding(_ paths: [String]) -> (files: [String], empty: [String]) {
    var files: [String] = []
    var empty: [String] = []
    for path in paths {
      let url = URL(fileURLWithPath: path)
      guard (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true else {
        files.append(path)
        continue
      }
      let inside = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)
      let videos = (inside?.allObjects ?? []).compactMap { $0 as? URL }
        .filter { endings.contains($0.pathExtension.lowercased()) }
      if videos.isEmpty { empty.append(path) }
      files += videos.map(\.path).sorted()
    }
    return (files, empty)
  }
}
