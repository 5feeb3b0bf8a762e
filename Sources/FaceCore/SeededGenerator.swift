import Foundation

/// xoshiro256**: fast, small, and its state can be stored and resumed.
///
/// Source: Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", 2018.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable, Codable {
  private var state: [UInt64]

  public init(seed: UInt64) {
    // SplitMix64 spreads the seed over the state.
    var value = seed
    state = (0..<4).map { _ in
      value &+= 0x9E37_79B9_7F4A_7C15
      var mixed = value
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  /// A generator of its own for one item of a job, so that the order of work does not matter.
  public init(seed: UInt64, stream: UInt64) {
    var root = SeededGenerator(seed: seed &+ stream &* 0xD134_2543_DE82_EF95)
    self.init(seed: root.next())
  }

  public mutating func next() -> UInt64 {
    func rotated(_ value: UInt64, by count: UInt64) -> UInt64 {
      (value << count) | (value >> (64 - count))
    }
    let result = rotated(state[1] &* 5, by: 7) &* 9
    let shifted = state[1] << 17
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = rotated(state[3], by: 45)
    return result
  }
}

extension RandomNumberGenerator {
  /// Mean 0, deviation 1, by the polar method (Marsaglia and Bray, 1964).
  public mutating func nextGaussian() -> Double {
    while true {
      let u = Double.random(in: -1...1, using: &self)
      let v = Double.random(in: -1...1, using: &self)
      let s = u * u + v * v
      if s > 0, s < 1 { return u * (-2 * log(s) / s).squareRoot() }
    }
  }
}
