import Align
import Dispatch
import FaceCore
import Foundation
import Media
import Synchronization

/// An aligner for every core, over one landmark predictor.
struct AlignerPool {
  /// One thread at a time.
  private final class Worker: Sendable {
    let aligner: Mutex<FaceAligner>

    init(_ aligner: sending FaceAligner) { self.aligner = Mutex(aligner) }
  }

  private let workers: [Worker]

  /// Throws when the landmark file is missing.
  init() throws {
    let predictor = try LandmarkPredictor()
    workers = try (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in
      Worker(try FaceAligner(predictor: predictor))
    }
  }

  /// What `body` makes of the faces of each frame, on all cores; which core does not matter.
  func map<Made: Sendable>(
    _ frames: [VideoFrame], _ body: @Sendable (Image, [AlignedFace]) throws -> Made
  ) throws -> [Made] {
    let results = Mutex([Result<Made, any Error>?](repeating: nil, count: frames.count))
    DispatchQueue.concurrentPerform(iterations: workers.count) { worker in
      for index in stride(from: worker, to: frames.count, by: workers.count) {
        let image = frames[index].image
        let result = Result {
          try body(image, try workers[worker].aligner.withLock { try $0.faces(in: image) })
        }
        results.withLock { $0[index] = result }
      }
    }
    return try results.withLock { $0 }.map { result in
      guard let result else { preconditionFailure("every frame was looked at") }
      return try result.get()
    }
  }
}

extension VideoReader {
  /// The next frames, as many as fit into 64 MB, 2 to 32; none at the end.
  mutating func nextFrames() throws -> [VideoFrame] {
    let limit = max(2, min(32, (64 << 20) / (info.width * info.height * 3)))
    var frames: [VideoFrame] = []
    while frames.count < limit, let frame = try next() { frames.append(frame) }
    return frames
  }
}
