import Align
import Catalog
import FaceCore
import Foundation
import Media
import Synchronization

/// Videos in, catalogued faces out, one video at a time; any number of threads may share one job.
final class ImportJob: Sendable {
  /// What was done about one file.
  enum Outcome: Sendable {
    case imported(frames: Int, faces: Int, carried: CarriedDecisions?)
    /// In the catalogue already, to the end; the note says what is odd about it.
    case unchanged(note: String?)
    /// The file is damaged; what could be read is in.
    case partial(frames: Int, faces: Int, reason: String)
    /// Asked to stop; what was found is in, and the next import goes on from there.
    case stopped
  }

  let workspace: Workspace
  let options: ImportOptions
  /// For decoding one video; 0 for one a core.
  private let decoderThreads: Int
  private let models = Mutex<Models?>(nil)

  init(workspace: Workspace, options: ImportOptions, decoderThreads: Int = 0) {
    self.workspace = workspace
    self.options = options
    self.decoderThreads = decoderThreads
  }

  /// What finds faces, and what sees them covered.
  struct Models: Sendable {
    let faces: FaceModels
    let occlusion: OcclusionMeter
  }

  /// dlib's landmark file is large: all are read when the first video needs them.
  private func loadedModels() throws -> Models {
    try models.withLock { models in
      let loaded =
        try models
        ?? Models(faces: try options.detector.models(), occlusion: try OcclusionMeter())
      models = loaded
      return loaded
    }
  }

  /// Imports one file, or goes on where an earlier run was stopped.
  func run(path: String, progress: (Progress) -> Void) throws -> Outcome {
    let path = URL(fileURLWithPath: path).standardizedFileURL.path
    let stamp = try FileStamp(path: path)
    do {
      if let known = try workspace.knownVideo(
        path: path, size: stamp.size, modified: stamp.modified), known.state.isFinished,
        !known.isWithdrawn, !mayBegin(known), !replaces(known)
      {
        return finished(known)
      }
      return try run(path: path, stamp: stamp, progress: progress)
    } catch let error as MediaError {
      // Nothing is known of such a file but where it lies and what is wrong, unless it failed later on.
      if try workspace.knownVideo(path: path, size: stamp.size, modified: stamp.modified) == nil {
        try workspace.noteUnreadable(
          path: path, reason: error.reason, parameters: options.parameters,
          identity: options.identity, note: .now())
      }
      throw error
    }
  }

  private func run(
    path: String, stamp: FileStamp, progress: (Progress) -> Void
  ) throws -> Outcome {
    let source = try VideoSource(path: path, frames: options.frames, threads: decoderThreads)
    let info = source.info
    try check(info, of: path)
    let facts = VideoFacts(
      sha256: try Digest.hex(ofFile: path), size: stamp.size, modified: stamp.modified, path: path,
      width: info.width, height: info.height, codec: info.codec,
      duration: Self.duration(of: info), frameCount: info.frameCount)
    let video = try workspace.register(facts, note: .now())
    for former in try workspace.formerVideos(at: video) {
      warn(
        "Warning: \(path): held something else when it was imported before; its \(former.video.faceCount) faces stay, "
          + "and curate undo \(former.entry) takes them back")
    }
    // Before faces make place for those that they find.
    if replaces(video) { _ = try loadedModels() }
    let isNew = mayBegin(video) || replaces(video)
    let begun = isNew ? options.parameters : video.parameters
    let parameters = options.parameters(goingOnFrom: begun)
    if let name = options.identity, isNew || !video.state.isFinished {
      try workspace.createIdentity(name, note: .now())
    }
    let begunWith = parameters ?? options.parameters
    let start = try workspace.beginImport(
      of: video, parameters: begunWith,
      begun: parameters.map { _ in begun },
      // Those not found before are whom the video was said to show.
      identity: options.identity ?? (isAgain(video) ? video.identity : nil),
      again: options.isAgain ? .now() : nil)
    guard case .from(let ordinal, let state) = start else { return finished(video) }
    do {
      let found = try VideoImport(
        job: self, video: video, stamp: stamp, models: try loadedModels(),
        parameters: begunWith
      ).run(source, from: ordinal, state: state, progress: progress)
      let faces = (replaces(video) ? 0 : video.faceCount) + found.faces
      if found.wasStopped { return .stopped }
      try PoseJob(workspace: workspace).run(video)
      if let damage = source.damage {
        try workspace.endImportPartially(of: video, parameters: begunWith, reason: damage)
        return .partial(frames: found.frames, faces: faces, reason: damage)
      }
      try workspace.finishImport(of: video, parameters: begunWith)
      return .imported(
        frames: found.frames, faces: faces, carried: try workspace.carriedDecisions(of: video))
    } catch let error as CatalogError where error.code == .conflict {
      throw error  // Another import of it is at work: to call the video failed would stop that one.
    } catch {
      // The reason is kept with the video; what the catalogue cannot say, the error does.
      try? workspace.failImport(of: video, parameters: begunWith, reason: "\(error)")
      throw error
    }
  }

