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
