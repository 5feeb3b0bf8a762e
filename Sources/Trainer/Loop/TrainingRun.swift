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
  private let parameters: Parameters
  private let optimizer: Optimizer
  /// Nil where it counts nothing.
  private let discriminator: Discriminator?
  let learner: any Learner
  let team: Team
  private var savedStep: Int?
  /// What going back has left of the learning rate.
  var rateShare: Float = 1

  private var checkpoints: URL { folder.appending(path: "checkpoints") }
  /// Where previews go; `train` makes the folder.
  public var previews: URL { folder.appending(path: "previews") }

  /// Begins a run, or goes on with the one in the folder.
  ///
  /// - Parameters:
  ///   - manifest: The id of the manifest that the batches come from.
  ///   - engine: Shows previews, and computes the steps unless there is another for that.
  ///   - torch: Computes the steps, if it is there.
  ///   - group: The processes that train together; only with `torch`. All but the first take weights and
  ///     step from that one.
  ///   - other: What a new run begins with.
  /// - Throws: When the folder holds a run of another model, batch size, seed or manifest, or
  ///   checkpoints of which none is whole.
  public init(
    folder: URL, configuration: TrainingConfiguration, manifest: String, engine: CPUEngine,
    torch: TorchEngine? = nil, group: TorchGroup? = nil, startingFrom other: Start? = nil
  ) throws {
    try configuration.check()
    guard torch == nil || configuration.discriminatorWeight == 0 else {
      throw TrainerError(
        code: .badShape, subject: "discriminator",
        reason: "learns on the CPU engine only; take --discriminator 0 with another")
    }
    team = Team(group: group)
    (self.folder, self.configuration, self.manifest) = (folder, configuration, manifest)
    self.engine = engine
    architecture = try configuration.architecture()
    parameters = Parameters(architecture.trainingNetwork.parameters)
    optimizer = Optimizer(parameters, settings: configuration.optimizer)
    precondition(group == nil || torch != nil, "processes are joined by PyTorch")
    discriminator =
      configuration.discriminatorWeight > 0
      ? Discriminator(resolution: configuration.resolution, settings: configuration.optimizer)
      : nil
    learner =
      if let torch {
        try TorchLearner(
          architecture, configuration: configuration, parameters: parameters,
          optimizer: optimizer, engine: torch, group: group)
      } else {
        try CPULearner(
          architecture, configuration: configuration, parameters: parameters,
          optimizer: optimizer, discriminator: discriminator, engine: engine)
      }

    let found =
      team.keepsFiles
      ? try Checkpoint.latest(in: folder.appending(path: "checkpoints")) : nil
    skipped = found?.skipped ?? []
    if let checkpoint = found?.checkpoint {
      try Self.check(
        checkpoint.state, of: folder.lastPathComponent, against: configuration, manifest: manifest)
      try checkpoint.restore(
        weights: parameters, optimizer: optimizer, discriminator: discriminator,
        seed: configuration.seed)
      step = checkpoint.state.step
      savedStep = step
      rateShare = checkpoint.state.rateShare ?? 1
    } else {
      parameters.initialize(seed: configuration.seed)
      discriminator?.begin(seed: configuration.seed)
      if let other, team.keepsFiles { try other.read(into: parameters) }
    }
    try share()
  }

  /// Brings the weights to where they are needed, and all processes to the same step.
  private func share() throws {
    try learner.load()
    let state = try team.first([Double(step), Double(savedStep ?? -1), Double(rateShare)])
    (step, savedStep) = (Int(state[0]), state[1] < 0 ? nil : Int(state[1]))
    rateShare = Float(state[2])
    optimizer.step = step
  }

  /// Trains until a limit of the configuration, or until `shouldStop` says so, and leaves a
  /// checkpoint.
  ///
  /// - Parameters:
  ///   - batches: Both sides' faces for a batch, counted from 0, of which each step takes as many
  ///     as the configuration says; a function of the number alone. Called ahead of time from a
  ///     thread of its own.
  ///   - prepare: Called once nobody else can train in the folder, which is there then.
  ///   - heldOut: Batches of faces that are not learned, the same ones each time; looked at every
  ///     `previewInterval` steps.
  ///   - shouldStop: Asked before each step.
  ///   - report: Called after each step.
  ///   - note: Told in a line when the run goes back to a checkpoint.
  ///   - measure: Called like `preview`, but before the step is reported; its answer goes into the
  ///     history.
  ///   - preview: Called with a copy of the model every `previewInterval` steps.
  /// When a loss or a weight is not finite, the run goes back to its latest checkpoint and on with
  /// half the learning rate, three times at most.
  ///
  /// - Throws: `busy` while another training is at work in the folder; `diverged`, naming the step,
  ///   when that does not help; what the closures throw;
  ///   and why a file cannot be written.
  @discardableResult
  public func train(
    batches: @escaping Batches, prepare: () throws -> Void = {},
    heldOut: [(source: TrainingBatch, target: TrainingBatch)] = [],
    shouldStop: () -> Bool = { false },
    report: (TrainingReport) throws -> Void = { _ in },
    note: (String) -> Void = { _ in },
    measure: ((_ model: SwapModel) throws -> PreviewQuality?)? = nil,
    preview: ((_ step: Int, _ model: SwapModel) throws -> Void)? = nil
  ) throws -> TrainingEnd {
    var lock: RunLock?
    defer { withExtendedLifetime(lock) {} }
    if team.keepsFiles {
      try FileManager.default.makeFolder(folder.path)
      lock = try RunLock(folder: folder)
      try prepareFolder()
    }
    try prepare()
    let start = ContinuousClock.now
    var returns = 0
    while true {
      do {
        return try goOn(
          since: start, batches: batches, heldOut: heldOut, shouldStop: shouldStop, report: report,
          measure: measure, preview: preview)
      } catch let error as TrainerError
        where error.code == .diverged && savedStep != nil && returns < 3
      {
        returns += 1
        try goBack()
        note(
          "\(error); back to step \(step) with \((rateShare * 100).formatted()) % of the learning rate"
        )
      } catch let error as NetworksError where team.size > 1 && error.code == .groupFailed {
        throw try endWithoutTeam(error)
      }
    }
  }

  /// To the latest checkpoint, as it was but for the learning rate.
  private func goBack() throws {
    if team.keepsFiles, let (checkpoint, _) = try Checkpoint.latest(in: checkpoints) {
      try checkpoint.restore(
        weights: parameters, optimizer: optimizer, discriminator: discriminator,
        seed: configuration.seed)
      step = checkpoint.state.step
    }
    rateShare = rateShare / 2
    try share()
  }

  /// Saves what this process has, a whole step, when others are gone; the error to end with.
  private func endWithoutTeam(_ error: NetworksError) throws -> TrainerError {
    if team.keepsFiles, savedStep != step {
      try learner.fetch()
      try writeCheckpoint()
    }
    let saved = team.keepsFiles ? "step \(step) is saved" : "the first one keeps the checkpoints"
    return TrainerError(
      code: .processGone, subject: "process \(team.rank) of \(team.size)",
      reason: "\(error.reason); \(saved), go on with --resume")
  }

  private func goOn(
    since start: ContinuousClock.Instant, batches: @escaping Batches,
    heldOut: [(source: TrainingBatch, target: TrainingBatch)], shouldStop: () -> Bool,
    report: (TrainingReport) throws -> Void,
    measure: ((_ model: SwapModel) throws -> PreviewQuality?)?,
    preview: ((_ step: Int, _ model: SwapModel) throws -> Void)?
  ) throws -> TrainingEnd {
    let history =
      team.keepsFiles
      ? try History(folder.appending(path: "history.jsonl"), keepingThrough: step) : nil
    let lastStep = configuration.iterationLimit ?? .max
    let perStep = configuration.accumulation
    let (rank, size) = (team.rank, team.size)
    let prefetcher = Prefetcher(
      from: step * perStep, to: lastStep == .max ? .max : lastStep * perStep
    ) { try batches($0 * size + rank) }
    defer { prefetcher.finish() }
    var end = TrainingEnd.iterationLimit
    var pace = Pace()

    while step < lastStep {
      if let reason = try reasonToStop(since: start, shouldStop) {
        end = reason
        break
      }
      let began = ContinuousClock.now
      var waited = 0.0
      let (source, target) = try learn {
        let asked = ContinuousClock.now
        defer { waited += asked.secondsToNow }
        return try prefetcher.take(step * perStep + $0)
      }
      step += 1
      pace.add(step: began.secondsToNow, waiting: waited)

      let isLook = team.keepsFiles && step % configuration.previewInterval == 0
      let shown = isLook && (measure != nil || preview != nil) ? try model() : nil
      let done = TrainingReport(
        step: step, source: source, target: target, rate: pace.rate, wait: pace.wait,
        learningRate: configuration.optimizer.learningRate * rateFactor(step: step - 1),
        secondsLeft: secondsLeft(since: start, rate: pace.rate),
        heldOut: isLook ? try loss(over: heldOut.map(asLearned)) : nil,
        quality: try shown.flatMap { try measure?($0) })
      try history?.append(History.Line(done))
      try report(done)
      if step % configuration.checkpointInterval == 0 { try save(history) }
      if let preview, let shown { try preview(step, shown) }
    }
    if savedStep != step { try save(history) }
    return end
  }

  /// Faces that are not learned, unbent as soon as those that are learned are, so that losses compare.
  private func asLearned(
    _ batches: (source: TrainingBatch, target: TrainingBatch)
  ) -> (source: TrainingBatch, target: TrainingBatch) {
    guard let end = configuration.warpEnd, step > end else { return batches }
    var (source, target) = batches
    (source.input, target.input) = (source.target, target.target)
    return (source, target)
  }

  private func reasonToStop(
    since start: ContinuousClock.Instant, _ shouldStop: () -> Bool
  ) throws -> TrainingEnd? {
    if shouldStop() { return try team.agreed(.stopped) }
    let isLate = configuration.timeLimit.map { start.secondsToNow >= $0 } ?? false
    return try team.agreed(isLate ? .timeLimit : nil)
  }

  /// The model as it is now.
  public func model() throws -> SwapModel {
    try learner.fetchWeights()
    return SwapModel(
      architecture: architecture, copying: parameters, manifest: manifest, step: step,
      engine: engine)
  }

  private func secondsLeft(since start: ContinuousClock.Instant, rate: Double) -> Double? {
    let byTime = configuration.timeLimit.map { max(0, $0 - start.secondsToNow) }
    let bySteps = configuration.iterationLimit.map { Double(max(0, $0 - step)) / max(rate, 1e-9) }
    return [byTime, bySteps].compactMap(\.self).min()
  }

  private func prepareFolder() throws {
    for folder in [folder, checkpoints, previews] {
      try FileManager.default.makeFolder(folder.path)
    }
    try Checkpoint.removePartial(in: checkpoints)
    let description = SwapModel.Description(configuration: configuration, manifest: manifest)
    try AtomicFile.write(
      canonicalJSON(description), to: folder.appending(path: SwapModel.descriptionName).path)
  }

  /// The history first: a checkpoint's steps are always in it.
  private func save(_ history: History?) throws {
    if team.keepsFiles { try learner.fetch() }
    guard try team.all(!team.keepsFiles || isFinite) else {
      throw TrainerError(
        code: .diverged, subject: "step \(step)",
        reason: "a weight is not a finite number; lower the learning rate")
    }
    if team.keepsFiles {
      try history?.synchronize()
      try writeCheckpoint()
    }
    savedStep = step
  }

  /// The discriminator's too: what it says goes into the other weights.
  private var isFinite: Bool {
    parameters.isFinite && discriminator?.parameters.isFinite != false
  }

  private func writeCheckpoint() throws {
    try Checkpoint.write(
      step: step, configuration: configuration, manifest: manifest, rateShare: rateShare,
      weights: parameters, optimizer: optimizer, discriminator: discriminator, in: checkpoints)
    try Checkpoint.prune(in: checkpoints, keeping: configuration.keptCheckpoints, upTo: step)
  }
}
