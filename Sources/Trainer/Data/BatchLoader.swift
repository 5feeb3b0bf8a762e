import FaceCore
public import Media
import Synchronization

/// Makes the batches of one side.
///
/// What a step's batch holds depends on the samples, the configuration, the seed and the step only,
/// so that a resumed run needs nothing but the step.
public final class BatchLoader: Sendable {
  /// What a batch looks like, and from where.
  public struct Configuration: Hashable, Sendable, Codable {
    /// Side of the network's square, in pixels.
    public var resolution: Int
    public var batchSize: Int
    public var seed: UInt64
    /// Keeps the sides apart: two loaders with one seed and different streams are independent.
    public var stream: UInt64
    public var warp = RandomWarp()
    /// The step from which the network sees faces unbent; nil bends them always.
    public var warpEnd: Int?
    public var mask = FaceMask.training
    /// What a pixel of the eyes and the mouth counts beyond one of the cheek.
    ///
    /// Peers count eyes 3 times and the mouth twice in all.
    public var detailWeight: Float = 2

    public init(resolution: Int, batchSize: Int, seed: UInt64, stream: UInt64 = 0) {
      (self.resolution, self.batchSize) = (resolution, batchSize)
      (self.seed, self.stream) = (seed, stream)
    }
  }

  /// Reads the crop of a name, which need not have more pixels a side than the number it is given.
  ///
  /// Called from several threads at once.
  public typealias Reader = @Sendable (_ name: String, _ side: Int) throws -> ReducedImage

  public let samples: [FaceSample]
  public let configuration: Configuration
  private let threads: Int
  private let order: SampleOrder
  private let sampleSeed: UInt64
  private let cache: CropCache
  private let epochs = Mutex<[Int: [Int]]>([:])
  private let crop: Reader

  /// - Parameters:
  ///   - cacheLimit: Most bytes of decoded crops to hold. A crop is held at most at about
  ///     twice the resolution.
  ///   - threads: How many samples are made at once. It changes no batch.
  ///   - crop: Reads a crop by the name its sample gives.
  /// - Throws: ``TrainerError`` with `noSamples` when there are none.
  public init(
    samples: [FaceSample], configuration: Configuration, cacheLimit: Int = 512 << 20,
    threads: Int = 2, crop: @escaping Reader
  ) throws {
    precondition(configuration.resolution > 0 && configuration.batchSize > 0)
    guard !samples.isEmpty else {
      throw TrainerError(code: .noSamples, subject: "batch loader", reason: "no face to train on")
    }
    var root = SeededGenerator(seed: configuration.seed, stream: configuration.stream)
    order = SampleOrder(weights: samples.map(\.weight), seed: root.next())
    sampleSeed = root.next()
    cache = CropCache(limit: cacheLimit)
    (self.samples, self.configuration) = (samples, configuration)
    (self.threads, self.crop) = (max(1, threads), crop)
  }

  /// The bytes of decoded crops held now.
  public var cachedBytes: Int { cache.bytes }

  /// The batch of a step, counted from 0.
  ///
  /// May be called from any thread.
  ///
  /// - Throws: What `crop` throws, and ``TrainerError`` with `badCrop` when a crop has not the
  ///   size its sample says.
  public func batch(step: Int) throws -> TrainingBatch {
    precondition(step >= 0, "steps are counted from 0")
    let first = step * configuration.batchSize
    let draws = (first..<first + configuration.batchSize).map { (draw: $0, face: face(of: $0)) }
    return try TrainingBatch(
      faces: draws.map(\.face), resolution: configuration.resolution, threads: threads
    ) { place, input, target, mask in
      try write(
        draw: draws[place].draw, face: draws[place].face, input: &input, target: &target,
        mask: &mask)
    }
  }

  /// Which face the n-th draw of the run shows.
  private func face(of draw: Int) -> Int {
    let epoch = draw / order.count
    return epochs.withLock { known in
      if known[epoch] == nil {
        if known.count > 2 { known.removeAll() }
        known[epoch] = order.epoch(epoch)
      }
      return known[epoch]?[draw % order.count] ?? 0
    }
  }

  private func write(
    draw number: Int, face: Int, input: inout MutableSpan<Float>,
    target: inout MutableSpan<Float>, mask: inout MutableSpan<Float>
  ) throws {
    let sample = samples[face]
    let resolution = configuration.resolution
    let ready = try cache.sample(face) { try make(sample, at: face) }
    var generator = SeededGenerator(seed: sampleSeed, stream: UInt64(number))
    var draw = configuration.warp.draw(
      from: sample.cropSize, to: resolution, mayMirror: sample.mayMirror, using: &generator)
    let step = number / configuration.batchSize
    if step >= configuration.warpEnd ?? .max { draw.field = .zero }
    draw.render(
      ready.picture, side: sample.cropSize, resolution: resolution, input: &input,
      target: &target)
    draw.weigh(
      ready.landmarks, mask: configuration.mask, detailWeight: configuration.detailWeight,
      resolution: resolution, into: &mask)
  }

  /// A variant is made from the whole crop, so that it is the same picture at any resolution; its noise
  /// is its own, the same each time.
  private func make(_ sample: FaceSample, at place: Int) throws -> ReadySample {
    guard sample.change != nil else {
      return ReadySample(
        picture: SmoothedPicture(
          try read(sample, atLeast: 2 * configuration.resolution), seenAs: configuration.resolution),
        landmarks: sample.landmarks)
    }
    var generator = SeededGenerator(seed: ~sampleSeed, stream: UInt64(place))
    let changed = try sample.picture(
      of: try read(sample, atLeast: sample.cropSize), using: &generator)
    return ReadySample(
      picture: SmoothedPicture(changed.image, seenAs: configuration.resolution),
      landmarks: changed.landmarks)
  }

  private func read(_ sample: FaceSample, atLeast side: Int) throws -> Image {
    let crop = try crop(sample.crop, side)
    guard crop.width == sample.cropSize, crop.height == sample.cropSize else {
      throw TrainerError(
        code: .badCrop, subject: sample.id,
        reason: "crop \(sample.crop) is \(crop.width)×\(crop.height) pixels, "
          + "not \(sample.cropSize)×\(sample.cropSize)")
    }
    return crop.image
  }
}
