import FaceCore
public import Foundation
public import Networks

/// A run of training in its folder: `model.json`, `checkpoints/`, `history.jsonl`, `previews/`.
///
/// Killed at any moment and opened again, it goes on from its latest whole checkpoint, and the
/// losses that follow are those it would have had.
public final class TrainingRun {
  /// Both sides' faces for a step, counted from 0.
  public typealias Batches =
    @Sendable (_ step: Int) throws -> (source: TrainingBatch, target: TrainingBatch)

  public let folder: URL
  public let configuration: TrainingConfiguration
  public let manifest: String
  public let architecture: Architecture
  /// Steps done.
  public private(set) var step = 0
  /// A line for each damaged checkpoint that was passed over.
  public let skipped: [String]

  private let engine: CPUEngine
  private let executable: Executable
  private let optimizer: Adam
  private var savedStep: Int?

  private var checkpoints: URL { folder.appending(path: "checkpoints") }
  /// Where previews go; `train` makes the folder.
  public var previews: URL { folder.appending(path: "previews") }

  /// Begins a run, or goes on with the one in the folder.
  ///
  /// - Parameter manifest: The id of the manifest that the batches come from.
  /// - Throws: When the folder holds a run of another model, batch size, seed or manifest, or
  ///   checkpoints of which none is whole.
  public init(
    folder: URL, configuration: TrainingConfiguration, manifest: String, engine: CPUEngine
  ) throws {
    try configuration.check()
    (self.folder, self.configuration, self.manifest) = (folder, configuration, manifest)
    self.engine = engine
    architecture = try configuration.architecture()
    let network = architecture.trainingNetwork
    let parameters = Parameters(network.parameters)
    optimizer = Adam(parameters, settings: configuration.optimizer)
    executable = try engine.compile(
      network, batch: configuration.batchSize, for: .training, parameters: parameters)

    let found = try Checkpoint.latest(in: folder.appending(path: "checkpoints"))
    skipped = found?.skipped ?? []
    if let checkpoint = found?.checkpoint {
      try Self.check(checkpoint.state, against: configuration, manifest: manifest)
      try checkpoint.restore(weights: parameters, optimizer: optimizer)
      step = checkpoint.state.step
      savedStep = step
    } else {
      parameters.initialize(seed: configuration.seed)
    }
  }

  private static func check(
    _ state: Checkpoint.State, against configuration: TrainingConfiguration, manifest: String
  ) throws {
    let difference =
      configuration.difference(from: state.configuration)
      ?? (state.manifest == manifest
        ? nil : "the manifest is \(manifest), the run began with \(state.manifest)")
    if let difference {
      throw TrainerError(
        code: .badFile, subject: "checkpoint \(Checkpoint.name(step: state.step))",
        reason: "is of another run: \(difference)")
    }
  }

  /// Trains until a limit of the configuration, or until `shouldStop` says so, and leaves a
  /// checkpoint.
  ///
  /// - Parameters:
  ///   - batches: Both sides' faces for a step, counted from 0; a function of the step alone.
  ///     Called ahead of time from a thread of its own.
  ///   - shouldStop: Asked before each step.
  ///   - report: Called after each step.
  ///   - preview: Called with a copy of the model every `previewInterval` steps.
  /// - Throws: `diverged`, naming the step, when a loss is not finite; what the closures throw;
  ///   and why a file cannot be written.
  @discardableResult
  public func train(
    batches: @escaping Batches,
    shouldStop: () -> Bool = { false },
    report: (TrainingReport) throws -> Void = { _ in },
    preview: ((_ step: Int, _ model: SwapModel) throws -> Void)? = nil
  ) throws -> TrainingEnd {
    try prepareFolder()
    let history = try History(
      folder.appending(path: "history.jsonl"), keepingThrough: step)
    let lastStep = configuration.iterationLimit ?? .max
    let prefetcher = Prefetcher(from: step, to: lastStep, batches)
    defer { prefetcher.finish() }
    let start = ContinuousClock.now
    var end = TrainingEnd.iterationLimit
    var pace = Pace()

    while step < lastStep {
      if shouldStop() {
        end = .stopped
        break
      }
      if let limit = configuration.timeLimit, (.now - start) / .seconds(1) >= limit {
        end = .timeLimit
        break
      }
      let began = ContinuousClock.now
      let (source, target) = try prefetcher.take(step)
      let waited = (.now - began) / .seconds(1)
      let (sourceLoss, targetLoss) = try learn(source, target)
      step += 1
      pace.add(step: (.now - began) / .seconds(1), waiting: waited)

      try history.append(
        History.Line(
          step: step, source: sourceLoss.mean, target: targetLoss.mean, rate: pace.rate,
          wait: pace.wait))
      try report(
        TrainingReport(
          step: step,
          source: .init(loss: sourceLoss.mean, faces: source.faces, losses: sourceLoss.values),
          target: .init(loss: targetLoss.mean, faces: target.faces, losses: targetLoss.values),
          rate: pace.rate, wait: pace.wait,
          secondsLeft: secondsLeft(since: start, rate: pace.rate)))
      if step % configuration.checkpointInterval == 0 { try save(history) }
      if let preview, step % configuration.previewInterval == 0 { try preview(step, model()) }
    }
    if savedStep != step { try save(history) }
    return end
  }

