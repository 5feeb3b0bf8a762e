import Foundation

/// How the learning rate changes over a run: up in a line at the start, down in half a cosine.
///
/// Source of the cosine: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm
/// Restarts", 2017.
public struct LearningSchedule: Hashable, Sendable, Codable {
  /// Steps from nothing to the full rate.
  public var warmUp: Int
  /// The step at which the rate has gone down to `floor`; nil for a rate that stays.
  public var decay: Int?
  /// What is left at the end, as a share of the full rate.
  public var floor: Float

  public init(warmUp: Int = 0, decay: Int? = nil, floor: Float = 0.02) {
    (self.warmUp, self.decay, self.floor) = (warmUp, decay, floor)
  }

  /// The share of the full rate for a step, counted from 0: a function of the step alone.
  public func factor(step: Int) -> Float {
    let rising = warmUp > 0 ? min(1, Float(step + 1) / Float(warmUp)) : 1
    guard let decay else { return rising }
    let length = max(1, decay - warmUp)
    let done = min(1, max(0, Double(step - warmUp) / Double(length)))
    let falling = Double(floor) + (1 - Double(floor)) * (1 + cos(.pi * done)) / 2
    return rising * Float(falling)
  }
}
