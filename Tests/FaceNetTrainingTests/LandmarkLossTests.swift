import Align
import FaceCore
import FaceNetTraining
import Foundation
import Testing

private typealias Field = LandmarkNetwork.Field

/// Some of it hidden.
private let sample: LandmarkSamples.Sample = sampled(knowsPose: true)

private func sampled(knowsPose: Bool) -> LandmarkSamples.Sample {
  let visible = (0..<Landmarks.count).map { $0 % 3 != 0 }
  let portrait = spotted(
    [30], pose: Pose(yaw: 30, pitch: 10, roll: 5), visible: visible, knowsPose: knowsPose)
  return LandmarkSamples(portraits: [portrait], backgrounds: noBackgrounds, seed: 1).sample(4)
}

/// The answer that is right; `spread` is the logarithm of how far off it says it is.
private func truth(
  of sample: LandmarkSamples.Sample, spread: Float = 0, logit: Float = 20
) -> [Float] {
  sample.points.flatMap { [$0.x, $0.y] }
    + [Float](repeating: spread, count: Landmarks.count)
    + sample.visible.map { $0 ? logit : -logit }
    + (sample.pose ?? .frontal).matrix.prefix(6).map(Float.init) + [spread]
}

private func loss(
  _ answer: [Float], _ sample: LandmarkSamples.Sample, factor: Float = 1
) -> (value: Float, slopes: [Float]) {
  var slopes = [Float](repeating: 0, count: answer.count)
  let value = LandmarkLoss().loss(of: answer[...], sample, slopes: &slopes, factor: factor)
  return (value, slopes)
}

@Suite struct LandmarkLossTests {
  @Test func theTruthHasNoLossButThatOfItsDoubts() {
    let (value, slopes) = loss(truth(of: sample), sample)
    #expect(abs(value) < 1e-5)
    for range in [Field.points, Field.visible, Field.rotation] {
      #expect(slopes[range].allSatisfy { abs($0) < 1e-5 })
    }
    // Whoever is right should be surer.
    #expect(slopes[Field.spread].allSatisfy { $0 > 0 })
    #expect(slopes[Field.rotationSpread] > 0)
    #expect(loss(truth(of: sample, spread: -3), sample).value < value)
  }

  /// Spreads do not pull at what is predicted: their loss is left out by differences at two of them.
  @Test func theSlopeOfPointsAndRotationIsTheSlopeOfTheLoss() {
    var generator = SeededGenerator(seed: 2)
    var answer = truth(of: sample, logit: 1)
    for index in Array(Field.points) + Array(Field.rotation) {
      answer[index] += .random(in: -0.05...0.05, using: &generator)
    }
    // So unsure that a miss weighs little, and weighed out below.
    let (low, high): (Float, Float) = (1, 2)
    let weight = exp(-high) / exp(-low)
    func value(_ spread: Float, _ index: Int, _ step: Float) -> Float {
      var moved = answer
      moved[index] += step
      for place in Array(Field.spread) + [Field.rotationSpread] { moved[place] = spread }
      return loss(moved, sample).value
    }
    for index in Array(Field.points) + Array(Field.rotation) {
      // Loss = held + pulled / exp(spread): two equations.
      func held(_ step: Float) -> Float {
        (value(high, index, step) - weight * value(low, index, step)) / (1 - weight)
      }
      let slope = (held(0.0005) - held(-0.0005)) / 0.001
      let own = loss(answer, sample).slopes[index]
      #expect(abs(slope - own) < 5e-4 + 0.02 * abs(slope), "\(index)")
    }
  }

  /// Within the limits that hold a first guess.
  @Test func theSlopeOfDoubtAndVisibilityIsTheSlopeOfTheLoss() {
    var generator = SeededGenerator(seed: 3)
    var answer = truth(of: sample)
    for index in Array(Field.points) + Array(Field.rotation) {
      answer[index] += .random(in: -0.1...0.1, using: &generator)
    }
    for index in Array(Field.spread) + [Field.rotationSpread] {
      answer[index] = .random(in: -3 ... -1, using: &generator)
    }
    for index in Field.visible { answer[index] = .random(in: -3...3, using: &generator) }
    let slopes = loss(answer, sample).slopes
    for index in Array(Field.spread) + Array(Field.visible) + [Field.rotationSpread] {
      func moved(_ step: Float) -> Float {
        var moved = answer
        moved[index] += step
        return loss(moved, sample).value
      }
      let slope = (moved(0.05) - moved(-0.05)) / 0.1
      #expect(abs(slope - slopes[index]) < 1e-5 + 0.03 * abs(slope), "\(index)")
    }
  }

  /// The mean of a Laplace distribution is the best guess of how far a point is off.
  @Test func doubtIsRightWhereItIsTheMiss() {
    var answer = truth(of: sample)
    for index in 0..<Landmarks.count {
      answer[2 * index] += 0.1
      answer[2 * index + 1] -= 0.1
      answer[Field.spread.lowerBound + index] = log(0.1)
    }
    for index in Field.rotation { answer[index] += 0.2 }
    answer[Field.rotationSpread] = log(0.2)
    let slopes = loss(answer, sample).slopes
    #expect(slopes[Field.spread].allSatisfy { abs($0) < 1e-7 })
    #expect(abs(slopes[Field.rotationSpread]) < 1e-7)
  }

  @Test func whatIsNotKnownIsNotJudged() {
    let unknown = sampled(knowsPose: false)
    #expect(unknown.pose == nil && !unknown.knowsVisible)
    var generator = SeededGenerator(seed: 4)
    let answer = (0..<LandmarkNetwork.count).map { _ in
      Float.random(in: -1...1, using: &generator)
    }
    let slopes = loss(answer, unknown).slopes
    #expect(slopes[Field.visible].allSatisfy { $0 == 0 })
    #expect(slopes[Field.rotation].allSatisfy { $0 == 0 })
    #expect(slopes[Field.rotationSpread] == 0)
    #expect(slopes[Field.points].allSatisfy { $0 != 0 })
  }

  @Test func aHiddenPointWeighsLess() {
    var answer = truth(of: sample)
    for index in Field.points { answer[index] += 0.5 }
    let slopes = loss(answer, sample).slopes
    for index in 0..<Landmarks.count {
      let other = sample.visible[index] ? 1 / Float(Landmarks.count) : 0.3 / Float(Landmarks.count)
      #expect(abs(slopes[2 * index] - other) < 1e-6)
    }
  }

  @Test(arguments: [-80, 80] as [Float])
  func extremeAnswersHaveAFiniteLoss(value: Float) {
    let (sum, slopes) = loss([Float](repeating: value, count: LandmarkNetwork.count), sample)
    #expect(sum.isFinite)
    #expect(slopes.allSatisfy { $0.isFinite })
  }

  @Test func slopesOfABatchAreAddedInTheirPlacesTimesTheFactor() {
    let count = LandmarkNetwork.count
    let answer = [Float](repeating: 0.2, count: count)
    let (value, slopes) = loss(answer, sample)
    var all = [Float](repeating: 1, count: 2 * count)
    let both = answer + answer
    let again = LandmarkLoss().loss(of: both[count...], sample, slopes: &all, factor: 0.5)
    #expect(again == value)
    #expect(all[..<count].allSatisfy { $0 == 1 })
    #expect(zip(all[count...], slopes).allSatisfy { abs($0 - 1 - 0.5 * $1) < 1e-6 })
  }
}
