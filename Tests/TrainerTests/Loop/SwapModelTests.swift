import Foundation
import Networks
import Testing
import Trainer

@Test func theOriginalHasTheWeightsOfThePeers() {
  let parameters = Architecture.original.trainingNetwork.parameters
  func count(_ prefix: String) -> Int {
    parameters.filter { $0.name.hasPrefix(prefix) }.reduce(0) { $0 + $1.count }
  }
  #expect(count("encoder.") == 69_662_976)
  #expect(count("decoder.source.") == 6_199_747)
  #expect(count("decoder.target.") == 6_199_747)
  #expect(count("") == 82_062_470)
}

@Test(arguments: [16, 64, 96, 128])
func lightComesInMultiplesOf16(resolution: Int) {
  let network = Architecture.light(resolution: resolution).trainingNetwork
  for output in network.outputs {
    #expect(output.tensor.shape == Shape(3, resolution, resolution))
  }
}

/// Weights by the layers of the published architecture, at its default sizes.
@Test func dfHasTheWeightsOfThePeers() {
  let parameters = Architecture.df(resolution: 128).trainingNetwork.parameters
  func count(_ prefix: String) -> Int {
    parameters.filter { $0.name.hasPrefix(prefix) }.reduce(0) { $0 + $1.count }
  }
  // Four halving layers, 32 768 → 256 → 16 384 numbers, one doubling layer.
  #expect(count("encoder.") == 4_306_560 + 8_388_864 + 4_210_688 + 2_360_320)
  for side in ["source", "target"] {
    #expect(count("decoder.\(side).up") == 4_720_640 + 4_719_616 + 1_180_160)
    #expect(count("decoder.\(side).residual") == 4_719_616 + 1_180_160 + 295_168)
    #expect(count("decoder.\(side).face") == 387)
    #expect(count("decoder.\(side).mask") == 1_622_720 + 557_920 + 139_568 + 45)
  }
}

@Test(arguments: [16, 64, 96, 256])
func dfGivesFacesAndMasks(resolution: Int) {
  let network = Architecture.df(resolution: resolution).trainingNetwork
  #expect(network.outputs.map(\.name) == ["source", "source mask", "target", "target mask"])
  #expect(network.outputs.map(\.tensor.shape.channels) == [3, 1, 3, 1])
  for output in network.outputs {
    #expect((output.tensor.shape.height, output.tensor.shape.width) == (resolution, resolution))
  }
}

/// The mask is learned with the face: a model that is shown round faces says they are round.
@Test func dfLearnsWhereTheFaceIs() throws {
  let folder = try TemporaryFolder()
  var configuration = TrainingConfiguration(
    model: .df, resolution: 16, batchSize: 2, seed: 3, learningRate: 5e-4)
  configuration.iterationLimit = 60
  let run = try TrainingRun(
    folder: folder.url, configuration: configuration, manifest: "m", engine: CPUEngine())
  var losses: [Float] = []
  try run.train(batches: { batches($0 % 2) }, report: { losses.append($0.source.loss) })
  #expect((losses.last ?? 9) < 0.6 * losses[0])
  let batch = batches(0).source
  let loaded = try SwapModel(folder: folder.url, engine: CPUEngine())
  let made = try loaded.swapWithMasks(batch.input, count: 2)
  let masks = try #require(made.masks)
  let wrong = zip(masks, batch.mask).count { ($0 > 0.5) != ($1 > 0.5) }
  #expect(Double(wrong) < 0.05 * Double(masks.count))
  #expect(try loaded.swap(batch.input, count: 2) == made.faces)
}

@Test func aModelInAWrongResolutionIsRefused() {
  #expect(throws: TrainerError.self) {
    try TrainingConfiguration(model: .original, resolution: 96).architecture()
  }
  #expect(throws: TrainerError.self) {
    try TrainingConfiguration(model: .light, resolution: 60).architecture()
  }
}

@Test func aLoadedModelAnswersAsTheTrainedOne() throws {
  let folder = try TemporaryFolder()
  let engine = try CPUEngine()
  let run = try TrainingRun(
    folder: folder.url, configuration: small(steps: 6), manifest: "m", engine: engine)
  try run.train(batches: batches)
  let loaded = try SwapModel(folder: folder.url, engine: engine)
  let faces = noise(count: 11, resolution: 16, seed: 21).input
  #expect(loaded.step == 6 && loaded.manifest == "m" && loaded.resolution == 16)
  let swapped = try loaded.swap(faces, count: 11)
  #expect(try swapped == run.model().swap(faces, count: 11))
  #expect(swapped == (try loaded.reconstruct(faces, count: 11, side: .source)))
  #expect(swapped != (try loaded.reconstruct(faces, count: 11, side: .target)))
  #expect(swapped.allSatisfy { (0...1).contains($0) })
  // A face's answer is its own, wherever it stands among the others.
  let size = faces.count / 11
  let alone = try loaded.swap(Array(faces[2 * size..<3 * size]), count: 1)
  #expect(zip(alone, swapped[2 * size..<3 * size]).allSatisfy { abs($0 - $1) < 1e-5 })
  #expect(try loaded.swap([], count: 0) == [])
  #expect(throws: TrainerError.self) { try loaded.swap(faces, count: 10) }
}

@Test func aFolderWithoutAModelSaysSo() throws {
  let folder = try TemporaryFolder()
  let error = #expect(throws: TrainerError.self) {
    try SwapModel(folder: folder.url, engine: CPUEngine())
  }
  #expect(error?.reason == "is missing" && error?.subject.hasSuffix("/model.json") == true)
}

@Test func aModelMayBeUsedFromSeveralThreads() throws {
  let folder = try TemporaryFolder()
  let run = try TrainingRun(
    folder: folder.url, configuration: small(steps: 1), manifest: "m", engine: CPUEngine())
  let model = try run.model()
  let face = noise(count: 1, resolution: 16, seed: 22).input
  let expected = try model.swap(face, count: 1)
  DispatchQueue.concurrentPerform(iterations: 16) { _ in
    do { #expect(try model.swap(face, count: 1) == expected) } catch { Issue.record(error) }
  }
}
