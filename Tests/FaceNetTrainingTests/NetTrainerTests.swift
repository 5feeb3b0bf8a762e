import Dispatch
import FaceCore
import FaceNetTraining
import Foundation
import Networks
import Synchronization
import Testing

/// Three numbers of a small picture.
private struct TinyLesson: Lesson {
  struct Batch: Sendable {
    var step: Int
    var input: [Float]
    var targets: [Float]
  }

  let name = "tiny"
  var channels = 4
  /// After so many steps the same samples come again.
  var period = 1_000_000
  /// The loss of this step is no number.
  var brokenStep: Int?

  var network: Network {
    var network = Network(input: Shape(2, 4, 4))
    network.output(
      "out",
      of: network.append(
        Block(
          "tiny", [.convolution(channels: channels, kernel: 3), .leakyReLU(0.1), .dense(3)]),
        to: network.input))
    return network
  }

  func prepare(_ parameters: Parameters) { parameters["tiny.2.bias"] = [1, 2, 3] }

  func batch(step: Int, size: Int) -> Batch {
    var generator = SeededGenerator(seed: 1, stream: UInt64(step % period))
    func numbers(_ count: Int) -> [Float] {
      (0..<count).map { _ in .random(in: -1...1, using: &generator) }
    }
    return Batch(step: step, input: numbers(32 * size), targets: numbers(3 * size))
  }

  func input(of batch: Batch) -> [Float] { batch.input }

  func loss(of outputs: [[Float]], _ batch: Batch) -> (values: [Float], gradients: [[Float]]) {
    let misses = zip(outputs[0], batch.targets).map { $0 - $1 }
    let count = batch.targets.count / 3
    let values = (0..<count).map { sample in
      batch.step == brokenStep
        ? .nan : misses[3 * sample..<3 * sample + 3].reduce(0) { $0 + $1 * $1 }
    }
    return (values, [misses.map { 2 * $0 / Float(count) }])
  }
}

/// The same batch at every step.
private struct OneBatch<L: Lesson>: Lesson {
  let lesson: L
  let batch: L.Batch

  init(_ lesson: L, size: Int) {
    (self.lesson, batch) = (lesson, lesson.batch(step: 0, size: size))
  }

  var name: String { lesson.name }
  var network: Network { lesson.network }
  func prepare(_ parameters: Parameters) { lesson.prepare(parameters) }
  func batch(step: Int, size: Int) -> L.Batch { batch }
  func input(of batch: L.Batch) -> [Float] { lesson.input(of: batch) }
  func loss(of outputs: [[Float]], _ batch: L.Batch) -> (values: [Float], gradients: [[Float]]) {
    lesson.loss(of: outputs, batch)
  }

  /// The mean loss with these weights.
  func meanLoss(_ weights: Parameters, size: Int) throws -> Float {
    let executable = try CPUEngine(threads: 1).compile(
      network, batch: size, for: .inference, parameters: weights)
    let values = loss(of: executable.forward(input(of: batch)), batch).values
    return values.reduce(0, +) / Float(size)
  }
}

private func options(steps: Int, _ change: (inout NetTrainingOptions) -> Void = { _ in })
  -> NetTrainingOptions
{
  var options = NetTrainingOptions()
  (options.batch, options.steps) = (4, steps)
  change(&options)
  return options
}

private func bytes(_ path: String) throws -> Data {
  try Data(contentsOf: URL(fileURLWithPath: path))
}

private func arrays(_ parameters: Parameters) -> [String: [Float]] {
  Dictionary(uniqueKeysWithValues: parameters.entries.map { ($0.name, parameters[$0.name]) })
}

@Suite struct NetTrainerTests {
  /// Trains in a file of its own, which is removed.
  private func train<L: Lesson>(
    _ lesson: L, _ options: NetTrainingOptions
  ) throws -> (weights: Parameters, checkpoint: Data) {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
    let weights = try NetTrainer(lesson, options: options).run(checkpoint: path) { _ in }
    return (weights, try bytes(path))
  }

