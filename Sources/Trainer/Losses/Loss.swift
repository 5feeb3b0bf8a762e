/// How far a side's answer is from what it should be, and which way is down.
public struct Loss: Hashable, Sendable {
  /// Of each face of the batch.
  public var values: [Float]
  /// Of the mean of `values`, with respect to the prediction: `[count, 3, resolution,
  /// resolution]`.
  public var gradient: [Float]

  /// The mean over the faces.
  public var mean: Float { values.reduce(0, +) / Float(values.count) }

  /// The sum of two losses.
  static func + (left: Loss, right: Loss) -> Loss {
    precondition(left.gradient.count == right.gradient.count, "losses of the same faces")
    var sum = left
    for face in sum.values.indices { sum.values[face] += right.values[face] }
    for place in sum.gradient.indices { sum.gradient[place] += right.gradient[place] }
    return sum
  }

  /// What one face adds.
  struct Face: Sendable {
    let value: Float
    /// Already divided by the number of faces.
    let gradient: [Float]
  }

  init(_ faces: [Face]) {
    values = faces.map(\.value)
    gradient = []
    gradient.reserveCapacity(faces.count * (faces.first?.gradient.count ?? 0))
    for face in faces { gradient += face.gradient }
  }

  init(values: [Float], gradient: [Float]) {
    (self.values, self.gradient) = (values, gradient)
  }
}

/// A loss and its share in the sum.
public struct LossTerm: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable {
    /// Mean absolute difference.
    case absolute
    /// Structural dissimilarity, at one or two scales.
    case dissimilarity
    /// Difference of the colors of the face as a whole.
    case color
  }

  public var kind: Kind
  public var weight: Float

  public init(_ kind: Kind, weight: Float) {
    (self.kind, self.weight) = (kind, weight)
  }
}

extension [LossTerm] {
  /// Counts a kind this much, or no more at 0.
  public mutating func setWeight(_ weight: Float, of kind: LossTerm.Kind) {
    if let place = firstIndex(where: { $0.kind == kind }) {
      self[place].weight = weight
    } else {
      append(LossTerm(kind, weight: weight))
    }
    removeAll { $0.weight == 0 }
  }

  /// The weighted sum for one side.
  ///
  /// - Parameter outsideWeight: What a pixel outside of the face's mask counts, 0 to 1; inside
  ///   counts 1.
  package func loss(
    of prediction: [Float], against batch: TrainingBatch, outsideWeight: Float, threads: Int
  ) -> Loss {
    let weights = batch.mask.map { outsideWeight + (1 - outsideWeight) * $0 }
    let terms = map { term in
      switch term.kind {
      case .absolute:
        absoluteLoss(
          prediction, batch, pixelWeights: weights, scale: term.weight, threads: threads)
      case .dissimilarity:
        dissimilarityLoss(
          prediction, batch, pixelWeights: weights, scale: term.weight, threads: threads)
      case .color: colorLoss(prediction, batch, scale: term.weight, threads: threads)
      }
    }
    guard let first = terms.first else { preconditionFailure("no loss to learn from") }
    return terms.dropFirst().reduce(first, +)
  }
}
