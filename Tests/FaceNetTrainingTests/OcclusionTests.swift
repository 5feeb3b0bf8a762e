import Align
import FaceCore
import FaceNetTraining
import Foundation
import Testing

private let cells = OcclusionNetwork.cells * OcclusionNetwork.cells

/// A light face before nothing, so that what is dark in a square lies before it or is a shadow.
private let samples = OcclusionSamples(
  portraits: [spotted([36, 45, 30], side: 96)], backgrounds: noBackgrounds, seed: 5)

@Suite struct OcclusionSampleTests {
  @Test func aSampleIsAFunctionOfItsNumberAlone() {
    let (one, same, other) = (samples.sample(7), samples.sample(7), samples.sample(8))
    #expect(one.square.values == same.square.values && one.cover == same.cover)
    #expect(one.square.values != other.square.values)
  }

  @Test func someFacesAreBareAndOthersCoveredInPart() {
    let all = (0..<200).map { samples.sample($0) }
    let shares = all.map { sample in
      zip(sample.cover, sample.weight).reduce(0) { $0 + $1.0 * $1.1 } / sample.weight.reduce(0, +)
    }
    #expect(all.allSatisfy { $0.cover.count == cells && $0.weight.count == cells })
    #expect(all.allSatisfy { $0.cover.allSatisfy { (0...1).contains($0) } })
    // Things may pass a face by, and cover all of it.
    #expect((70...130).contains(shares.count { $0 < 0.01 }))
    #expect(shares.count { $0 > 0.1 && $0 < 0.9 } > 40)
  }

  @Test func theHullIsWhereTheFaceIs() {
    let weight = samples.sample(3).weight
    let (middle, corner) = (OcclusionNetwork.cells / 2, 0)
    #expect(weight[middle * OcclusionNetwork.cells + middle] == 1 && weight[corner] == 0)
    #expect(weight.reduce(0, +) > 0.2 * Float(cells))
  }
}

@Suite struct OcclusionLossTests {
  private let lesson = OcclusionLesson(samples: samples)

  @Test func whoKnowsLosesNothingAndWhoDoubtsLosesABit() {
    var batch = lesson.batch(step: 0, size: 2)
    batch.cover = batch.cover.map { $0 > 0.5 ? 1 : 0 }
    let sure = lesson.loss(of: [batch.cover.map { $0 > 0.5 ? 30 : -30 }], batch)
    let unsure = lesson.loss(of: [batch.cover.map { _ in 0 }], batch)
    #expect(sure.values.allSatisfy { abs($0) < 1e-6 })
    #expect(unsure.values.allSatisfy { abs($0 - log(2)) < 1e-5 })
  }

  @Test func theSlopeIsTheSlopeOfTheMeanLoss() {
    let batch = lesson.batch(step: 1, size: 3)
    var generator = SeededGenerator(seed: 1)
    let answer = (0..<3 * cells).map { _ in Float.random(in: -3...3, using: &generator) }
    let slopes = lesson.loss(of: [answer], batch).gradients[0]
    func mean(_ index: Int, _ step: Float) -> Double {
      var moved = answer
      moved[index] += step
      return lesson.loss(of: [moved], batch).values.reduce(0) { $0 + Double($1) } / 3
    }
    var compared = 0
    for index in stride(from: 5, to: 3 * cells, by: 37) {
      let slope = (mean(index, 0.25) - mean(index, -0.25)) / 0.5
      #expect(abs(slope - Double(slopes[index])) < 2e-5 + 0.02 * abs(slope), "\(index)")
      compared += batch.weight[index] > 0 ? 1 : 0
      #expect(batch.weight[index] > 0 || slopes[index] == 0)
    }
    #expect(compared > 5)
  }
}
