import Media

/// An opened video that closures and threads can hold on to.
///
/// Only one of them may read at a time.
final class VideoSource: @unchecked Sendable {
  private var reader: VideoReader
  let info: VideoInfo

  init(path: String, frames: FrameSelection = .all, threads: Int = 0) throws {
    let reader = try VideoReader(path: path, frames: frames, threads: threads)
    info = reader.info
    self.reader = reader
  }

  func next() throws -> VideoFrame? { try reader.next() }
  func skip(toOrdinal ordinal: Int) { reader.skip(toOrdinal: ordinal) }

  /// What is wrong with the file, known in full at its end.
  var damage: String? { reader.damage }
}
