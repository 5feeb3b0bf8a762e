import Foundation
import Networks
import Testing
import Trainer

private typealias Model = TrainingConfiguration.Model

private let families: [Model] = [.df, .dfU, .dfD, .dfUD, .liae, .liaeU, .liaeD, .liaeUD]

/// Weights and biases of a square kernel.
private func convolution(_ kernel: Int, _ from: Int, _ to: Int) -> Int {
  kernel * kernel * from * to + to
}

/// The layers of SAEHD as published, counted by hand: DeepFaceLab, core/leras/archis/DeepFakeArchi.py and
/// models/Model_SAEHD/Model.py, with its defaults: code 256, encoder 64, decoder 64, mask 22.
private struct Published {
  let resolution: Int
  let isDoubled: Bool

  /// 5 × 5, four times half as wide.
  let encoder =
    convolution(5, 3, 64) + convolution(5, 64, 128) + convolution(5, 128, 256)
    + convolution(5, 256, 512)
  /// The lowest square is a sixteenth of the resolution, or half of that with doubled pixels.
  func inter(_ channels: Int) -> Int {
    let seen = 512 * (resolution / 16) * (resolution / 16)
    let side = resolution / (isDoubled ? 32 : 16)
    return seen * 256 + 256
      + 256 * channels * side * side + channels * side * side
      + convolution(3, channels, 4 * channels)
  }
  func up(_ channels: Int) -> Int {
    convolution(3, channels, 4 * 512) + convolution(3, 512, 4 * 256) + convolution(3, 256, 4 * 128)
  }
  let residual =
    2 * (convolution(3, 512, 512) + convolution(3, 256, 256) + convolution(3, 128, 128))
  var face: Int { convolution(1, 128, 3) + (isDoubled ? 3 * convolution(3, 128, 3) : 0) }
  func mask(_ channels: Int) -> Int {
    let common =
      convolution(3, channels, 4 * 176) + convolution(3, 176, 4 * 88) + convolution(3, 88, 4 * 44)
    return common
      + (isDoubled ? convolution(3, 44, 4 * 22) + convolution(1, 22, 1) : convolution(1, 44, 1))
  }
}

@Test(arguments: families, [128, 256])
private func theFamiliesHaveTheWeightsOfThePeers(model: Model, resolution: Int) throws {
  let parameters = try TrainingConfiguration(model: model, resolution: resolution)
    .architecture().trainingNetwork.parameters
  func count(_ prefix: String) -> Int {
    parameters.filter { $0.name.hasPrefix(prefix) }.reduce(0) { $0 + $1.count }
  }
  let isDoubled = model.rawValue.hasSuffix("d")
  let published = Published(resolution: resolution, isDoubled: isDoubled)
  // df has a code of 256 channels and two decoders, liae one of twice 512 and one decoder.
  let isShared = model.rawValue.hasPrefix("liae")
  if isShared {
    #expect(count("encoder.") == published.encoder)
    #expect(count("inter.shared.") == published.inter(512))
    #expect(count("inter.target.") == published.inter(512))
  } else {
    #expect(count("encoder.") == published.encoder + published.inter(256))
    #expect(count("inter.") == 0)
  }
  let channels = isShared ? 1024 : 256
  let decoders = isShared ? ["decoder"] : ["decoder.source", "decoder.target"]
  for decoder in decoders {
    #expect(count("\(decoder).up") == published.up(channels))
    #expect(count("\(decoder).residual") == published.residual)
    #expect(count("\(decoder).face") == published.face)
    #expect(count("\(decoder).mask") == published.mask(channels))
  }
  let decoder =
    published.up(channels) + published.residual + published.face + published.mask(channels)
  #expect(
    count("") == published.encoder + (isShared ? 2 : 1) * published.inter(isShared ? 512 : 256)
      + decoders.count * decoder)
}

/// The figures themselves, so that the formula above is held to something.
@Test func dfAndLiaeOf128HaveTheseManyWeights() {
  func count(_ architecture: Architecture) -> Int {
    architecture.trainingNetwork.parameters.reduce(0) { $0 + $1.count }
  }
  #expect(count(.df()) == 19_266_432 + 2 * 19_136_000)
  #expect(count(.liae()) == 4_306_560 + 2 * 26_249_472 + 38_157_824)
}

