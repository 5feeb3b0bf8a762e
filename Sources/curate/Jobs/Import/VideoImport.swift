import Align
import Catalog
import Dispatch
import FaceCore
import Foundation
import Media
import Synchronization

/// One video on its way into the catalogue: decode, find and follow, measure and cut, commit, each
/// on threads of its own, with a bounded number of frames between them.
struct VideoImport {
  let job: ImportJob
  let video: VideoRecord
  /// The file as it was hashed.
  let stamp: FileStamp
  let models: ImportJob.Models
  /// What it was begun with: of more versions of the program than this one, if frames before were imported by
  /// another.
  let parameters: String

  /// What was done in one run.
  struct Found {
    /// From the first frame of the video.
    var frames: Int
    var faces = 0
    var wasStopped = false
  }

  /// A frame between two stages.
  private struct Step: Sendable {
    let ordinal: Int
    let time: Timestamp
    /// Let go of when its faces are cut.
    var frame: VideoFrame?
    var luma: GrayImage?
    var seen: VideoAligner.Frame?
    /// What it takes to go on after this frame.
    var follower: VideoAligner?
    var faces: [NewFace] = []
  }

  func run(
    _ source: VideoSource, from start: Int, state: [UInt8], progress: (Progress) -> Void
  ) throws -> Found {
    source.skip(toOrdinal: start)
    let pixels = source.info.width * source.info.height
    let pipeline = Pipeline<Step>(queueLimit: max(1, min(8, (32 << 20) / (pixels * 3 / 2))))
    let wasStopped = Atomic(false)
    let decoded = pipeline.source("decode") {
      guard !StopSignal.isRequested else {
        wasStopped.store(true, ordering: .relaxed)
        return nil
      }
      // Luma is taken here, for finding is what the others wait for.
      return try source.next().map {
        Step(ordinal: $0.ordinal, time: $0.timestamp, frame: $0, luma: $0.luma)
      }
    }
    let finder = try Finder(state: state, models: models.faces)
    let found = pipeline.stage("find", from: decoded, gather: .ready(1)) {
      for index in $0.indices { try finder.find(&$0[index]) }
    }
    let cutter = Cutter(options: job.options, occlusion: models.occlusion)
    let cut = pipeline.stage("cut", from: found, gather: .ready(4)) { try cutter.cut(&$0) }
    var batch = Batch(start: start)
    var result = Found(frames: start)
    _ = try pipeline.finish("commit", from: cut) { step in
      batch.add(step)
      result.frames = step.ordinal + 1
      result.faces += step.faces.count
      if batch.isFull { try commit(&batch, path: video.facts.path) }
      progress(Progress(done: result.frames, total: source.info.frameCount))
    }
    try commit(&batch, path: video.facts.path)
    result.wasStopped = wasStopped.load(ordering: .relaxed)
    return result
  }

