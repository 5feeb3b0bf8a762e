import Align
import Foundation

/// How far a batch of embeddings is from telling its people apart.
///
/// For each two pictures of one person, how likely the second is taken for the first's among all pictures
/// of others, by their cosines; its own is lowered by a margin first, so that near is not near enough.
/// There are no class centres, so a batch may hold people who never come again. Cosines are taken about
/// the batch's mean: about 0, the quickest way to lose less is to answer the same to everybody, and that is
/// slow to leave.
///
/// Sources: Khosla et al., "Supervised Contrastive Learning", 2020; the margin as in Wang et al.,
/// "CosFace: Large Margin Cosine Loss for Deep Face Recognition", 2018.
package struct EmbeddingLoss: Sendable {
  /// What cosines are multiplied by.
  package var scale: Float = 16
  package var margin: Float = 0.2

  package init() {}

  /// The loss of each sample, and the slopes of their mean; `answers` holds
  /// `EmbeddingNetwork.count` numbers for each of `people`, of any length.
  ///
  /// A sample without a second picture, or without others, costs nothing.
  package func loss(of answers: [Float], people: [Int]) -> (values: [Float], slopes: [Float]) {
    let (units, lengths) = Self.units(centered(answers), count: people.count)
    let cosines = people.indices.map { first in
      people.indices.map { Self.dot(units[first], units[$0]) }
    }
    let rows = people.indices.map { loss(ofSample: $0, cosines: cosines[$0], people: people) }
    var slopes: [Float] = []
    let share = 1 / Float(people.count)
    for index in people.indices {
      // A cosine stands in both of its rows.
      var pull = [Float](repeating: 0, count: EmbeddingNetwork.count)
      for other in people.indices {
        let slope = (rows[index].slopes[other] + rows[other].slopes[index]) * share
        if slope != 0 { for at in pull.indices { pull[at] += slope * units[other][at] } }
      }
      // Of what pulls along the answer itself, its direction feels nothing.
      let along = Self.dot(pull, units[index])
      for at in pull.indices {
        slopes.append((pull[at] - along * units[index][at]) / lengths[index])
      }
    }
    return (rows.map(\.value), centered(slopes))
  }

  /// Less the mean of all samples.
  private func centered(_ answers: [Float]) -> [Float] {
    let mean = EmbeddingLesson.mean(of: answers)
    return answers.enumerated().map { $1 - mean[$0 % mean.count] }
  }

  /// The loss of a sample, and its slope in each of its cosines.
  private func loss(
    ofSample index: Int, cosines: [Float], people: [Int]
  ) -> (value: Float, slopes: [Float]) {
    var slopes = [Float](repeating: 0, count: people.count)
    let own = people.indices.filter { $0 != index && people[$0] == people[index] }
    let others = people.indices.filter { people[$0] != people[index] }
    guard !own.isEmpty, !others.isEmpty else { return (0, slopes) }
    // All powers are taken relative to the greatest possible one.
    let powers = others.map { exp(scale * (cosines[$0] - 1)) }
    let sum = powers.reduce(0, +)
    let share = 1 / Float(own.count)
    var value: Float = 0
    for positive in own {
      let power = exp(scale * (cosines[positive] - margin - 1))
      value -= share * (scale * (cosines[positive] - margin - 1) - log(power + sum))
      slopes[positive] -= share * scale * sum / (power + sum)
      for (place, other) in others.enumerated() {
        slopes[other] += share * scale * powers[place] / (power + sum)
      }
    }
    return (value, slopes)
  }

  private static func units(
    _ answers: [Float], count: Int
  ) -> (units: [[Float]], lengths: [Float]) {
    let size = EmbeddingNetwork.count
    precondition(answers.count == count * size, "one answer for each sample")
    let parts = (0..<count).map { Array(answers[$0 * size..<($0 + 1) * size]) }
    let lengths = parts.map { max(1e-6, dot($0, $0).squareRoot()) }
    return (zip(parts, lengths).map { part, length in part.map { $0 / length } }, lengths)
  }

  private static func dot(_ first: [Float], _ second: [Float]) -> Float {
    var sum: Float = 0
    for at in first.indices { sum += first[at] * second[at] }
    return sum
  }
}