  /// Whether it begins, or begins anew with other options because it found nobody.
  private func mayBegin(_ video: VideoRecord) -> Bool {
    video.faceCount == 0 && (video.nextOrdinal == 0 || video.parameters != options.parameters)
  }

  private func check(_ info: VideoInfo, of path: String) throws {
    if let start = options.frames.start, let duration = info.duration, start >= duration {
      throw CommandError(
        "\(path): ends after \(ProgressReporter.clock(duration)), before --start; it was left as it is"
      )
    }
    let (wide, high) = (info.pixelAspect.numerator, info.pixelAspect.denominator)
    if wide != high, wide > 0, high > 0 {
      warn(
        "Warning: \(path): its pixels are not square (\(wide):\(high)), so poses and crops are squeezed; "
          + "ffmpeg -vf scale=iw*sar:ih,setsar=1 makes them so")
    }
  }

  /// Whether it begins in the place of an import that found faces.
  private func replaces(_ video: VideoRecord) -> Bool {
    options.isAgain && video.faceCount > 0 && video.parameters != options.parameters
  }

  /// Whether it takes, or took when it began, the place of another import.
  private func isAgain(_ video: VideoRecord) -> Bool {
    replaces(video) || video.tracks.lowerBound > 0
  }

  private func finished(_ video: VideoRecord) -> Outcome {
    if video.state == .partial {
      return .partial(frames: 0, faces: video.faceCount, reason: video.error ?? "damaged")
    }
    if let name = options.identity, name != video.identity {
      return .unchanged(
        note:
          "is in already, and its names stay; curate identity assign \(name) 'path = \"\(video.facts.path)\"'"
      )
    }
    if video.parameters == options.parameters { return .unchanged(note: nil) }
    let differs =
      options.parameters(goingOnFrom: video.parameters) == nil
      ? "with other options" : "by another version"
    return .unchanged(
      note: "was imported \(differs), and stays so without --again: \(video.parameters)")
  }

  private static func duration(of info: VideoInfo) -> Timestamp {
    // What a file claims may be negative, or more than there is.
    let ticks = ((info.duration ?? 0) / info.timebase.value).rounded()
    return Timestamp(
      ticks: max(0, Int64(exactly: ticks) ?? 0), numerator: info.timebase.numerator,
      denominator: info.timebase.denominator)
  }
}

/// Size and time of change of a file: cheap, and enough to skip hashing it again.
struct FileStamp: Hashable {
  var size: Int64
  /// Nanoseconds since 1970.
  var modified: Int64

  init(path: String) throws {
    guard let values = try? FileManager.default.attributesOfItem(atPath: path),
      let size = values[.size] as? NSNumber, let date = values[.modificationDate] as? Date
    else { throw CommandError("\(path): no such file, or it cannot be read") }
    guard values[.type] as? FileAttributeType == .typeRegular else {
      throw CommandError("\(path): is no file")
    }
    self.size = size.int64Value
    modified = Int64((date.timeIntervalSince1970 * 1e9).rounded())
  }
}
