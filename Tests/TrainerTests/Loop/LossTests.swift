import FaceCore
import Testing
import Trainer

/// A batch of noise with a round mask.
func noise(count: Int, resolution: Int, seed: UInt64) -> TrainingBatch {
  var generator = SeededGenerator(seed: seed)
  let area = resolution * resolution
  let pixels = (0..<count * 3 * area).map { _ in Float.random(in: 0...1, using: &generator) }
  let mask = (0..<count * area).map { index in
    let x = index % resolution - resolution / 2
    let y = index / resolution % resolution - resolution / 2
    return x * x + y * y < resolution * resolution / 8 ? Float(1) : 0
  }
  return TrainingBatch(
    count: count, resolution: resolution, input: pixels, target: pixels, mask: mask,
    faces: Array(0..<count))
}

private let kinds: [[LossTerm]] = [
  [LossTerm(.absolute, weight: 2)], [LossTerm(.dissimilarity, weight: 3)],
  [LossTerm(.absolute, weight: 1), LossTerm(.dissimilarity, weight: 1)],
  [LossTerm(.color, weight: 10)],
]

@Test(arguments: kinds)
func theLossOfTheRightAnswerIsZero(terms: [LossTerm]) throws {
  let batch = noise(count: 3, resolution: 24, seed: 1)
  let loss = terms.loss(of: batch.target, against: batch, outsideWeight: 0.1, threads: 2)
  #expect(loss.values.allSatisfy { abs($0) < 1e-5 })
  #expect(loss.gradient.allSatisfy { abs($0) < 1e-4 })
}

@Test(arguments: kinds, [12, 16, 24])
func theGradientOfALossIsItsSlope(terms: [LossTerm], resolution: Int) throws {
  let batch = noise(count: 2, resolution: resolution, seed: 2)
  let prediction = noise(count: 2, resolution: resolution, seed: 3).target
  let loss = terms.loss(of: prediction, against: batch, outsideWeight: 0.2, threads: 2)
  try expectSlope(of: terms, at: prediction, batch, loss)
}

/// Two scales at once, of faces large enough for them.
@Test func theGradientOfTwoScalesIsItsSlope() throws {
  let batch = noise(count: 1, resolution: 256, seed: 2)
  let prediction = zip(batch.target, noise(count: 1, resolution: 256, seed: 3).target)
    .map { 0.7 * $0 + 0.3 * $1 }
  let terms = [LossTerm(.dissimilarity, weight: 1)]
  let loss = terms.loss(of: prediction, against: batch, outsideWeight: 0.2, threads: 2)
  try expectSlope(of: terms, at: prediction, batch, loss)
}

/// Along random directions, so that single precision suffices.
private func expectSlope(
  of terms: [LossTerm], at prediction: [Float], _ batch: TrainingBatch, _ loss: Loss
) throws {
  for seed in UInt64(10)..<16 {
    var generator = SeededGenerator(seed: seed)
    let direction = loss.gradient.map {
      ($0 > 0 ? 1 : -1) * Float.random(in: 0...1, using: &generator)
    }
    let expected = zip(loss.gradient, direction).reduce(0.0) { $0 + Double($1.0 * $1.1) }
    let step: Float = 1e-3
    func mean(_ sign: Float) throws -> Double {
      let moved = zip(prediction, direction).map { $0 + sign * step * $1 }
      return Double(
        terms.loss(of: moved, against: batch, outsideWeight: 0.2, threads: 1).mean)
    }
    let slope = try (mean(1) - mean(-1)) / Double(2 * step)
    #expect(abs(slope - expected) < 0.02 * abs(expected), "\(slope) is not \(expected)")
  }
}

@Test func theGradientOfTheMasksLossIsItsSlope() {
  let batch = noise(count: 2, resolution: 8, seed: 2)
  let prediction = Array(noise(count: 2, resolution: 8, seed: 3).target.prefix(128))
  let loss = maskLoss(prediction, batch, scale: 10)
  for index in [0, 17, 36, 64, 100, 127] {
    func mean(_ move: Float) -> Float {
      var moved = prediction
      moved[index] += move
      return maskLoss(moved, batch, scale: 10).mean
    }
    let slope = (mean(0.01) - mean(-0.01)) / 0.02
    #expect(abs(slope - loss.gradient[index]) < 1e-3 * max(0.01, abs(slope)))
  }
  #expect(maskLoss(batch.mask, batch, scale: 10).values == [0, 0])
}

@Test(arguments: kinds)
func theLossOfAFaceDoesNotDependOnTheOthers(terms: [LossTerm]) throws {
  let batch = noise(count: 3, resolution: 24, seed: 4)
  let prediction = noise(count: 3, resolution: 24, seed: 5).target
  let size = prediction.count / 3
  let all = terms.loss(of: prediction, against: batch, outsideWeight: 0.1, threads: 3)
  let alone = TrainingBatch(
    count: 1, resolution: 24, input: Array(batch.input[size..<2 * size]),
    target: Array(batch.target[size..<2 * size]),
    mask: Array(batch.mask[size / 3..<2 * size / 3]), faces: [1])
  let one = terms.loss(
    of: Array(prediction[size..<2 * size]), against: alone, outsideWeight: 0.1, threads: 1)
  #expect(one.values[0] == all.values[1])
}

@Test func onlyTheMaskCountsWhenTheOutsideWeighsNothing() throws {
  let batch = noise(count: 1, resolution: 24, seed: 6)
  var prediction = batch.target
  prediction[0] += 0.5
  for terms in kinds where terms.count == 1 {
    let loss = terms.loss(of: prediction, against: batch, outsideWeight: 0, threads: 1)
    #expect(abs(loss.values[0]) < 1e-6)
  }
}
