import FaceCore
import Media
import Testing
import Trainer

struct BatchLoaderTests {
  private func loader(
    count: Int = 5, weights: [Double]? = nil, batchSize: Int = 4, seed: UInt64 = 7,
    stream: UInt64 = 0, warp: RandomWarp = RandomWarp(), warpEnd: Int? = nil,
    resolution: Int = 32, threads: Int = 2, mayMirror: Bool = true, cacheLimit: Int = 512 << 20,
    image: Image? = nil,
    landmarks: Landmarks = figureLandmarks(size: 128)
  ) throws -> BatchLoader {
    let samples = (0..<count).map {
      FaceSample(
        id: "face\($0)", crop: "\($0)", landmarks: landmarks, weight: weights?[$0] ?? 1,
        mayMirror: mayMirror, cropSize: 128)
    }
    var configuration = BatchLoader.Configuration(
      resolution: resolution, batchSize: batchSize, seed: seed, stream: stream)
    configuration.warp = warp
    configuration.warpEnd = warpEnd
    return try BatchLoader(
      samples: samples, configuration: configuration, cacheLimit: cacheLimit, threads: threads
    ) { name, _ in
      ReducedImage(image ?? noiseImage(width: 128, height: 128, seed: UInt64(name) ?? 0))
    }
  }

  @Test func aBatchDependsOnNothingButSeedAndStep() throws {
    let one = try loader(threads: 1)
    let many = try loader(threads: 3, cacheLimit: 0)
    for step in [3, 0, 11, 3] {
      let a = try one.batch(step: step)
      let b = try many.batch(step: step)
      #expect(a.input == b.input && a.target == b.target && a.mask == b.mask)
      #expect(a.faces == b.faces)
    }
  }

  @Test func otherSeedsStepsAndStreamsGiveOtherBatches() throws {
    let first = try loader().batch(step: 0).input
    #expect(try loader(seed: 8).batch(step: 0).input != first)
    #expect(try loader(stream: 1).batch(step: 0).input != first)
    #expect(try loader().batch(step: 1).input != first)
  }

  @Test func aFaceIsShownInAnotherWayEachTime() throws {
    let loader = try loader(count: 1, batchSize: 2)
    let batch = try loader.batch(step: 0)
    let half = batch.target.count / 2
    #expect(batch.target[..<half] != batch.target[half...])
    #expect(try loader.batch(step: 1).target != batch.target)
  }

  @Test func withoutChangesInputAndTargetAreTheResizedCrop() throws {
    let image = noiseImage(width: 128, height: 128)
    let batch = try loader(count: 1, batchSize: 1, warp: .none, image: image).batch(step: 0)
    let plain = image.resized(width: 32, height: 32).planes
    #expect(batch.input == batch.target)
    // Two roundings to bytes lie between them.
    #expect(largestDifference(batch.target, plain) <= 1.5 / 255)
  }

  @Test(arguments: [24, 48, 96, 160])
  func sizesThatDivideNothingStayASmoothPicture(resolution: Int) throws {
    let image = smoothImage(width: 128, height: 128)
    let batch = try loader(
      count: 1, batchSize: 1, warp: .none, resolution: resolution, image: image
    ).batch(step: 0)
    let plain = image.resized(width: resolution, height: resolution).planes
    #expect(largestDifference(batch.target, plain) <= 2 / 255)
  }

  @Test func inputAndTargetAgreeWhenTheLocalWarpIsOff() throws {
    var warp = RandomWarp()
    warp.displacement = 0
    warp.color = .none
    let batch = try loader(warp: warp).batch(step: 0)
    #expect(batch.input == batch.target)
    let full = try loader().batch(step: 0)
    #expect(full.input != full.target)
    // The target does not change with the local warp and the colours.
    #expect(full.target == batch.target)
  }

  @Test func facesAreBentUntilTheStepAskedFor() throws {
    var warp = RandomWarp()
    warp.color = .none
    let (bent, ending) = (try loader(warp: warp), try loader(warp: warp, warpEnd: 2))
    for step in 0..<4 {
      let (always, until) = (try bent.batch(step: step), try ending.batch(step: step))
      #expect(always.input != always.target)
      #expect(until.input == (step < 2 ? always.input : always.target))
      #expect(until.target == always.target && until.mask == always.mask)
    }
  }

  @Test func theMaskMovesWithThePixels() throws {
    let landmarks = figureLandmarks(size: 128)
    let mask = FaceMask.training
    let drawn = mask.render(mask.outline(of: landmarks), width: 128, height: 128)
    let image = Image(
      width: 128, height: 128,
      bytes: drawn.flatMap { [UInt8](repeating: UInt8($0 * 255), count: 3) })
    let batch = try loader(count: 1, batchSize: 8, image: image, landmarks: landmarks).batch(
      step: 0)
    let area = 32 * 32
    for sample in 0..<8 {
      let seen = Array(batch.target[sample * 3 * area..<sample * 3 * area + area])
      let weights = Array(batch.mask[sample * area..<(sample + 1) * area])
      #expect(weights.max() ?? 0 > 2.5, "eyes and mouth count more")
      #expect(weights.count { $0 > 1.5 } < weights.count { $0 > 0.5 } / 2)
      let mask = weights.map { min(1, $0) }
      let meanDifference = zip(seen, mask).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(area)
      #expect(meanDifference < 0.01)
      #expect(largestDifference(seen, mask) < 0.4)
    }
  }

