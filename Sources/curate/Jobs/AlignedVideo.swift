import Align
import FaceCore
import Foundation
import Media

/// A video with the faces of its frames, some frames at a time.
struct AlignedVideo: ~Copyable {
  /// Consecutive frames, what is in them, and what it takes to go on after them.
  struct Run: Sendable {
    var frames: [VideoFrame]
    var faces: [VideoAligner.Frame]
    var state: [UInt8]
  }

  private(set) var reader: VideoReader
  private let aligner: FaceAligner
  private var follower: VideoAligner

  /// Begins with frame `ordinal` and the state after the frame before it; none at the start.
  init(
    path: String, predictor: LandmarkPredictor, from ordinal: Int = 0, state: [UInt8] = []
  ) throws {
    let aligner = try FaceAligner(predictor: predictor)
    let follower =
      state.isEmpty
      ? VideoAligner() : try JSONDecoder().decode(VideoAligner.self, from: Data(state))
    var reader = try VideoReader(path: path)
    reader.skip(toOrdinal: ordinal)
    (self.aligner, self.follower) = (aligner, follower)
    self.reader = reader
  }

  /// The next frames, as many as fit into 64 MB, 2 to 32; nil at the end.
  mutating func next() throws -> Run? {
    let limit = max(2, min(32, (64 << 20) / (reader.info.width * reader.info.height * 3)))
    var run = Run(frames: [], faces: [], state: [])
    while run.frames.count < limit, let frame = try reader.next() {
      run.faces.append(
        try follower.frame(frame.image, number: frame.ordinal, using: aligner))
      run.frames.append(frame)
    }
    guard !run.frames.isEmpty else { return nil }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    run.state = Array(try encoder.encode(follower))
    return run
  }
}
