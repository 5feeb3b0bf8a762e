public import Networks

/// Everything that decides what a run learns, and when it stops.
///
/// Stored with each checkpoint.
public struct TrainingConfiguration: Hashable, Sendable, Codable {
  /// The letters after `df` and `liae` are those of `Architecture.Options`.
  public enum Model: String, Hashable, Sendable, Codable, CaseIterable {
    case original, light
    case df
    case dfU = "df-u"
    case dfD = "df-d"
    case dfUD = "df-ud"
    case liae
    case liaeU = "liae-u"
    case liaeD = "liae-d"
    case liaeUD = "liae-ud"
  }

  public var model: Model
  /// Side of the face, in pixels.
  ///
  /// `original` knows 64 only, `light` multiples of 16, `df` and `liae` those from 64 to 512, and with `-d`
  /// multiples of 32.
  public var resolution: Int
  /// How wide `df` and `liae` are; the others are as wide as they are.
  public var widths = Architecture.Widths()
  /// Faces of each side in a step.
  public var batchSize: Int
  public var seed: UInt64
  public var optimizer: Optimizer.Settings
  public var losses = [
    LossTerm(.absolute, weight: 1), LossTerm(.dissimilarity, weight: 1),
  ]
  /// What a pixel outside of the face counts, 0 to 1; one inside counts 1.
  public var outsideWeight: Float = 0.1
  /// What a pixel of eyes or mouth counts besides.
  public var detailWeight: Float = 2
  /// What the mask's loss counts, where there is a mask.
  public var maskWeight: Float = 10

  /// What the discriminator's opinion of the source's answers counts; 0 for none.
  public var discriminatorWeight: Float = 0
  /// Steps before it begins to learn and to be heard.
  public var discriminatorStart = 0

  /// How the learning rate changes over the run.
  public var schedule = LearningSchedule()
  /// The step from which the encoder sees faces as they are; nil bends them to the end.
  ///
  /// Bent faces teach what is common to both people, and unbent ones then how it looks in detail:
  /// what DeepFaceLab's `random_warp` and faceswap's `--no-warp` are switched for by hand.
  public var warpEnd: Int?
  /// Batches of which a step takes the mean gradient, where one as large does not fit.
  public var accumulation = 1
  /// Processes that train together, each on a batch of its own.
  public var processes = 1

  /// Steps to stop after, counted from the first of the run; nil for no limit.
  public var iterationLimit: Int?
  /// Seconds to stop after, counted from the start or the resumption; nil for no limit.
  public var timeLimit: Double?
  /// Steps from checkpoint to checkpoint.
  public var checkpointInterval = 500
  /// Steps from preview to preview.
  public var previewInterval = 250
  /// Checkpoints to keep; older ones are deleted.
  public var keptCheckpoints = 3

  public init(
    model: Model, resolution: Int? = nil, batchSize: Int? = nil, seed: UInt64 = 1,
    learningRate: Float? = nil
  ) {
    (self.model, self.resolution, self.seed) = (model, resolution ?? model.resolution, seed)
    self.batchSize = batchSize ?? model.batchSize
    optimizer = Optimizer.Settings(learningRate: learningRate ?? model.learningRate)
  }

  /// Throws `badShape` when the model does not come in this resolution.
  public func architecture() throws -> Architecture {
    let (step, range) = (model.resolutionStep, model.resolutions)
    guard range.contains(resolution), resolution % step == 0 else {
      throw TrainerError(
        code: .badShape, subject: "model \(model.rawValue)",
        reason: "does not come in \(resolution) px: take "
          + (range.count == 1
            ? "\(range.lowerBound)"
            : "a multiple of \(step)"
              + (range.upperBound == .max
                ? "" : " from \(range.lowerBound) to \(range.upperBound)"))
      )
    }
    return switch model {
    case .original: .original
    case .light: .light(resolution: resolution)
    case .df, .dfU, .dfD, .dfUD:
      .df(resolution: resolution, widths: widths, options: model.options)
    case .liae, .liaeU, .liaeD, .liaeUD:
      .liae(resolution: resolution, widths: widths, options: model.options)
    }
  }

  /// Throws where a number makes no sense.
  func check() throws {
    var wrong: String?
    if batchSize < 1 { wrong = "a batch of \(batchSize) faces" }
    if accumulation < 1 { wrong = "no batch to a step" }
    if warpEnd ?? 0 < 0 { wrong = "bent faces until step \(warpEnd ?? 0)" }
    if schedule.warmUp < 0 || schedule.decay ?? 1 < 1 { wrong = "a schedule of no steps" }
    if !(optimizer.learningRate > 0) { wrong = "a learning rate of \(optimizer.learningRate)" }
    if optimizer.clip < 0 { wrong = "a gradient limit of \(optimizer.clip)" }
    if !(optimizer.keptShare > 0 && optimizer.keptShare <= 1) {
      wrong = "\(optimizer.keptShare) of the weights moving"
    }
    if losses.isEmpty { wrong = "no loss to learn from" }
    if let term = losses.first(where: { !($0.weight > 0 && $0.weight.isFinite) }) {
      wrong = "a weight of \(term.weight) for the loss \(term.kind.rawValue)"
    }
    if !(discriminatorWeight >= 0 && discriminatorWeight.isFinite) || discriminatorStart < 0 {
      wrong = "a discriminator of weight \(discriminatorWeight) from step \(discriminatorStart)"
    }
    if !(detailWeight >= 0) { wrong = "a weight of \(detailWeight) for eyes and mouth" }
    if !(maskWeight >= 0) { wrong = "a mask weight of \(maskWeight)" }
    if !(0...1).contains(outsideWeight) { wrong = "an outside weight of \(outsideWeight)" }
    if checkpointInterval < 1 || previewInterval < 1 { wrong = "an interval below one step" }
    if keptCheckpoints < 1 { wrong = "no checkpoint to keep" }
    if [widths.code, widths.encoder, widths.decoder, widths.mask].contains(where: { $0 < 1 }) {
      wrong = "a layer without channels"
    }
    if let wrong { throw TrainerError(code: .badShape, subject: "configuration", reason: wrong) }
    _ = try architecture()
  }

