import Align
public import ArgumentParser
import Catalog
import Foundation
import Media

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find every face of videos and enter it into the catalogue.",
    discussion: """
      Finished videos are skipped, interrupted ones go on where they stopped, moved ones are known \
      again, and nothing is entered twice: run it again after a crash, or after adding files. \
      Videos are only read.

        curate import rushes/ 'more/take-*.mov' --identity alice
        find /mnt/footage -name '*.mxf' | curate import -

      Other options, such as larger crops or every frame after a survey, are for --again: faces found in the \
      place of those of before take over their names and rejections, and the faces of before are rejected, with \
      crops and all that manifests say of them left as they are. curate undo brings them back. \
      Near-duplicates are to be searched again.

        curate import rushes/ --again --face-type whole_face --crop-size 512

      On many machines, each task imports its share into a part of its own, and `curate merge` \
      joins the parts:

        curate import rushes/ --shard 2/8
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var progress: ProgressOption
  @OptionGroup var sampling: SamplingOption

  @Argument(help: "Videos, folders of them, patterns in quotes, or - for paths on stdin.")
  var paths: [String]

  @Option(help: "Give all faces of these videos this name; with --again, those that had none.")
  var identity: String?

  @Option(
    help: """
      How much of the head a crop shows: half_face, midfull_face, full_face, whole_face, head. \
      Less makes the face larger for the trainer.
      """)
  var faceType = FaceType.full

  @Option(help: "Side of the crops, in pixels.")
  var cropSize = 256

  @Option(
    help: """
      What finds faces: built-in, a detector that `curate models list` shows (landmarks stay the \
      built-in ones, and it is shown luma), or dlib where curate was built with it (`make dlib`); \
      dlib sees faces within 45° of frontal only.
      """)
  var detector = "built-in"

  @Option(help: "Leave out faces narrower than this, in pixels of the frame.")
  var minFace = 0

  @Option(help: "Keep only the largest so many faces of a frame (0: all).")
  var maxFaces = 0

  @Option(help: "How many videos at once; as many as cores, 16 at most, unless told.")
  var jobs: Int?

  @Flag(help: "Import again what is in with other options, or from another version of curate.")
  var again = false

  @Option(help: "Import only part I of N of the files, into WORKSPACE/parts/I-of-N.")
  var shard: Shard?

  func validate() throws {
    guard (64...2048).contains(cropSize) else {
      throw ValidationError("--crop-size is 64 to 2048")
    }
    guard minFace >= 0, maxFaces >= 0 else {
      throw ValidationError("--min-face and --max-faces are not negative")
    }
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs is 1 to 256") }
    guard !again || shard == nil else {
      throw ValidationError("--again is for the workspace that holds the videos, without --shard")
    }
    _ = try sampling.selection()
  }

  func run() throws {
    var options = ImportOptions()
    options.identity = identity
    options.detector = try DetectorChoice(named: detector)
    options.frames = try sampling.selection()
    (options.smallestFace, options.mostFaces) = (minFace, maxFaces)
    (options.cropSize, options.faceType, options.isAgain) = (cropSize, faceType, again)
    let opened = try shard.map { try $0.openPart(of: workspace) } ?? workspace.openForWriting()
    if let identity { try Workspace.checkName(identity) }
    let videos = VideoFiles(paths)
    for problem in videos.problems { warn("Error: \(problem.path): \(problem.reason)") }
    guard !videos.files.isEmpty || !videos.problems.isEmpty else {
      throw CommandError("standard input names no video")
    }
    let files = shard.map { $0.share(of: videos.files) } ?? videos.files
    try ImportRun.run(
      files, options: options, in: opened, jobs: jobs, problems: videos.problems.count,
      reporter: progress.reporter("import", unit: "frames"))
  }
}

extension FaceType: ExpressibleByArgument {}

/// Which frames of a video are looked at.
struct SamplingOption: ParsableArguments {
  @Option(help: "Look at every so-manieth frame only.")
  var every: Int?

  @Option(help: "Look at about so many frames a second.")
  var fps: Double?

  @Flag(help: "Look at key frames only: the fastest survey of a long video.")
  var keyframes = false

  @Option(help: "Begin here, in seconds or as h:mm:ss.")
  var start: TimeCode?

  @Option(help: "End before this, in seconds or as h:mm:ss.")
  var end: TimeCode?

  func selection() throws -> FrameSelection {
    let chosen = [every != nil, fps != nil, keyframes].filter { $0 }.count
    guard chosen <= 1 else {
      throw ValidationError("only one of --every, --fps and --keyframes makes sense")
    }
    if let every, every < 1 { throw ValidationError("--every is at least 1") }
    if let fps, !(fps > 0 && fps <= 1000) {
      throw ValidationError("--fps is more than 0, and at most 1000")
    }
    let (from, to) = (start?.seconds ?? 0, end?.seconds)
    if let to, to <= from { throw ValidationError("--end lies after --start") }
    let rate: FrameSelection.Rate =
      if keyframes { .keyframes } else if let every { .every(every) } else if let fps {
        .perSecond(fps)
      } else { .all }
    return FrameSelection(rate: rate, start: start?.seconds, end: to)
  }
}

/// A time as one types it: `90`, `1:30` or `0:01:30.5`.
struct TimeCode: ExpressibleByArgument {
  let seconds: Double

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard (1...3).contains(parts.count), parts.allSatisfy({ ($0 ?? -1) >= 0 }) else {
      return nil
    }
    seconds = parts.reduce(0) { $0 * 60 + ($1 ?? 0) }
  }
}

/// One of the shares into which an import is cut for many machines, as `2/8`.
struct Shard: ExpressibleByArgument {
  let number: Int
  let count: Int

  init?(argument: String) {
    let parts = argument.split(separator: "/").compactMap { Int($0) }
    guard parts.count == 2, parts[1] >= 1, (1...parts[1]).contains(parts[0]) else { return nil }
    (number, count) = (parts[0], parts[1])
  }

  /// Every N-th of the files by path: the same for every task that is given the same files.
  func share(of files: [String]) -> [String] {
    files.sorted().enumerated().filter { $0.offset % count == number - 1 }.map(\.element)
  }

  /// The workspace of this part, made when it is missing.
  func openPart(of workspace: WorkspaceOption) throws -> Workspace {
    let folder = "\(workspace.folder)/parts/\(number)-of-\(count)"
    if FileManager.default.fileExists(atPath: folder + "/catalog.sqlite") {
      return try Workspace(opening: folder, access: .readWrite)
    }
    return try Workspace.create(at: folder)
  }
}
