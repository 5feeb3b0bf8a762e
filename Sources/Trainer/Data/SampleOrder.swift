import FaceCore

/// In which order samples are drawn: shuffled epochs, each of as many draws as there are samples.
///
/// In an epoch a sample with weight `w` appears `⌊w̄⌋` or `⌈w̄⌉` times, `w̄ = w · n / Σw`: equal
/// weights show every sample once. Which of the two it is comes from systematic resampling, whose
/// offset moves by the golden ratio from epoch to epoch, so that over a few epochs every sample
/// has had its share. Sources: Kitagawa, "Monte Carlo Filter and Smoother", 1996; Weyl sequence.
struct SampleOrder: Sendable {
  /// Weights times n over their sum, summed up; the last is n.
  private let cumulative: [Double]
  private let seed: UInt64

  /// Traps unless there is a sample.
  init(weights: [Double], seed: UInt64) {
    precondition(!weights.isEmpty, "there is something to draw from")
    self.seed = seed
    let total = weights.reduce(0, +)
    var sum = 0.0
    let count = Double(weights.count)
    cumulative = weights.map { weight in
      sum += weight
      return sum / total * count
    }
  }

  var count: Int { cumulative.count }

  /// Places in the list of samples, in the order they are drawn.
  func epoch(_ index: Int) -> [Int] {
    var generator = SeededGenerator(seed: seed, stream: UInt64(index))
    var root = SeededGenerator(seed: seed, stream: .max)
    // Kept off 0 and 1, where rounding could draw one of two equal samples twice.
    let start = Double.random(in: 0..<1, using: &root) + Double(index) * 0.618_033_988_749_894_9
    let offset = 0.001 + 0.998 * (start - start.rounded(.down))
    var order: [Int] = []
    var sample = 0
    for draw in 0..<count {
      let position = Double(draw) + offset
      while sample < count - 1, cumulative[sample] <= position { sample += 1 }
      order.append(sample)
    }
    order.shuffle(using: &generator)
    return order
  }
}