  /// Writes what was gathered, unless the file is no longer the one whose hash names the faces.
  private func commit(_ batch: inout Batch, path: String) throws {
    guard let last = batch.follower else { return }
    guard try FileStamp(path: path) == stamp else {
      throw CommandError("\(path): changed while it was read; import it again")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var found = ImportBatch(
      frames: batch.start..<batch.end, faces: batch.faces, shots: batch.shots,
      resumeState: Array(try encoder.encode(last)))
    found.parameters = parameters
    found.hasRulesOfBefore = parameters == job.options.parameters
    try job.workspace.commit(found, of: video)
    batch = Batch(start: batch.end)
  }

  /// What is committed at once.
  private struct Batch {
    let start: Int
    private(set) var end: Int
    private(set) var faces: [NewFace] = []
    private(set) var shots: [NewShot] = []
    private(set) var follower: VideoAligner?
    /// Frames that were looked at.
    private var looked = 0
    private var bytes = 0
    private let began = ContinuousClock.now

    init(start: Int) { (self.start, end) = (start, start) }

    mutating func add(_ step: Step) {
      if let seen = step.seen, seen.isCut || step.ordinal == 0 {
        shots.append(NewShot(number: seen.shot, firstOrdinal: step.ordinal))
      }
      faces += step.faces
      follower = step.follower
      end = step.ordinal + 1
      looked += 1
      bytes += step.faces.reduce(0) { $0 + $1.crop.bytes.count }
    }

    /// So that a kill costs half a second of work, and memory is bounded.
    var isFull: Bool {
      looked >= ImportBatch.frameLimit || faces.count >= 512 || bytes > 8 << 20
        || began.secondsToNow > 0.5
    }
  }

  /// Finds the faces of one frame after the other: each search builds on the last.
  private final class Finder: @unchecked Sendable {
    private let aligner: FaceAligner
    private var follower: VideoAligner

    init(state: [UInt8], models: FaceModels) throws {
      aligner = try FaceAligner(models)
      follower =
        state.isEmpty
        ? VideoAligner() : try JSONDecoder().decode(VideoAligner.self, from: Data(state))
    }

    func find(_ step: inout Step) throws {
      guard let luma = step.luma else { return }
      step.seen = try follower.frame(luma, number: step.ordinal, using: aligner)
      step.follower = follower
    }
  }

  /// Measures, cuts and encodes faces; each frame by itself, so on all cores.
  private struct Cutter: Sendable {
    let options: ImportOptions
    let occlusion: OcclusionMeter

    func cut(_ steps: inout [Step]) throws {
      let whole = steps
      let results = Mutex([Result<[NewFace], any Error>?](repeating: nil, count: whole.count))
      DispatchQueue.concurrentPerform(iterations: whole.count) { index in
        let result = Result { try faces(of: whole[index]) }
        results.withLock { $0[index] = result }
      }
      for (index, result) in results.withLock({ $0 }).enumerated() {
        steps[index].faces = try result?.get() ?? []
        steps[index].frame = nil
        steps[index].luma = nil
      }
    }

    private func faces(of step: Step) throws -> [NewFace] {
      guard let frame = step.frame, let luma = step.luma, let seen = step.seen else { return [] }
      return try wanted(seen.faces).enumerated().map { position, found in
        try face(found, at: position, in: frame, luma: luma, shot: seen.shot)
      }
    }

    /// The largest that are large enough, still left to right.
    private func wanted(_ faces: [VideoAligner.Face]) -> [VideoAligner.Face] {
      let large = faces.filter { $0.box.width >= Float(options.smallestFace) }
      guard options.mostFaces > 0, large.count > options.mostFaces else { return large }
      let kept = large.indices.sorted { large[$0].box.area > large[$1].box.area }
        .prefix(options.mostFaces)
      return kept.sorted().map { large[$0] }
    }

    private func face(
      _ found: VideoAligner.Face, at position: Int, in frame: VideoFrame, luma: GrayImage,
      shot: Int
    ) throws -> NewFace {
      let face = measured(found, in: luma)
      let size = options.cropSize
      let transform = cropTransform(
        landmarks: face.landmarks, size: size, type: options.faceType)
      let square = CropCutter(size: size).crop(of: frame, by: transform)
      let bytes = try JPEG.encode(square, quality: options.jpegQuality)
      return NewFace(
        track: found.track, shot: shot, ordinal: frame.ordinal, position: position,
        time: frame.timestamp, box: face.box, score: Double(face.score),
        landmarks: face.landmarks, pose: face.pose, light: face.light,
        measures: face.measures
          + cropMeasures(
            of: face.landmarks.mapped(by: transform), in: square, transform: transform,
            width: frame.width, height: frame.height, occlusion: occlusion)
          + frameMeasures(of: face.landmarks, in: luma, transform: transform, size: size),
        crop: NewCrop(
          bytes: bytes, sha256: Digest.hex(of: bytes), fileExtension: "jpg", size: size,
          faceType: options.faceType.rawValue, transform: transform))
    }
  }
}
