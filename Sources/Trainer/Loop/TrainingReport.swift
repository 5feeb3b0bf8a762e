/// What one step did, for whoever watches.
public struct TrainingReport: Sendable {
  public struct Side: Sendable {
    /// Which faces these were, by their place in the side's list, and the loss of each.
    public private(set) var faces: [Int] = []
    public private(set) var losses: [Float] = []

    /// Mean over the faces.
    public var loss: Float { losses.reduce(0, +) / Float(max(1, losses.count)) }

    mutating func add(_ losses: [Float], of faces: [Int]) {
      self.faces += faces
      self.losses += losses
    }
  }

  /// Steps done.
  public let step: Int
  public let source: Side
  public let target: Side
  /// Steps a second, lately.
  public let rate: Double
  /// Share of the time that the engine waited for data lately, 0 to 1.
  public let wait: Double
  /// What the step was taken with.
  public let learningRate: Float
  /// To the nearest of the limits; nil without one.
  public let secondsLeft: Double?
  /// Mean losses over faces that are never learned; nil but in the steps that have a preview.
  public let heldOut: HeldOutLoss?
  /// What was measured; nil but in the steps that have a preview.
  public let quality: PreviewQuality?
}

/// How a model does on faces it has never learned, of videos it has never seen.
public struct HeldOutLoss: Hashable, Sendable {
  public let source: Float
  public let target: Float
}

/// Why a run came to its end.
public enum TrainingEnd: String, Hashable, Sendable, Codable {
  case iterationLimit, timeLimit, stopped
}

/// Rate and waiting, over the last steps.
struct Pace {
  private var rateMean: Double?
  private var waitMean = 0.0

  /// Both in seconds.
  mutating func add(step: Double, waiting: Double) {
    // The mean of about the last 20 steps.
    let share = rateMean == nil ? 1 : 0.05
    rateMean = (1 - share) * (rateMean ?? 0) + share * step
    waitMean = (1 - share) * waitMean + share * waiting
  }

  /// Steps a second.
  var rate: Double { rateMean.map { 1 / max($0, 1e-9) } ?? 0 }
  /// 0 to 1.
  var wait: Double { rateMean.map { min(1, waitMean / max($0, 1e-9)) } ?? 0 }
}
