import Align
import Foundation

/// How far a batch of embeddings is from what a teacher says of the same faces.
///
/// The squared distance to the teacher's numbers, which are brought about 0 and to a mean square length of 1
/// first: whoever answers always the same loses 1 on average, and who agrees wholly 0.
///
/// Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015; numbers in place
/// of its classes, so that a face need not be one of known people.
package struct TeacherLoss: Sendable {
  /// Subtracted from the teacher's numbers.
  package let mean: [Float]
  /// What they are multiplied by then.
  package let scale: Float

  /// For a teacher who said these of the pictures to learn from, `EmbeddingNetwork.count` numbers of each.
  ///
  /// Traps without any.
  package init(teachings: [[Float]]) {
    precondition(!teachings.isEmpty, "a teacher who says something")
    let mean = EmbeddingLesson.mean(of: teachings.flatMap { $0 })
    let square = teachings.reduce(0) { sum, numbers in
      sum + zip(numbers, mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    self.mean = mean
    scale = 1 / max(1e-6, (square / Float(teachings.count)).squareRoot())
  }

  /// What the network is to say of a picture of which the teacher says `teaching`.
  package func target(of teaching: [Float]) -> [Float] {
    zip(teaching, mean).map { ($0 - $1) * scale }
  }

  /// The loss of each sample, and the slopes of their mean; both hold `EmbeddingNetwork.count` numbers a
  /// sample.
  package func loss(
    of answers: [Float], targets: [Float]
  ) -> (values: [Float], slopes: [Float]) {
    precondition(answers.count == targets.count, "a target for each answer")
    let size = EmbeddingNetwork.count
    let misses = zip(answers, targets).map { $0 - $1 }
    let values = stride(from: 0, to: misses.count, by: size).map { start in
      misses[start..<start + size].reduce(0) { $0 + $1 * $1 }
    }
    let factor = 2 / Float(values.count)
    return (values, misses.map { $0 * factor })
  }
}
