internal import CKernels
internal import Foundation

/// Moves weights against their gradient, and remembers what it takes of each: Adam or AdaBelief.
///
/// Sources: Kingma and Ba, "Adam: a Method for Stochastic Optimization", 2015; Zhuang et al.,
/// "AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients", 2020.
public final class Optimizer {
  public enum Rule: String, Hashable, Sendable, Codable, CaseIterable {
    /// Steps are divided by the size of recent gradients.
    case adam
    /// Steps are divided by how far gradients are from what was expected of them.
    case adabelief
  }

  public struct Settings: Hashable, Sendable, Codable {
    public var rule: Rule
    public var learningRate: Float
    /// Share of the mean gradient kept from step to step; 0.5 as the peers use, for it forgets
    /// the direction of a two-sided training quickly.
    public var meanDecay: Float
    /// The same for the mean of its square.
    public var varianceDecay: Float
    public var epsilon: Float
    /// The greatest length of the whole gradient, a longer one is shortened; 0 for no limit.
    public var clip: Float
    /// Share of the weights that move in a step, drawn anew each time; 1 for all.
    ///
    /// Source: Lin et al., "Dropout with Learning Rates", 2019.
    public var keptShare: Float

    public init(
      rule: Rule = .adam, learningRate: Float = 5e-5, meanDecay: Float = 0.5,
      varianceDecay: Float = 0.999, epsilon: Float = 1e-7, clip: Float = 0, keptShare: Float = 1
    ) {
      (self.rule, self.learningRate, self.meanDecay) = (rule, learningRate, meanDecay)
      (self.varianceDecay, self.epsilon) = (varianceDecay, epsilon)
      (self.clip, self.keptShare) = (clip, keptShare)
    }

    /// Settings that were stored before there was a choice say nothing of it.
    public init(from decoder: any Decoder) throws {
      let stored = try decoder.container(keyedBy: CodingKeys.self)
      learningRate = try stored.decode(Float.self, forKey: .learningRate)
      meanDecay = try stored.decode(Float.self, forKey: .meanDecay)
      varianceDecay = try stored.decode(Float.self, forKey: .varianceDecay)
      epsilon = try stored.decode(Float.self, forKey: .epsilon)
      rule = try stored.decodeIfPresent(Rule.self, forKey: .rule) ?? .adam
      clip = try stored.decodeIfPresent(Float.self, forKey: .clip) ?? 0
      keptShare = try stored.decodeIfPresent(Float.self, forKey: .keptShare) ?? 1
    }
  }

  public var settings: Settings
  /// Steps taken.
  public var step = 0
  public let means: Parameters
  public let variances: Parameters

  public init(_ parameters: Parameters, settings: Settings = Settings()) {
    self.settings = settings
    means = Parameters(parameters.entries)
    variances = Parameters(parameters.entries)
  }

  /// Moves the weights against their gradient.
  ///
  /// The three must have the same entries. `factor` scales the learning rate of this step.
  public func update(
    _ parameters: Parameters, gradients: Parameters, factor: Float = 1, threads: Int
  ) {
    precondition(parameters.count == means.count && gradients.count == means.count)
    step += 1
    let workers = Workers(threads: threads)
    let power = Double(step)
    let meanBias = 1 - pow(Double(settings.meanDecay), power)
    let varianceRoot = (1 - pow(Double(settings.varianceDecay), power)).squareRoot()
    var change = kernels_step(
      rate: Float(Double(settings.learningRate * factor) * varianceRoot / meanBias),
      gradient_scale: scale(of: gradients, workers: workers), decay_mean: settings.meanDecay,
      decay_variance: settings.varianceDecay,
      epsilon: Float(Double(settings.epsilon) * varianceRoot),
      believes: settings.rule == .adabelief,
      kept: UInt32(max(0, Double(settings.keptShare) * 0x1p32 - 1)),
      seed: UInt32(truncatingIfNeeded: step))
    workers.run(over: parameters.count, by: 1 << 16) { range in
      let at = range.lowerBound
      kernels_update(
        &change, at, parameters.base + at, gradients.base + at, means.base + at,
        variances.base + at, range.count)
    }
  }

  /// What the gradient is multiplied by, so that its length stays below the limit.
  private func scale(of gradients: Parameters, workers: Workers) -> Float {
    guard settings.clip > 0 else { return 1 }
    let length = gradients.length(workers: workers)
    return length > Double(settings.clip) ? Float(Double(settings.clip) / length) : 1
  }
}

extension Parameters {
  /// The root of the sum of squares.
  func length(workers: Workers) -> Double {
    let size = 1 << 16
    let sums = allocateDoubles((count + size - 1) / size)
    defer { sums.deallocate() }
    workers.run(over: count, by: size) { range in
      sums[range.lowerBound / size] = kernels_square_sum(base + range.lowerBound, range.count)
    }
    // In order, so that the number of threads changes nothing.
    return UnsafeBufferPointer(sums).reduce(0, +).squareRoot()
  }

  /// Adds the other's numbers, times `factor`, to these; both have the same entries.
  public func add(_ other: Parameters, times factor: Float, threads: Int) {
    precondition(count == other.count, "the same arrays")
    Workers(threads: threads).run(over: count, by: 1 << 16) { range in
      kernels_add(other.base + range.lowerBound, factor, range.count, base + range.lowerBound)
    }
  }

  /// Makes all of them 0.
  public func clear() { base.update(repeating: 0, count: count) }
}

private func allocateDoubles(_ count: Int) -> UnsafeMutableBufferPointer<Double> {
  let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: count)
  buffer.initialize(repeating: 0)
  return buffer
}
