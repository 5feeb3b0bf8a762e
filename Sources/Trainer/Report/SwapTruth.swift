public import FaceCore

/// How far swaps are from the right answer.
public struct SwapScore: Hashable, Sendable, Codable {
  public let frames: Int
  /// Means over the frames, inside of the face's outline; PSNR in decibels.
  public let psnr: Double
  public let ssim: Double
  /// Means over the worst tenth of the frames, each measure by its own.
  public let worstPSNR: Double
  public let worstSSIM: Double
}

/// Frames of a target whose right answers are known: tells during training how good the swap is.
public struct SwapTruth: Sendable {
  /// A frame, or as much of it as a swap can change.
  public struct Frame: Sendable {
    let image: Image
    let truth: Image
    /// `transform` leads to a square of as many pixels as the model's.
    let face: TargetFace

    /// Keeps the face's surroundings of both pictures.
    ///
    /// Throws `badShape` unless they have one size, `badFace` where the face is not in them.
    public init(
      image: Image, truth: Image, face: TargetFace, resolution: Int, subject: String
    ) throws(TrainerError) {
      guard image.width == truth.width, image.height == truth.height else {
        throw TrainerError(
          code: .badShape, subject: subject,
          reason: "the right answer has \(truth.width)×\(truth.height) pixels, "
            + "the frame \(image.width)×\(image.height)")
      }
      let part = Self.part(around: face, resolution: resolution, in: image)
      guard let part else {
        throw TrainerError(code: .badFace, subject: subject, reason: "the face is not in the frame")
      }
      func cut(_ whole: Image) -> Image {
        var cut = Image(width: part.width, height: part.height)
        cut.draw(whole, x: -part.x, y: -part.y)
        return cut
      }
      let (left, top) = (Double(part.x), Double(part.y))
      (self.image, self.truth) = (cut(image), cut(truth))
      self.face = TargetFace(
        landmarks: face.landmarks.mapped(by: .translation(x: -left, y: -top)),
        transform: AffineTransform.translation(x: left, y: top).then(face.transform))
    }

    /// All pixels of the network's square and of the outline, as far as the frame has them.
    private static func part(
      around face: TargetFace, resolution: Int, in image: Image
    ) -> (x: Int, y: Int, width: Int, height: Int)? {
      let end = Float(resolution)
      let back = face.transform.inverse
      let corners = [
        Point(x: 0, y: 0), Point(x: end, y: 0), Point(x: end, y: end), Point(x: 0, y: end),
      ].map(back.apply)
      let points = corners + FaceMask.training.outline(of: face.landmarks).corners
      guard points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return nil }
      let box = Box(around: points)
      // What filters and windows read beyond.
      let margin: Float = 16
      func clamped(_ value: Float, _ limit: Int) -> Int { Int(max(0, min(Float(limit), value))) }
      let left = clamped((box.x - margin).rounded(.down), image.width)
      let top = clamped((box.y - margin).rounded(.down), image.height)
      let right = clamped((box.x + box.width + margin).rounded(.up), image.width)
      let bottom = clamped((box.y + box.height + margin).rounded(.up), image.height)
      guard left < right, top < bottom else { return nil }
      return (left, top, right - left, bottom - top)
    }

    /// The face's outline, whatever part of it a model changes: models stay comparable.
    fileprivate var mask: FrameMask {
      let outline = FaceMask.training.outline(of: face.landmarks)
      return FrameMask(
        x: 0, y: 0, width: image.width, height: image.height,
        values: FaceMask.training.render(outline, width: image.width, height: image.height))
    }
  }

  public let frames: [Frame]
  /// Of the frames as they are, without a swap.
  public let untouched: SwapScore?
  private let compositor = Compositor()

  public init(frames: [Frame]) {
    self.frames = frames
    untouched = Self.score(frames, images: frames.map(\.image))
  }

  /// Swaps the faces as `apply` does, and compares with the right answers.
  ///
  /// - Returns: Nil without a frame.
  public func score(of model: SwapModel) throws -> SwapScore? {
    let side = model.resolution
    let patches = frames.map {
      FacePatch.cut(
        from: $0.image, transform: $0.face.transform, resolution: side, border: .replicate)
    }
    let made = try model.swapWithMasks(patches.flatMap(\.self), count: frames.count)
    let images = frames.enumerated().map { place, frame in
      let face = SwappedFace(
        pixels: Array(made.faces[place * 3 * side * side..<(place + 1) * 3 * side * side]),
        mask: made.masks.map { Array($0[place * side * side..<(place + 1) * side * side]) },
        resolution: side)
      var image = frame.image
      compositor.composite(face, patch: patches[place], at: frame.face, into: &image)
      return image
    }
    return Self.score(frames, images: images)
  }

  private static func score(_ frames: [Frame], images: [Image]) -> SwapScore? {
    let errors = zip(frames, images).map { frame, image in
      var error = SwapError()
      error.add(image, truth: frame.truth, mask: frame.mask)
      return error
    }
    // Equal pictures have no finite figure; a hundred decibels are beyond what 8 bits can tell.
    let psnr = errors.compactMap(\.psnr).map { min($0, 100) }.sorted()
    let ssim = errors.compactMap(\.ssim).sorted()
    guard !psnr.isEmpty, !ssim.isEmpty else { return nil }
    func mean(_ values: some Collection<Double>) -> Double {
      values.reduce(0, +) / Double(values.count)
    }
    func worst(_ values: [Double]) -> Double { mean(values.prefix((values.count + 9) / 10)) }
    return SwapScore(
      frames: psnr.count, psnr: mean(psnr), ssim: mean(ssim), worstPSNR: worst(psnr),
      worstSSIM: worst(ssim))
  }
}
