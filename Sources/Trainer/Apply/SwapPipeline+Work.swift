import FaceCore

extension SwapPipeline {
  /// A frame on its way through the stages.
  struct Work: Sendable {
    let index: Int
    let timestamp: Timestamp
    var image: Image
    var face: TargetFace?
    /// `[3, resolution, resolution]`, as cut from the frame.
    var patch: [Float] = []
    var swapped: SwappedFace?
    var mask: FrameMask?
    var original: Image?

    init(index: Int, timestamp: Timestamp, image: Image) {
      (self.index, self.timestamp, self.image) = (index, timestamp, image)
    }

    var output: Output {
      Output(
        index: index, timestamp: timestamp, image: image, face: face, mask: mask,
        original: original)
    }

    mutating func find(
      by find: (Frame) throws -> TargetFace?, in pipeline: SwapPipeline
    ) throws {
      face = try find(Frame(index: index, timestamp: timestamp, image: image))
      guard let face else { return }
      guard face.isFinite else {
        throw TrainerError(
          code: .badFace, subject: "frame \(index)",
          reason: "the face's landmarks or its map are no finite numbers")
      }
      patch = FacePatch.cut(
        from: image, transform: face.transform, resolution: pipeline.resolution,
        border: pipeline.border)
    }

    mutating func composite(by pipeline: SwapPipeline) {
      if pipeline.keepsOriginals { original = image }
      guard let face, let swapped else { return }
      mask = pipeline.compositor.composite(swapped, patch: patch, at: face, into: &image)
      self.swapped = nil
      patch = []
    }
  }

  /// Gives the frames that have a face the network's answers.
  func answer(
    _ frames: inout [Work], by infer: ([Float], Int) throws -> [SwappedFace]
  ) throws {
    let withFace = frames.indices.filter { frames[$0].face != nil }
    for first in stride(from: 0, to: withFace.count, by: batchSize) {
      let batch = withFace[first..<min(first + batchSize, withFace.count)]
      let faces = try infer(batch.flatMap { frames[$0].patch }, batch.count)
      guard faces.count == batch.count, faces.allSatisfy({ $0.resolution == resolution }) else {
        throw TrainerError(
          code: .badShape, subject: "frame \(frames[batch[first]].index)",
          reason: "the model answered \(faces.count) faces for \(batch.count), "
            + "or not of \(resolution) pixels")
      }
      for (place, face) in zip(batch, faces) { frames[place].swapped = face }
    }
  }
}

extension TargetFace {
  fileprivate var isFinite: Bool {
    landmarks.points.allSatisfy { $0.x.isFinite && $0.y.isFinite }
      && [transform.tx, transform.ty, 1 / transform.determinant].allSatisfy(\.isFinite)
  }
}