  private func fallsTo<L: Lesson>(_ lesson: L, steps: Int, rate: Float) throws -> Float {
    let lesson = OneBatch(lesson, size: 4)
    let start = Parameters(lesson.network.parameters)
    start.initialize(seed: 1)
    lesson.prepare(start)
    let before = try lesson.meanLoss(start, size: 4)
    let trained = try train(lesson, options(steps: steps) { $0.learningRate = rate }).weights
    return try lesson.meanLoss(trained, size: 4) / before
  }

  @Test func oneBatchIsLearnedByHeart() throws {
    #expect(try fallsTo(TinyLesson(), steps: 600, rate: 1e-2) < 0.01)
  }

  @Test func oneBatchOfFacesIsLearnedByHeart() throws {
    let portraits = [spotted([30, 36, 45], side: 96), spotted([48, 54], side: 80)]
    let detector = DetectorLesson(
      samples: DetectorSamples(
        portraits: portraits, backgrounds: noBackgrounds, side: 64, seed: 2))
    #expect(try fallsTo(detector, steps: 150, rate: 3e-3) < 0.25)
    let landmarks = LandmarkLesson(
      samples: LandmarkSamples(portraits: portraits, backgrounds: noBackgrounds, seed: 2))
    #expect(try fallsTo(landmarks, steps: 80, rate: 1e-3) < 0.25)
  }

  @Test(arguments: [1, 3]) func threadsDoNotChangeABit(threads: Int) throws {
    let plain = try train(TinyLesson(), options(steps: 12))
    let other = try train(
      TinyLesson(), options(steps: 12) { ($0.loaderThreads, $0.engineThreads) = (threads, 2) })
    #expect(plain.checkpoint == other.checkpoint)
  }

