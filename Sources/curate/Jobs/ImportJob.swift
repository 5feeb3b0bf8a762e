import Align
import Catalog
import FaceCore
import Foundation
import Media

/// Video in, catalogued faces out: decode, detect, landmarks, pose, measures, track, crop, commit.
struct ImportJob {
  /// What was done about one file.
  enum Outcome {
    case imported(frames: Int, faces: Int)
    /// In the catalogue already, to the end.
    case unchanged
    /// The file is damaged; what could be read is in.
    case partial(faces: Int, reason: String)
  }

  struct Options {
    var identity: String?
    var cropSize = 256
    var faceType = FaceType.full
    var jpegQuality = 95

    /// Everything that decides what an import finds.
    var parameters: String {
      "detector=dlib-hog/1 upsampling=1 landmarks=dlib-68/1 tracker=1 "
        + "crop=\(faceType.rawValue)/\(cropSize)/jpeg\(jpegQuality)"
    }
  }

  let workspace: Workspace
  let options: Options
  private let pool: AlignerPool

  /// Throws when the landmark file is missing.
  init(workspace: Workspace, options: Options) throws {
    self.workspace = workspace
    self.options = options
    pool = try AlignerPool()
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
    var reader = try VideoReader(path: path)
    let facts = VideoFacts(
      sha256: try Digest.hex(ofFile: path), size: stamp.size, modified: stamp.modified, path: path,
      width: reader.info.width, height: reader.info.height, codec: reader.info.codec,
      duration: Self.duration(of: reader.info), frameCount: reader.info.frameCount)
    let video = try workspace.register(facts, note: .now())
    let start = try workspace.beginImport(
      of: video, parameters: options.parameters, identity: options.identity)
    guard case .from(let ordinal, let state) = start else { return Self.finished(video) }
    do {
      return try run(&reader, video: video, from: ordinal, state: state, progress: progress)
    } catch {
      // The reason is kept with the video; what the catalogue cannot say, the error does.
      try? workspace.failImport(of: video, reason: "\(error)")
      throw error
    }
  }

  private func run(
    _ reader: inout VideoReader, video: VideoRecord, from start: Int, state: [UInt8],
    progress: (Progress) -> Void
  ) throws -> Outcome {
    var follower =
      state.isEmpty ? Follower() : try JSONDecoder().decode(Follower.self, from: Data(state))
    reader.skip(toOrdinal: start)
    var next = start
    var faces = video.faceCount
    while true {
      let frames = try reader.nextFrames()
      if frames.isEmpty { break }
      let found = try pool.map(frames, cropped)
      var batch: [NewFace] = []
      for (frame, aligned) in zip(frames, found) {
        batch += track(aligned, in: frame, with: &follower)
      }
      let end = frames[frames.count - 1].ordinal + 1
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      try workspace.commit(
        ImportBatch(
          frames: next..<end, faces: batch, resumeState: Array(try encoder.encode(follower))),
        of: video)
      faces += batch.count
      next = end
      progress(Progress(done: next, total: reader.info.frameCount))
    }
    if let damage = reader.damage {
      try workspace.endImportPartially(of: video, reason: damage)
      return .partial(faces: faces, reason: damage)
    }
    try workspace.finishImport(of: video)
    return .imported(frames: next, faces: faces)
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

  /// What is remembered from frame to frame; stored with every batch.
  private struct Follower: Codable {
    var tracker = FaceTracker()
    var shots = ShotDetector()
  }

  private struct CroppedFace: Sendable {
    var face: AlignedFace
    var crop: NewCrop
  }

  @Sendable private func cropped(_ image: Image, _ faces: [AlignedFace]) throws -> [CroppedFace] {
    try faces.map { face in
      let (square, transform) = crop(
        image, landmarks: face.landmarks, type: options.faceType, size: options.cropSize)
      let bytes = try JPEG.encode(square, quality: options.jpegQuality)
      return CroppedFace(
        face: face,
        crop: NewCrop(
          bytes: bytes, sha256: Digest.hex(of: bytes), fileExtension: "jpg",
          size: options.cropSize, faceType: options.faceType.rawValue, transform: transform))
    }
  }

  private func track(
    _ found: [CroppedFace], in frame: VideoFrame, with follower: inout Follower
  ) -> [NewFace] {
    if follower.shots.isCut(frame.image) { follower.tracker.cut() }
    let tracks = follower.tracker.tracks(of: found.map(\.face.landmarks), frame: frame.ordinal)
    return found.indices.map { index in
      let face = found[index].face
      return NewFace(
        track: tracks[index], ordinal: frame.ordinal, position: index, time: frame.timestamp,
        box: face.box, score: Double(face.score), landmarks: face.landmarks, pose: face.pose,
        measures: face.measures.map {
          Catalog.Measure(name: $0.name, value: $0.value, version: $0.version)
        },
        crop: found[index].crop)
    }
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
