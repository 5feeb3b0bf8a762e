public import FaceCore

/// Applies a model to a video: read, find the face, infer in batches, composite, mark, write, each
/// on its own thread.
///
/// Frames without a face pass untouched. What is in flight is bounded: the queues between the
/// stages and one batch.
public struct SwapPipeline: Hashable, Sendable {
  /// Side of the network's square, in pixels.
  public var resolution: Int
  /// Faces given to the network at once, at most.
  public var batchSize: Int
  /// Frames between two stages, at most.
  public var queueLimit = 8
  /// Threads for finding faces.
  ///
  /// With 1, `find` sees the frames one after the other, in order, as a tracker needs.
  public var findThreads = 1
  /// Threads for compositing.
  public var compositeThreads = 1
  /// Whether `write` gets the frame as it was, too.
  ///
  /// It costs a copy of every swapped frame.
  public var keepsOriginals = false
  /// What lies outside of the frame where the square goes beyond it.
  public var border = Image.Border.black
  public var compositor = Compositor()

  public init(resolution: Int, batchSize: Int) {
    precondition(resolution > 0 && batchSize > 0)
    (self.resolution, self.batchSize) = (resolution, batchSize)
  }

  /// A frame of the target.
  public struct Frame: Sendable {
    /// Counted from 0 in the order of reading.
    public let index: Int
    public let timestamp: Timestamp
    public let image: Image
  }

  /// A frame on its way out.
  public struct Output: Sendable {
    public let index: Int
    public let timestamp: Timestamp
    public internal(set) var image: Image
    /// Nil where there was no face.
    public let face: TargetFace?
    /// Where the frame was changed, and how much.
    public internal(set) var mask: FrameMask?
    /// The frame as it was; nil unless the pipeline keeps originals.
    public internal(set) var original: Image?
  }

  /// What a run did.
  public struct Statistics: Hashable, Sendable, Codable {
    public let frames: Int
    /// Frames whose face was swapped.
    public let swapped: Int
    /// Of the whole run.
    public let seconds: Double
    /// In the order of the pipeline.
    public let stages: [StageStatistics]
    /// The most frames that ever waited between two stages.
    public let longestQueue: Int

    public var framesPerSecond: Double { seconds > 0 ? Double(frames) / seconds : 0 }
  }

  /// Runs to the end of the frames.
  ///
  /// `progress` and `write` are called on the caller's thread, the other closures on threads of
  /// their own, `read`, `infer` and `mark` never twice at the same time.
  ///
  /// - Parameters:
  ///   - frameCount: For the progress, if known.
  ///   - read: The next frame, nil at the end.
  ///   - find: The face to be swapped; nil leaves the frame as it is.
  ///   - infer: `[count, 3, resolution, resolution]`, sRGB, 0 to 1, and the count, 1 to
  ///     `batchSize`; answers one face for each.
  ///   - mark: Changes a finished frame whose face was swapped, as a watermark does.
  ///   - write: Takes the frames in the order they were read.
  /// - Throws: The first error of any closure, after every stage has stopped;
  ///   ``TrainerError`` with `badShape` when `infer` gives another number or size of faces, with
  ///   `badFace` when `find` gives one that is not finite.
  public func run(
    frameCount: Int? = nil,
    read: sending @escaping () throws -> (image: Image, timestamp: Timestamp)?,
    find: @escaping @Sendable (Frame) throws -> TargetFace?,
    infer: sending @escaping (_ patches: [Float], _ count: Int) throws -> [SwappedFace],
    mark: (@Sendable (inout Image) throws -> Void)? = nil,
    progress: (Progress) -> Void = { _ in },
    write: (Output) throws -> Void
  ) throws -> Statistics {
    let start = ContinuousClock.now
    let pipeline = Pipeline<Work>(queueLimit: queueLimit)
    var index = 0
    let decoded = pipeline.source("read") {
      guard let next = try read() else { return nil }
      defer { index += 1 }
      return Work(index: index, timestamp: next.timestamp, image: next.image)
    }
    let found = pipeline.stage("find", from: decoded, gather: .ready(findThreads)) { frames in
      try frames.changeEach(threads: findThreads) { try $0.find(by: find, in: self) }
    }
    // Waits for a full batch, but not through a long stretch without a face.
    let inferred = pipeline.stage(
      "infer", from: found,
      gather: .until { frames in
        frames.count >= 2 * batchSize || frames.count { $0.face != nil } >= batchSize
      }
    ) { try answer(&$0, by: infer) }
    let blended = pipeline.stage(
      "composite", from: inferred, gather: .ready(compositeThreads)
    ) { frames in
      try frames.changeEach(threads: compositeThreads) { $0.composite(by: self) }
    }
    let finished =
      mark.map { mark in
        pipeline.stage("mark", from: blended, gather: .ready(1)) { frames in
          try frames.changeEach(threads: 1) { if $0.face != nil { try mark(&$0.image) } }
        }
      } ?? blended
    var frames = 0
    var swapped = 0
    let stages = try pipeline.finish("write", from: finished) { work in
      try write(work.output)
      frames += 1
      swapped += work.face == nil ? 0 : 1
      progress(Progress(done: frames, total: frameCount))
    }
    return Statistics(
      frames: frames, swapped: swapped, seconds: start.secondsToNow, stages: stages,
      longestQueue: pipeline.longestQueue)
  }
}
