import FaceCore
import Foundation
import Networks
import Testing
import Trainer

/// Faces that a small model can learn: stripes of as many widths and directions as there are faces.
private func stripes(_ faces: [Int], contrast: Float = 0.4, seen: [Int]? = nil) -> TrainingBatch {
  let shape = noise(count: faces.count, resolution: 16, seed: 1)
  func pixels(_ faces: [Int]) -> [Float] {
    faces.flatMap { face in
      (0..<3 * 256).map { at in
        let (x, y, channel) = (Float(at % 16), Float(at / 16 % 16), Float(at / 256))
        let (turn, width) = (Float(face) * 2.4, 0.25 + 0.03 * Float(face % 11))
        return 0.5 + contrast * sin((x * cos(turn) + y * sin(turn)) * width + channel + turn)
      }
    }
  }
  return TrainingBatch(
    count: faces.count, resolution: 16, input: pixels(seen ?? faces), target: pixels(faces),
    mask: shape.mask, faces: faces)
}

/// Two of the first `count` faces.
private func pair(_ step: Int, of count: Int) -> [Int] {
  [(2 * step) % count, (2 * step + 1) % count]
}

/// A run and what was told in it.
private func watched(
  in folder: TemporaryFolder, steps: Int = 700, every: Int = 100, learningRate: Float = 1e-3,
  heldOut: [(source: TrainingBatch, target: TrainingBatch)] = [],
  _ batches: @escaping TrainingRun.Batches
) throws -> [RunWarning] {
  var configuration = small(steps: steps)
  configuration.optimizer.learningRate = learningRate
  (configuration.previewInterval, configuration.checkpointInterval) = (every, 350)
  let run = try TrainingRun(
    folder: folder.url, configuration: configuration, manifest: "m", engine: CPUEngine())
  let warnings = RunWarnings(run: folder.url, step: run.step)
  let looked = try (0..<4).map { try batches($0) }
  var told: [RunWarning] = []
  try run.train(
    batches: batches, heldOut: heldOut, report: { told += try warnings.add($0) },
    measure: { model in
      PreviewQuality(
        learned: .init(
          source: try model.quality(on: looked.map(\.source), side: .source, threads: 1),
          target: try model.quality(on: looked.map(\.target), side: .target, threads: 1)),
        unseen: nil, swap: nil)
    })
  return told
}

@Suite struct TrainingWatchTests {
  @Test func aGoodRunIsNotWarnedOf() throws {
    let folder = try TemporaryFolder()
    let told = try watched(in: folder) {
      (source: stripes(pair($0, of: 12)), target: stripes(pair($0 + 3, of: 12)))
    }
    #expect(told.isEmpty, "\(told)")
    #expect(try RunStatus(folder: folder.url).warnings.isEmpty)
  }

  @Test func aCollapsedDecoderIsToldOnceAndKept() throws {
    let folder = try TemporaryFolder()
    let batches: TrainingRun.Batches = {
      (source: stripes(pair($0, of: 12)), target: stripes(pair($0 + 3, of: 12)))
    }
    // Steps this large drive the weights where every face is answered alike.
    let told = try watched(in: folder, learningRate: 0.3, batches)
    #expect(told.map(\.about) == ["collapsed source", "collapsed target"], "\(told)")
    #expect(told.allSatisfy { $0.step == 700 && $0.text.contains("answers all faces alike") })
    #expect(try watched(in: folder, steps: 800, learningRate: 0.3, batches).isEmpty)
    #expect(try RunStatus(folder: folder.url).warnings == told)
    // Gone back before it was found, it is found again.
    try FileManager.default.removeItem(at: folder.file("checkpoints/000800"))
    try FileManager.default.removeItem(at: folder.file("checkpoints/000700"))
    #expect(try watched(in: folder, learningRate: 0.3, batches) == told)
  }

  @Test func aDecoderThatCannotTellFacesApartIsStuck() throws {
    let folder = try TemporaryFolder()
    // What the source's encoder sees says nothing of what should be answered.
    let told = try watched(in: folder) { step in
      let faces = pair(step, of: 12)
      let others = pair(step &* 7 + step / 12, of: 12)
      return (source: stripes(faces, seen: others), target: stripes(faces))
    }
    #expect(told.first?.about == "stuck source", "\(told)")
    #expect(!told.contains { $0.about == "stuck target" || $0.about.hasPrefix("collapsed") })
  }

  @Test func aSideLearnedByHeartIsTold() throws {
    let folder = try TemporaryFolder()
    // Every face has the same shape and speckles of its own: shape is learned first and helps with
    // unseen faces, the speckles of a few faces are learned after it and do not.
    @Sendable func speckled(_ faces: [Int]) -> TrainingBatch {
      var batch = stripes(faces.map { _ in 5 }, contrast: 0.25)
      let speckles = faces.flatMap { noise(count: 1, resolution: 16, seed: UInt64($0)).input }
      batch.target = zip(batch.target, speckles).map { 0.6 * $0 + 0.4 * $1 }
      batch.input = batch.target
      return batch
    }
    let told = try watched(
      in: folder, steps: 240, every: 20,
      heldOut: (50..<54).map {
        (source: speckled([2 * $0, 2 * $0 + 1]), target: stripes(pair($0, of: 12)))
      }
    ) { step in
      (source: speckled(pair(step, of: 4)), target: stripes(pair(step, of: 12)))
    }
    #expect(told.contains { $0.about == "by heart source" }, "\(told)")
    #expect(!told.contains { $0.about == "by heart target" })
  }

  @Test func aSideThatIsFarFromTheOtherIsTold() throws {
    let folder = try TemporaryFolder()
    let told = try watched(in: folder) { step in
      let faces = pair(step, of: 12)
      var noisy = stripes(faces)
      noisy.target = noise(count: 2, resolution: 16, seed: UInt64(step)).target
      return (source: stripes(faces, contrast: 0.02), target: noisy)
    }
    #expect(told.contains { $0.about == "apart" && $0.text.contains("the target is") }, "\(told)")
  }
}

@Suite struct CropHashTests {
  @Test func equalPicturesAreEqualAndOthersAreFar() {
    let image = smoothImage()
    var touched = image
    touched.bytes[5000] ^= 3
    #expect(CropHash(image) == CropHash(image))
    #expect(CropHash(image).distance(to: CropHash(touched)) <= 2)
    #expect(CropHash(noiseImage()).distance(to: CropHash(noiseImage(seed: 2))) > 60)
    #expect(CropHash(image).distance(to: CropHash(image.mirrored())) > 200)
    #expect(CropHash(Image(width: 1, height: 1)) == CropHash(Image(width: 40, height: 3)))
  }
}