@Test(arguments: families, [64, 96, 256, 512])
private func theFamiliesGiveFacesAndMasks(model: Model, resolution: Int) throws {
  let architecture = try TrainingConfiguration(model: model, resolution: resolution).architecture()
  let network = architecture.trainingNetwork
  #expect(network.outputs.map(\.name) == ["source", "source mask", "target", "target mask"])
  #expect(network.outputs.map(\.tensor.shape.channels) == [3, 1, 3, 1])
  let known = Set(network.parameters)
  for side in Architecture.Side.allCases {
    let swap = architecture.network(decodingAs: side)
    #expect(swap.outputs.map(\.name) == [side.rawValue, "\(side.rawValue) mask"])
    #expect(swap.parameters.allSatisfy(known.contains))
    for output in network.outputs + swap.outputs {
      let shape = output.tensor.shape
      #expect((shape.height, shape.width) == (resolution, resolution))
    }
  }
}

/// What each must multiply falls by the share of the decoder that works at half the resolution.
@Test func doubledPixelsSaveMostOfTheWork() {
  func work(_ options: Architecture.Options) -> Double {
    Double(Architecture.df(resolution: 256, options: options).trainingNetwork.operations(batch: 1))
  }
  #expect(work(.doubled) < 0.4 * work([]))
  #expect(work(.normalized) == work([]))
}

/// Faces that change slowly over the picture, with round masks; the two sides differ in color.
private func slow(_ side: Float, resolution: Int) -> TrainingBatch {
  let area = resolution * resolution
  let round = noise(count: 2, resolution: resolution, seed: 1).mask
  let pixels = (0..<2 * 3 * area).map { index -> Float in
    let (plane, pixel) = (Float(index / area), index % area)
    let x = Float(pixel % resolution) / Float(resolution)
    let y = Float(pixel / resolution) / Float(resolution)
    return 0.5 + 0.4 * sin(4 * x + side * y + plane)
  }
  return TrainingBatch(
    count: 2, resolution: resolution, input: pixels, target: pixels, mask: round, faces: [0, 1])
}

/// Narrow, so that they learn two faces by heart in seconds.
private func narrow(_ model: Model, steps: Int) -> TrainingConfiguration {
  var configuration = TrainingConfiguration(
    model: model, resolution: 64, batchSize: 2, seed: 8, learningRate: 5e-4)
  configuration.widths = Architecture.Widths(code: 32, encoder: 8, decoder: 8, mask: 4)
  configuration.iterationLimit = steps
  return configuration
}

/// A model that is shown round faces says that they are round; shown a
/// face of either side, it makes the source's of both.
@Test(arguments: families)
private func theFamiliesLearnFacesAndWhereTheyAre(model: Model) throws {
  let folder = try TemporaryFolder()
  let run = try TrainingRun(
    folder: folder.url, configuration: narrow(model, steps: 200), manifest: "m",
    engine: CPUEngine())
  let (source, target) = (slow(3, resolution: 64), slow(-5, resolution: 64))
  var losses: [Float] = []
  try run.train(
    batches: { _ in (slow(3, resolution: 64), slow(-5, resolution: 64)) },
    report: { losses += [max($0.source.loss, $0.target.loss)] })
  #expect((losses.last ?? 9) < 0.25 * losses[0], "\(losses[0]) to \(losses.last ?? 9)")

  let loaded = try SwapModel(folder: folder.url, engine: CPUEngine())
  let made = try loaded.swapWithMasks(target.input, count: 2)
  let masks = try #require(made.masks)
  let wrong = zip(masks, target.mask).count { ($0 > 0.5) != ($1 > 0.5) }
  #expect(Double(wrong) < 0.05 * Double(masks.count))
  #expect(try loaded.swap(target.input, count: 2) == made.faces)

  /// Of a pixel of the face, on average.
  func distance(_ answer: [Float], _ batch: TrainingBatch) -> Float {
    let area = 64 * 64
    let inside = answer.indices.filter { batch.mask[$0 / (3 * area) * area + $0 % area] > 0.5 }
    return inside.reduce(0) { $0 + abs(answer[$1] - batch.target[$1]) } / Float(inside.count)
  }
  let own = try loaded.reconstruct(target.input, count: 2, side: .target)
  let sources = try loaded.reconstruct(source.input, count: 2, side: .source)
  #expect(distance(own, target) < 0.1 && distance(sources, source) < 0.1)
  #expect(distance(made.faces, target) > 2 * distance(own, target))
}