  @Test func aMirroredSampleIsTheMirrorOfThePlainOne() throws {
    var warp = RandomWarp.none
    let image = noiseImage(width: 128, height: 128)
    let plain = try loader(count: 1, batchSize: 1, warp: warp, image: image).batch(step: 0)
    warp.mirrorProbability = 1
    let mirrored = try loader(count: 1, batchSize: 1, warp: warp, image: image).batch(step: 0)
    let back = (0..<3 * 32).flatMap { mirrored.target[$0 * 32..<$0 * 32 + 32].reversed() }
    #expect(largestDifference(back, plain.target) < 1e-5)
    let barred = try loader(
      count: 1, batchSize: 1, warp: warp, mayMirror: false, image: image
    ).batch(step: 0)
    #expect(barred.target == plain.target)
  }

  @Test func equalWeightsShowEveryFaceOnceAnEpoch() throws {
    let loader = try loader(count: 7, batchSize: 7)
    var orders: [[Int]] = []
    for epoch in 0..<5 {
      let faces = try loader.batch(step: epoch).faces
      #expect(faces.sorted() == Array(0..<7))
      orders.append(faces)
    }
    #expect(Set(orders).count > 1)
  }

  @Test func weightsAreKeptExactlyOverTime() throws {
    let weights = [1.0, 2, 0.5, 3.5, 1]
    let loader = try loader(count: 5, weights: weights, batchSize: 5)
    var seen = [Double](repeating: 0, count: 5)
    for epoch in 0..<64 {
      var counts = [Int](repeating: 0, count: 5)
      for face in try loader.batch(step: epoch).faces { counts[face] += 1 }
      for face in 0..<5 {
        let share = weights[face] * 5 / 8
        #expect(Double(counts[face]) > share - 1 && Double(counts[face]) < share + 1)
        seen[face] += Double(counts[face])
      }
    }
    for face in 0..<5 { #expect(abs(seen[face] - weights[face] * 5 / 8 * 64) < 3) }
  }

  @Test func theCacheKeepsItsLimit() throws {
    let held = try loader(cacheLimit: 4 * 65 * 65 * 3)
    _ = try held.batch(step: 0)
    _ = try held.batch(step: 1)
    #expect(held.cachedBytes == 3 * (65 * 65 * 3 + 2))
  }

  @Test func aCropOfAnotherSizeAndAnEmptySetAreRefused() throws {
    let wrong = try loader(image: Image(width: 64, height: 64))
    #expect {
      try wrong.batch(step: 0)
    } throws: { error in
      (error as? TrainerError)?.code == .badCrop && "\(error)".contains("64×64")
    }
    #expect {
      try loader(count: 0)
    } throws: { ($0 as? TrainerError)?.code == .noSamples }
  }

  @Test func theLocalWarpStaysInItsBounds() throws {
    // A picture whose red is x and whose green is y shows where every input pixel came from.
    var ramp = Image(width: 128, height: 128)
    for y in 0..<128 {
      for x in 0..<128 {
        ramp.bytes[(y * 128 + x) * 3] = UInt8(2 * x)
        ramp.bytes[(y * 128 + x) * 3 + 1] = UInt8(2 * y)
      }
    }
    var warp = RandomWarp.none
    warp.displacement = 0.24
    let batch = try loader(count: 1, batchSize: 32, warp: warp, image: ramp).batch(step: 0)
    let area = 32 * 32
    var largest: Float = 0
    for sample in 0..<32 {
      let red = sample * 3 * area
      for at in 0..<area {
        let moved = (batch.input[red + at] - batch.target[red + at]) * 255 / 2 / 4
        largest = max(largest, abs(moved))
        // Nothing folds: what lies right of a pixel came from the right of it.
        if at % 32 < 31 { #expect(batch.input[red + at + 1] > batch.input[red + at] - 1e-3) }
      }
    }
    // The largest cell is half the side: 16 pixels.
    #expect(largest <= 0.24 * 16 + 0.1)
    #expect(largest > 1)
  }

  /// Recorded before there were variants: the batches of a manifest without any stay what they were.
  @Test func batchesOfFacesWithoutVariantsStayTheSame() throws {
    let loader = try loader(weights: [1, 2, 0.5, 1, 3], warp: .init(), resolution: 24)
    var digest = Digest()
    for step in 0..<3 {
      let batch = try loader.batch(step: step)
      for values in [batch.input, batch.target, batch.mask] {
        digest.update(
          values.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
          })
      }
    }
    #expect(digest.hex() == "8e4f3d0614d40da7fcc58b3e57d194cfe2a1b9016c52a11a38b887233a0d01b7")
  }
}