  /// How the two differ in what must not change within a run; nil where they do not.
  func difference(from other: TrainingConfiguration) -> String? {
    let settings: [(name: String, now: String, then: String)] = [
      ("model", model.rawValue, other.model.rawValue),
      ("resolution", "\(resolution)", "\(other.resolution)"),
      ("code's width", "\(widths.code)", "\(other.widths.code)"),
      ("encoder's width", "\(widths.encoder)", "\(other.widths.encoder)"),
      ("decoder's width", "\(widths.decoder)", "\(other.widths.decoder)"),
      ("mask's width", "\(widths.mask)", "\(other.widths.mask)"),
      ("batch size", "\(batchSize)", "\(other.batchSize)"),
      ("seed", "\(seed)", "\(other.seed)"),
      ("optimizer", optimizer.rule.rawValue, other.optimizer.rule.rawValue),
      ("batches to a step", "\(accumulation)", "\(other.accumulation)"),
      ("number of processes", "\(processes)", "\(other.processes)"),
    ]
    return settings.first { $0.now != $0.then }
      .map { "\($0.name) is \($0.now), the run began with \($0.then)" }
  }
}

extension TrainingConfiguration {
  /// Configurations that were stored before there was a choice say nothing of it.
  public init(from decoder: any Decoder) throws {
    let stored = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      model: try stored.decode(Model.self, forKey: .model),
      resolution: try stored.decode(Int.self, forKey: .resolution),
      batchSize: try stored.decode(Int.self, forKey: .batchSize),
      seed: try stored.decode(UInt64.self, forKey: .seed))
    widths = try stored.decodeIfPresent(Architecture.Widths.self, forKey: .widths) ?? widths
    optimizer = try stored.decode(Optimizer.Settings.self, forKey: .optimizer)
    losses = try stored.decode([LossTerm].self, forKey: .losses)
    outsideWeight = try stored.decode(Float.self, forKey: .outsideWeight)
    detailWeight = try stored.decodeIfPresent(Float.self, forKey: .detailWeight) ?? detailWeight
    maskWeight = try stored.decodeIfPresent(Float.self, forKey: .maskWeight) ?? maskWeight
    discriminatorWeight =
      try stored.decodeIfPresent(Float.self, forKey: .discriminatorWeight) ?? 0
    discriminatorStart = try stored.decodeIfPresent(Int.self, forKey: .discriminatorStart) ?? 0
    schedule =
      try stored.decodeIfPresent(LearningSchedule.self, forKey: .schedule) ?? LearningSchedule()
    warpEnd = try stored.decodeIfPresent(Int.self, forKey: .warpEnd)
    accumulation = try stored.decodeIfPresent(Int.self, forKey: .accumulation) ?? 1
    processes = try stored.decodeIfPresent(Int.self, forKey: .processes) ?? 1
    iterationLimit = try stored.decodeIfPresent(Int.self, forKey: .iterationLimit)
    timeLimit = try stored.decodeIfPresent(Double.self, forKey: .timeLimit)
    checkpointInterval = try stored.decode(Int.self, forKey: .checkpointInterval)
    previewInterval = try stored.decode(Int.self, forKey: .previewInterval)
    keptCheckpoints = try stored.decode(Int.self, forKey: .keptCheckpoints)
  }
}

extension TrainingConfiguration.Model {
  /// What its letters say.
  var options: Architecture.Options {
    switch self {
    case .original, .light, .df, .liae: []
    case .dfU, .liaeU: .normalized
    case .dfD, .liaeD: .doubled
    case .dfUD, .liaeUD: [.normalized, .doubled]
    }
  }

  /// Whether it is of the families that scale with the resolution, `df` and `liae`.
  private var scales: Bool { self != .original && self != .light }

  /// The sides it comes in, in pixels: multiples of `resolutionStep` in this range.
  var resolutions: ClosedRange<Int> {
    switch self {
    case .original: 64...64
    case .light: 16...Int.max
    default: 64...512
    }
  }

  var resolutionStep: Int { FamilyLayers.step(options) }

  /// The default faces of each side in a step.
  ///
  /// Where time is short, many small steps teach more
  /// than few large ones.
  public var batchSize: Int {
    switch self {
    case .original: 16
    case .light: 8
    default: 4
    }
  }

  /// The default side of the face, in pixels.
  public var resolution: Int { scales ? 128 : 64 }

  /// The default step of the optimiser.
  public var learningRate: Float { self == .light ? 5e-4 : 5e-5 }
}