  @Test(arguments: [1, 2, 17, 29])
  func aTrainingThatWasCutShortGoesOnAsIfItHadNot(stop: Int) throws {
    let whole = try train(TinyLesson(), options(steps: 30))
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
    let often = options(steps: 30) { ($0.saveInterval, $0.loaderThreads) = (0, 2) }
    let error = #expect(throws: NetworksError.self) {
      try NetTrainer(TinyLesson(brokenStep: stop), options: often).run(checkpoint: path) { _ in }
    }
    #expect(error?.description == "tiny: the loss of step \(stop) is no number")
    #expect(try Safetensors.read(path).metadata == ["step": "\(stop)"])
    let resumed = try NetTrainer(TinyLesson(), options: often).run(checkpoint: path) { _ in }
    #expect(arrays(resumed) == arrays(whole.weights))
    #expect(try bytes(path) == whole.checkpoint)
  }

  @Test func aTrainingThatIsOverReturnsWhatItHas() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
    let first = try NetTrainer(TinyLesson(), options: options(steps: 5))
      .run(checkpoint: path) { _ in }
    let again = try NetTrainer(TinyLesson(brokenStep: 5), options: options(steps: 5))
      .run(checkpoint: path) { _ in }
    #expect(arrays(again) == arrays(first))
  }

  /// The running mean of steps that all change something is neither the last weights nor the first.
  @Test func whatIsReturnedIsTheMeanOfTheWeights() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
    let mean = try NetTrainer(TinyLesson(), options: options(steps: 20) { $0.learningRate = 0.1 })
      .run(checkpoint: path) { _ in }
    let stored = try Safetensors.read(path).parameters
    for entry in mean.entries {
      #expect(stored["mean/\(entry.name)"] == mean[entry.name])
      #expect(stored["weights/\(entry.name)"] != mean[entry.name])
    }
  }

  @Test func aCheckpointOfAnotherNetworkOrACutOffOneIsRefused() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
    let steps = options(steps: 3)
    func refused(_ lesson: TinyLesson, _ code: NetworksError.Code) throws {
      let before = try bytes(path)
      let error = #expect(throws: NetworksError.self) {
        try NetTrainer(lesson, options: steps).run(checkpoint: path) { _ in }
      }
      #expect(error?.code == code && error?.subject == path)
      #expect(error?.description.contains("\n") == false)
      #expect(try bytes(path) == before)
    }
    _ = try NetTrainer(TinyLesson(), options: steps).run(checkpoint: path) { _ in }
    try refused(TinyLesson(channels: 5), .mismatch)
    let whole = try bytes(path)
    for count in [0, 7, 100, whole.count / 2, whole.count - 1] {
      try whole.prefix(count).write(to: URL(fileURLWithPath: path))
      try refused(TinyLesson(), .damaged)
    }
    // Weights are no checkpoint.
    try writeWeights(Parameters(TinyLesson().network.parameters), metadata: [:], to: path)
    try refused(TinyLesson(), .mismatch)
    try writeWeights(
      Parameters(TinyLesson().network.parameters), metadata: ["step": "1"], to: path)
    try refused(TinyLesson(), .mismatch)
  }

  @Test func aTrainingBeginsByChanceOrWithWeightsOfAFile() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
    func started(_ change: (inout NetTrainingOptions) -> Void) throws -> Parameters {
      try NetTrainer(TinyLesson(), options: options(steps: 0, change))
        .run(checkpoint: temporaryPath()) { _ in }
    }
    let byChance = try started { $0.seed = 5 }
    #expect(byChance["tiny.2.bias"] == [1, 2, 3])
    #expect(try arrays(started { $0.seed = 5 }) == arrays(byChance))
    #expect(try arrays(started { $0.seed = 6 }) != arrays(byChance))

    let given = byChance.copy()
    given["tiny.2.bias"] = [7, 8, 9]
    try writeWeights(given, metadata: [:], to: path)
    #expect(try arrays(started { $0.initialWeights = path }) == arrays(given))
    try writeWeights(Parameters([Parameter("a", [1])]), metadata: [:], to: path)
    let error = #expect(throws: NetworksError.self) { try started { $0.initialWeights = path } }
    #expect(error?.code == .mismatch)
  }

  @Test func aWrittenFileLeavesNothingBesideItAndAFailedOneNothingAtAll() throws {
    let folder = temporaryPath()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }  // A leftover does no harm.
    let weights = Parameters([Parameter("a", [3])])
    try writeWeights(weights, metadata: ["k": "v"], to: "\(folder)/a")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
    try FileManager.default.createDirectory(
      atPath: "\(folder)/full/x", withIntermediateDirectories: true)
    #expect(throws: NetworksError.self) {
      try writeWeights(weights, metadata: [:], to: "\(folder)/full")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a", "full"])
  }
}

@Suite struct BatchQueueTests {
  @Test(arguments: 1...4) func batchesComeInTheOrderOfTheirSteps(threads: Int) {
    let queue = BatchQueue(from: 7, to: 60, threads: threads) { step -> Int in
      // Some take longer than others.
      if step % 5 == 0 { usleep(2000) }
      return step * step
    }
    defer { queue.finish() }
    for step in 7..<60 { #expect(queue.take(step) == step * step) }
  }

  @Test(arguments: 1...3) func threadsGoNoFurtherAheadThanThreeEach(threads: Int) {
    let most = Mutex(0)
    let queue = BatchQueue(from: 0, to: 1000, threads: threads) { step -> Int in
      most.withLock { $0 = max($0, step) }
      return step
    }
    defer { queue.finish() }
    for step in 0..<4 {
      _ = queue.take(step)
      usleep(20_000)
      #expect(most.withLock { $0 } <= step + 3 * threads)
    }
    #expect(most.withLock { $0 } == 3 + 3 * threads)
  }

  @Test func aFinishedQueueMakesNoMore() {
    let made = Mutex(0)
    let queue = BatchQueue(from: 0, to: 1000, threads: 2) { step -> Int in
      made.withLock { $0 += 1 }
      return step
    }
    _ = queue.take(0)
    queue.finish()
    usleep(20_000)
    let count = made.withLock { $0 }
    #expect(count <= 7)
    usleep(20_000)
    #expect(made.withLock { $0 } == count)
  }
}
