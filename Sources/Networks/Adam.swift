internal import CKernels
internal import Foundation

/// The Adam optimiser and what it remembers of each weight.
///
/// Source: Kingma and Ba, "Adam: a Method for Stochastic Optimization", 2015.
public final class Adam {
  public struct Settings: Hashable, Sendable, Codable {
    public var learningRate: Float
    /// Share of the mean gradient kept from step to step; 0.5 as the peers use, for it forgets
    /// the direction of a two-sided training quickly.
    public var meanDecay: Float
    /// The same for the mean of its square.
    public var varianceDecay: Float
    public var epsilon: Float

    public init(
      learningRate: Float = 5e-5, meanDecay: Float = 0.5, varianceDecay: Float = 0.999,
      epsilon: Float = 1e-7
    ) {
      (self.learningRate, self.meanDecay) = (learningRate, meanDecay)
      (self.varianceDecay, self.epsilon) = (varianceDecay, epsilon)
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
  /// The three must have the same entries.
  public func update(_ parameters: Parameters, gradients: Parameters, threads: Int) {
    precondition(parameters.count == means.count && gradients.count == means.count)
    step += 1
    let power = Double(step)
    let meanBias = 1 - pow(Double(settings.meanDecay), power)
    let varianceRoot = (1 - pow(Double(settings.varianceDecay), power)).squareRoot()
    let rate = Float(Double(settings.learningRate) * varianceRoot / meanBias)
    let epsilon = Float(Double(settings.epsilon) * varianceRoot)
    Workers(threads: threads).run(over: parameters.count, by: 1 << 16) { range in
      let at = range.lowerBound
      kernels_adam(
        parameters.base + at, gradients.base + at, means.base + at, variances.base + at,
        range.count, rate, settings.meanDecay, settings.varianceDecay, epsilon)
    }
  }
}
