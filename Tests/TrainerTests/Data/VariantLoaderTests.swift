import FaceCore
import Media
import Synchronization
import Testing
import Trainer

/// Variants in the loader.
@Suite struct VariantLoaderTests {
  private static let side = 96
  private static let pose = Pose(yaw: 10, pitch: 2, roll: 0)
  private static let landmarks = HeadModel.landmarks(
    pose: pose, scale: 0.42, center: Point(x: 47, y: 36))
  private static let cell = FaceCell(PoseCell(yaw: 5, pitch: 2))

  private func sample(
    _ name: String, _ variant: FaceVariant? = nil, weight: Double = 1, mayMirror: Bool = false
  ) throws -> FaceSample {
    try FaceSample(
      id: name, crop: name, landmarks: Self.landmarks, weight: variant?.weight ?? weight,
      mayMirror: mayMirror, cropSize: Self.side,
      change: variant.map {
        try #require(FaceSample.Change($0, pose: Self.pose, light: nil))
      })
  }

  private func loader(
    _ samples: [FaceSample], warp: RandomWarp = .none, batchSize: Int = 1, threads: Int = 1,
    cacheLimit: Int = 512 << 20, resolution: Int = 48,
    sides: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> BatchLoader {
    var configuration = BatchLoader.Configuration(
      resolution: resolution, batchSize: batchSize, seed: 5)
    configuration.warp = warp
    return try BatchLoader(
      samples: samples, configuration: configuration, cacheLimit: cacheLimit, threads: threads
    ) { name, side in
      sides(side)
      return ReducedImage(
        noiseImage(width: Self.side, height: Self.side, seed: UInt64(name.count)))
    }
  }

  private static let whole = FaceVariant(
    cell: cell, weight: 0.5, mirror: true, rotate: .init(yaw: 8, pitch: 3),
    color: .init(gain: [1.05, 1, 0.95], saturation: 0.9), scale: 0.7, blur: .init(sigma: 0.7),
    noise: 3, jpeg: 70)

  @Test func aVariantIsWhatTheOperationsMakeOfTheCrop() throws {
    var variant = Self.whole
    variant.noise = nil
    let batch = try loader([sample("a", variant)]).batch(step: 0)
    let crop = FacePicture(
      image: noiseImage(width: Self.side, height: Self.side, seed: 1), landmarks: Self.landmarks,
      pose: Self.pose, light: nil)
    var generator = SeededGenerator(seed: 1)
    let made = try crop.changed(by: variant, using: &generator)
    let plain = FaceSample(id: "b", crop: "b", landmarks: made.landmarks, cropSize: Self.side)
    var configuration = BatchLoader.Configuration(resolution: 48, batchSize: 1, seed: 5)
    configuration.warp = .none
    let shown = try BatchLoader(samples: [plain], configuration: configuration) { _, _ in
      ReducedImage(made.image)
    }.batch(step: 0)
    #expect(batch.target == shown.target && batch.mask == shown.mask)
    #expect(try loader([sample("a")]).batch(step: 0).target != batch.target)
  }

  @Test func anyNumberOfWorkersAndAnyCacheGiveTheSameBatches() throws {
    let samples = try [
      sample("a"), sample("a", Self.whole), sample("bb", weight: 2), sample("bb", Self.whole),
    ]
    let one = try loader(samples, warp: .init(), batchSize: 4)
    let many = try loader(samples, warp: .init(), batchSize: 4, threads: 3, cacheLimit: 0)
    for step in [2, 0, 5] {
      let (a, b) = (try one.batch(step: step), try many.batch(step: step))
      #expect(a.input == b.input && a.target == b.target && a.mask == b.mask)
      #expect(a.faces == b.faces)
    }
    #expect(one.cachedBytes > 0 && many.cachedBytes == 0)
  }

  @Test func aVariantIsDrawnAsOftenAsItsWeightSays() throws {
    let half = FaceVariant(cell: Self.cell, weight: 0.5, mirror: true)
    let samples = try [sample("a", weight: 1.5), sample("a", half), sample("bb")]
    let loader = try loader(samples, batchSize: 3)
    var counts = [0, 0, 0]
    for step in 0..<60 { for face in try loader.batch(step: step).faces { counts[face] += 1 } }
    for (count, weight) in zip(counts, [1.5, 0.5, 1]) {
      #expect(abs(Double(count) - 60 * weight) < 3)
    }
  }

  /// A face that must not be mirrored has variants that are not undone at random.
  @Test func randomMirrorsLeaveAVariantOfAFaceThatMayNotBeMirrored() throws {
    var warp = RandomWarp.none
    warp.mirrorProbability = 1
    let variant = FaceVariant(cell: Self.cell, mirror: true)
    let still = try loader([sample("a", variant)]).batch(step: 0).target
    #expect(try loader([sample("a", variant)], warp: warp).batch(step: 0).target == still)
    let free = try loader([sample("a", variant, mayMirror: true)], warp: warp).batch(step: 0)
    let plain = try loader([sample("a")]).batch(step: 0)
    #expect(free.target != still && largestDifference(free.target, plain.target) < 1e-5)
  }

  @Test func aVariantIsMadeFromTheWholeCropAtAnyResolution() throws {
    let asked = Mutex<[Int]>([])
    let samples = try [sample("a"), sample("a", Self.whole)]
    _ = try loader(samples, batchSize: 2, resolution: 16) { side in
      asked.withLock { $0.append(side) }
    }.batch(step: 0)
    #expect(asked.withLock { $0.sorted() } == [32, Self.side])
  }

  @Test func aLightThatIsNotKnownCannotBeChanged() {
    let light = Light(harmonics: [1, 0, 0, 0, 0, 0, 0, 0, 0])
    let variant = FaceVariant(cell: Self.cell, relight: light)
    #expect(FaceSample.Change(variant, pose: .frontal, light: nil) == nil)
    #expect(FaceSample.Change(variant, pose: .frontal, light: light) != nil)
  }
}