  /// The model as it is now.
  public func model() -> SwapModel {
    SwapModel(
      architecture: architecture, copying: executable.parameters, manifest: manifest, step: step,
      engine: engine)
  }

  /// One step: forward, losses, backward, update.
  package func learn(
    _ source: TrainingBatch, _ target: TrainingBatch
  ) throws -> (source: Loss, target: Loss) {
    for batch in [source, target] {
      guard batch.count == configuration.batchSize, batch.resolution == architecture.resolution
      else {
        throw TrainerError(
          code: .badShape, subject: "step \(step + 1)",
          reason: "a batch of \(batch.count) faces of \(batch.resolution) px, not "
            + "\(configuration.batchSize) of \(architecture.resolution) px")
      }
    }
    // [2 · batch, 3, resolution, resolution], sources first.
    let answers = executable.forward(source.input + target.input)
    let losses = try zip(answers, [source, target]).map { answer, batch in
      try configuration.losses.loss(
        of: answer, against: batch, outsideWeight: configuration.outsideWeight,
        threads: engine.threads)
    }
    guard losses.allSatisfy(\.mean.isFinite) else {
      throw TrainerError(
        code: .diverged, subject: "step \(step + 1)",
        reason: "the loss is \(losses[0].mean) and \(losses[1].mean); lower the learning rate")
    }
    executable.backward(losses.map(\.gradient))
    if let gradients = executable.gradients {
      optimizer.update(executable.parameters, gradients: gradients, threads: engine.threads)
    }
    return (losses[0], losses[1])
  }

  private func secondsLeft(since start: ContinuousClock.Instant, rate: Double) -> Double? {
    let byTime = configuration.timeLimit.map { max(0, $0 - (.now - start) / .seconds(1)) }
    let bySteps = configuration.iterationLimit.map { Double(max(0, $0 - step)) / max(rate, 1e-9) }
    return [byTime, bySteps].compactMap(\.self).min()
  }

  private func prepareFolder() throws {
    for folder in [folder, checkpoints, previews] {
      try filing(folder) { try $0.createDirectory(at: folder, withIntermediateDirectories: true) }
    }
    try Checkpoint.removePartial(in: checkpoints)
    let description = SwapModel.Description(configuration: configuration, manifest: manifest)
    try AtomicFile.write(
      canonicalJSON(description), to: folder.appending(path: SwapModel.descriptionName).path)
  }

  /// The history first: a checkpoint's steps are always in it.
  private func save(_ history: History) throws {
    guard executable.parameters.isFinite else {
      throw TrainerError(
        code: .diverged, subject: "step \(step)",
        reason: "a weight is not a finite number; lower the learning rate")
    }
    try history.synchronize()
    try Checkpoint.write(
      step: step, configuration: configuration, manifest: manifest,
      weights: executable.parameters, optimizer: optimizer, in: checkpoints)
    try Checkpoint.prune(in: checkpoints, keeping: configuration.keptCheckpoints)
    savedStep = step
  }
}
