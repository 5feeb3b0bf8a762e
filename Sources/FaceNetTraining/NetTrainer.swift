import Foundation
package import Networks

/// How a built-in network is trained.
package struct NetTrainingOptions: Sendable {
  package var batch = 16
  package var steps = 20_000
  package var learningRate: Float = 1e-3
  package var seed: UInt64 = 1
  package var engineThreads = 1
  package var loaderThreads = 1
  /// A file of weights to begin with; nil to begin by chance.
  package var initialWeights: String?
  /// Seconds from one checkpoint to the next.
  package var saveInterval = 60.0

  package init() {}
}

/// How far a training is.
package struct NetTrainingReport: Sendable {
  package var step: Int
  package var loss: Float
  /// Steps a second since the last report.
  package var rate: Double
  /// Share of the time spent waiting for samples.
  package var waiting: Double
}

/// Trains a network on the CPU engine, with a running mean of its weights, and can be killed and run
/// again: it goes on from its last checkpoint with the steps it would have taken.
package struct NetTrainer<L: Lesson> {
  package let lesson: L
  package let options: NetTrainingOptions
  /// What is left of the running mean at each step.
  private static var meanDecay: Float { 0.999 }

  package init(_ lesson: L, options: NetTrainingOptions) {
    (self.lesson, self.options) = (lesson, options)
  }

  /// Runs to the last step and returns the running mean of the weights.
  ///
  /// - Parameter checkpoint: A file that is written now and then, and read first where it exists.
  /// - Throws: Where it cannot be read or written, or the loss is no number.
  package func run(
    checkpoint: String, report: (NetTrainingReport) -> Void
  ) throws -> Parameters {
    let engine = try CPUEngine(threads: options.engineThreads)
    let state = NetTrainingState(lesson.network, learningRate: options.learningRate)
    if FileManager.default.fileExists(atPath: checkpoint) {
      try state.read(checkpoint)
    } else {
      if let path = options.initialWeights {
        try lesson.begin(state.weights, with: path)
      } else {
        state.weights.initialize(seed: options.seed)
        lesson.prepare(state.weights)
      }
      state.mean.add(state.weights, times: 1, threads: 1)
    }
    let executable = try engine.compile(
      lesson.network, batch: options.batch, for: .training, parameters: state.weights)
    guard let gradients = executable.gradients else { preconditionFailure("for training") }
    let schedule = LearningRate(steps: options.steps)
    let queue = BatchQueue(
      from: state.step, to: options.steps, threads: options.loaderThreads
    ) { [lesson, options] in lesson.batch(step: $0, size: options.batch) }
    defer { queue.finish() }
    var clock = ReportClock()
    var lastSave = Date()
    while state.step < options.steps {
      let start = Date()
      let batch = queue.take(state.step)
      clock.waited += Date().timeIntervalSince(start)
      let (values, slopes) = lesson.loss(
        of: executable.forward(lesson.input(of: batch)), batch)
      let loss = values.reduce(0, +) / Float(values.count)
      guard loss.isFinite else {
        throw NetworksError(
          code: .mismatch, subject: lesson.name,
          reason: "the loss of step \(state.step) is no number")
      }
      executable.backward(slopes)
      state.optimizer.update(
        state.weights, gradients: gradients, factor: schedule.factor(step: state.step),
        threads: options.engineThreads)
      let decay = min(Self.meanDecay, Float(state.step) / Float(state.step + 10))
      state.mean.add(state.mean, times: decay - 1, threads: 1)
      state.mean.add(state.weights, times: 1 - decay, threads: 1)
      if let line = clock.line(step: state.step, loss: loss) { report(line) }
      if Date().timeIntervalSince(lastSave) > options.saveInterval || state.step == options.steps {
        try state.write(checkpoint)
        lastSave = Date()
      }
    }
    // A copy, for the checkpoint's is to be gone on from.
    let result = state.mean.copy()
    try lesson.finish(result)
    return result
  }
}

/// Up in a line over the first thousandths, then down in half a cosine.
struct LearningRate {
  let steps: Int

  func factor(step: Int) -> Float {
    let warmUp = min(500, steps / 10 + 1)
    if step < warmUp { return Float(step + 1) / Float(warmUp) }
    let done = Double(step - warmUp) / Double(max(1, steps - warmUp))
    return Float(0.005 + 0.995 * (1 + cos(.pi * min(1, done))) / 2)
  }
}

/// Means of the losses since the last report, one every ten seconds.
private struct ReportClock {
  var waited = 0.0
  private var start = Date()
  private var sum: Float = 0
  private var count = 0

  mutating func line(step: Int, loss: Float) -> NetTrainingReport? {
    sum += loss
    count += 1
    let seconds = Date().timeIntervalSince(start)
    guard seconds > 10 else { return nil }
    defer { self = ReportClock() }
    return NetTrainingReport(
      step: step, loss: sum / Float(count), rate: Double(count) / seconds,
      waiting: waited / seconds)
  }
}