/// The swap goes through the layers that learned the source's faces and no others.
@Test(arguments: [Model.df, .liae])
private func theSwapIsTheSourcesWay(model: Model) throws {
  let architecture = try narrow(model, steps: 1).architecture()
  let names = architecture.network(decodingAs: .source).parameters.map(\.name)
  #expect(names.allSatisfy { !$0.contains("target") })
  let parameters = Parameters(architecture.trainingNetwork.parameters)
  parameters.initialize(seed: 5)
  let engine = try CPUEngine()
  let face = slow(1, resolution: 64).input
  let both = try engine.compile(
    architecture.trainingNetwork, batch: 2, for: .inference, parameters: parameters
  ).forward(face + face)
  for (side, place) in [(Architecture.Side.source, 0), (.target, 2)] {
    let alone = try engine.compile(
      architecture.network(decodingAs: side), batch: 2, for: .inference, parameters: parameters
    ).forward(face)
    for (one, other) in zip(alone, both[place..<place + 2]) {
      let difference = zip(one, other).map { abs($0 - $1) }.max() ?? .infinity
      // Other numbers of faces are other kernels on some processors.
      #expect(one.count == other.count && difference < 1e-4, "\(difference)")
    }
  }
}

@Test(arguments: families)
private func everyFamilyMayBeginWithTheEncoderOfItsLike(model: Model) throws {
  let (old, new) = try (TemporaryFolder(), TemporaryFolder())
  let batch = (slow(3, resolution: 64), slow(-5, resolution: 64))
  let first = try TrainingRun(
    folder: old.url, configuration: narrow(model, steps: 1), manifest: "m", engine: CPUEngine())
  try first.train(batches: { _ in batch })
  var configuration = narrow(model, steps: 1)
  configuration.seed = 99
  let second = try TrainingRun(
    folder: new.url, configuration: configuration, manifest: "m", engine: CPUEngine(),
    startingFrom: .init(folder: old.url))
  try second.train(batches: { _ in batch })
  func weights(_ folder: URL, _ prefix: String) throws -> [[Float]] {
    let network = try configuration.architecture().trainingNetwork
    let parameters = Parameters(network.parameters)
    try Safetensors.read(
      folder.appending(path: "checkpoints/000001/weights.safetensors").path, into: parameters)
    return network.parameters.filter { $0.name.hasPrefix(prefix) && $0.name.hasSuffix("weight") }
      .map { parameters[$0.name] }
  }
  // One step of 5e-4 moves no weight further than that.
  let (before, after) = try (weights(old.url, "encoder."), weights(new.url, "encoder."))
  for (one, other) in zip(before, after) {
    #expect(zip(one, other).allSatisfy { abs($0 - $1) < 0.01 })
  }
  #expect(try weights(old.url, "decoder") != weights(new.url, "decoder"))
}

@Test(arguments: [
  (Model.df, 48, "a multiple of 16 from 64 to 512"), (.df, 72, "a multiple of 16 from 64 to 512"),
  (.liae, 528, "a multiple of 16 from 64 to 512"), (.liaeUD, 80, "a multiple of 32 from 64 to 512"),
  (.dfD, 144, "a multiple of 32 from 64 to 512"), (.original, 96, "64"),
  (.light, 60, "a multiple of 16"), (.light, 0, "a multiple of 16"),
])
private func aWrongResolutionIsRefused(model: Model, resolution: Int, advice: String) {
  let error = #expect(throws: TrainerError.self) {
    try TrainingConfiguration(model: model, resolution: resolution).architecture()
  }
  #expect(
    error?.description
      == "model \(model.rawValue): does not come in \(resolution) px: take \(advice)")
}

@Test func aRunGoesOnOnlyAsWideAsItBegan() throws {
  let folder = try TemporaryFolder()
  let batch = (slow(3, resolution: 64), slow(-5, resolution: 64))
  try TrainingRun(
    folder: folder.url, configuration: narrow(.df, steps: 1), manifest: "m", engine: CPUEngine()
  ).train(batches: { _ in batch })
  var wider = narrow(.df, steps: 2)
  wider.widths.decoder = 7
  let error = #expect(throws: TrainerError.self) {
    try TrainingRun(folder: folder.url, configuration: wider, manifest: "m", engine: CPUEngine())
  }
  #expect(error?.reason.contains("decoder's width is 7, the run began with 8") == true)
  wider.widths.mask = 0
  #expect(throws: TrainerError.self) {
    try TrainingRun(folder: folder.url, configuration: wider, manifest: "m", engine: CPUEngine())
  }
}
