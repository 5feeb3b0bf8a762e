import Align
import Catalog
import FaceCore
import Foundation
import Media

/// Video in, catalogued faces out: decode, detect, landmarks, pose, measures, track, crop, commit.
struct ImportJob: Sendable {
  /// What was done about one file.
  enum Outcome {
    case imported(frames: Int, faces: Int)
    /// In the catalogue already, to the end.
    case unchanged
    /// The file is damaged; what could be read is in.
    case partial(faces: Int, reason: String)
  }

  struct Options: Sendable {
    var identity: String?
    var cropSize = 256
    var faceType = FaceType.full
    var jpegQuality = 95

    /// Everything that decides what an import finds.
    var parameters: String {
      "detector=dlib-hog/1 upsampling=1 search=10 landmarks=dlib-68/1 tracker=1 "
        + "crop=\(faceType.rawValue)/\(cropSize)/jpeg\(jpegQuality)"
    }
  }

  let workspace: Workspace
  let options: Options
  private let predictor: LandmarkPredictor

  /// Throws when the landmark file is missing.
  init(workspace: Workspace, options: Options) throws {
    self.workspace = workspace
    self.options = options
    predictor = try LandmarkPredictor()
  }

  /// Imports one file, or goes on where an earlier run was stopped.
  func run(path: String, progress: (Progress) -> Void) throws -> Outcome {
    let path = URL(fileURLWithPath: path).standardizedFileURL.path
    let stamp = try FileStamp(path: path)
    if let known = try workspace.knownVideo(
      path: path, size: stamp.size, modified: stamp.modified), known.state.isFinished
    {
      return Self.finished(known)
    }
    let info = try VideoReader(path: path).info
    let facts = VideoFacts(
      sha256: try Digest.hex(ofFile: path), size: stamp.size, modified: stamp.modified, path: path,
      width: info.width, height: info.height, codec: info.codec,
      duration: Self.duration(of: info), frameCount: info.frameCount)
    let video = try workspace.register(facts, note: .now())
    let start = try workspace.beginImport(
      of: video, parameters: options.parameters, identity: options.identity)
    guard case .from(let ordinal, let state) = start else { return Self.finished(video) }
    do {
      return try run(path, video: video, from: ordinal, state: state, progress: progress)
    } catch {
      // The reason is kept with the video; what the catalogue cannot say, the error does.
      try? workspace.failImport(of: video, reason: "\(error)")
      throw error
    }
  }

  /// While one run of frames is decoded and looked at, the one before is cut and committed.
  private func run(
    _ path: String, video: VideoRecord, from start: Int, state: [UInt8],
    progress: (Progress) -> Void
  ) throws -> Outcome {
    var aligned = try AlignedVideo(
      path: path, predictor: predictor, from: start, state: state)
    var faces = video.faceCount
    var end = start
    var committing: Background<Int>?
    while true {
      let next = Result { try aligned.next() }
      faces += try committing?.get() ?? 0
      guard let run = try next.get() else { break }
      committing = Background { [self] in try commit(run, of: video) }
      end += run.frames.count
      progress(Progress(done: end, total: aligned.reader.info.frameCount))
    }
    if let damage = aligned.reader.damage {
      try workspace.endImportPartially(of: video, reason: damage)
      return .partial(faces: faces, reason: damage)
    }
    try workspace.finishImport(of: video)
    return .imported(frames: end, faces: faces)
  }

  private static func finished(_ video: VideoRecord) -> Outcome {
    video.state == .partial
      ? .partial(faces: video.faceCount, reason: video.error ?? "damaged") : .unchanged
  }

  private static func duration(of info: VideoInfo) -> Timestamp {
    let ticks = (info.duration ?? 0) / info.timebase.value
    return Timestamp(
      ticks: Int64(ticks.rounded()), numerator: info.timebase.numerator,
      denominator: info.timebase.denominator)
  }

  /// Cuts, encodes and commits what was found in a run.
  private func commit(_ run: AlignedVideo.Run, of video: VideoRecord) throws -> Int {
    var faces: [NewFace] = []
    for (frame, found) in zip(run.frames, run.faces) {
      for (position, seen) in found.faces.enumerated() {
        faces.append(
          try newFace(seen.face, track: seen.track, position: position, frame: frame))
      }
    }
    let first = run.frames[0].ordinal
    try workspace.commit(
      ImportBatch(
        frames: first..<first + run.frames.count, faces: faces, resumeState: run.state),
      of: video)
    return faces.count
  }

  private func newFace(
    _ face: AlignedFace, track: Int, position: Int, frame: VideoFrame
  ) throws -> NewFace {
    let (square, transform) = crop(
      frame.image, landmarks: face.landmarks, type: options.faceType, size: options.cropSize)
    let bytes = try JPEG.encode(square, quality: options.jpegQuality)
    return NewFace(
      track: track, ordinal: frame.ordinal, position: position, time: frame.timestamp,
      box: face.box, score: Double(face.score), landmarks: face.landmarks, pose: face.pose,
      measures: face.measures,
      crop: NewCrop(
        bytes: bytes, sha256: Digest.hex(of: bytes), fileExtension: "jpg",
        size: options.cropSize, faceType: options.faceType.rawValue, transform: transform))
  }
}

/// Size and time of change of a file: cheap, and enough to skip hashing it again.
struct FileStamp {
  var size: Int64
  /// Nanoseconds since 1970.
  var modified: Int64

  init(path: String) throws {
    guard let values = try? FileManager.default.attributesOfItem(atPath: path),
      let size = values[.size] as? NSNumber, let date = values[.modificationDate] as? Date
    else { throw CommandError("\(path): no such file, or it cannot be read") }
    self.size = size.int64Value
    modified = Int64((date.timeIntervalSince1970 * 1e9).rounded())
  }
}
