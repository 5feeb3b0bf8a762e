import Align
import FaceCore
import FaceNetTraining
import Foundation
import Networks
import SyntheticFaces
import Testing

private let count = EmbeddingNetwork.count
private let people = [0, 0, 0, 1, 1, 2, 2, 3]

private func answers(_ samples: Int, seed: UInt64) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  return (0..<samples * count).map { _ in Float.random(in: -1...1, using: &generator) }
}

private func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(values.count) }

/// Two rendered people, three pictures of each.
private let portraits = SyntheticPortraits(people: 4, portraitsEach: 4, seed: 5)
  .rendered(threads: 2)

private func samples(mixedShare: Float = 0.5) -> EmbeddingSamples {
  EmbeddingSamples(
    sources: [.init(portraits: portraits, share: 1)], backgrounds: Backgrounds(pictures: []),
    mixedShare: mixedShare, greatestYaw: 180, seed: 3)
}

@Suite struct EmbeddingLossTests {
  /// Along chance directions, so that all numbers take part.
  @Test(arguments: [UInt64(1), 2, 3])
  func theSlopeIsTheSlopeOfTheLoss(seed: UInt64) {
    var loss = EmbeddingLoss()
    loss.scale = 4
    let at = answers(people.count, seed: seed)
    let slopes = loss.loss(of: at, people: people).slopes
    for sample in people.indices {
      let part = sample * count..<(sample + 1) * count
      let direction = answers(people.count, seed: seed + 10).enumerated().map {
        part.contains($0) ? $1 : 0
      }
      func value(_ step: Float) -> Double {
        let moved = zip(at, direction).map { $0 + step * $1 }
        return loss.loss(of: moved, people: people).values.reduce(0.0) { $0 + Double($1) }
          / Double(people.count)
      }
      let measured = Float((value(0.02) - value(-0.02)) / 0.04)
      let told = zip(slopes, direction).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(measured - told) < 2e-3 * max(0.1, abs(told)) + 2e-5, "\(measured) \(told)")
    }
  }

  @Test func onlyTheDirectionOfAnAnswerCounts() {
    let at = answers(people.count, seed: 4)
    let loss = EmbeddingLoss()
    let (values, slopes) = loss.loss(of: at, people: people)
    let (longer, _) = loss.loss(of: at.map { 3 * $0 }, people: people)
    for (one, other) in zip(values, longer) { #expect(abs(one - other) < 1e-4) }
    let along = zip(slopes, at).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(along) < 1e-4)
  }

  @Test func whatAllAnswersShareDoesNotCount() {
    let at = answers(people.count, seed: 7)
    let shift = answers(1, seed: 8)
    let loss = EmbeddingLoss()
    let (values, slopes) = loss.loss(of: at, people: people)
    let (moved, _) = loss.loss(
      of: at.enumerated().map { $1 + 2 * shift[$0 % count] }, people: people)
    for (one, other) in zip(values, moved) { #expect(abs(one - other) < 1e-4) }
    for index in 0..<count {
      let sum = stride(from: index, to: slopes.count, by: count).reduce(0) { $0 + slopes[$1] }
      #expect(abs(sum) < 1e-5)
    }
  }

  @Test func peopleApartCostLittleAndAMarginMore() {
    let apart = people.flatMap { person in (0..<count).map { $0 == person ? Float(1) : 0 } }
    var loss = EmbeddingLoss()
    let told = mean(loss.loss(of: apart, people: people).values)
    #expect(told < 1e-4)
    loss.margin = 0.4
    #expect(mean(loss.loss(of: apart, people: people).values) > 2 * told)
    let equal = [Float](repeating: 1, count: apart.count)
    #expect(mean(loss.loss(of: equal, people: people).values) > 3)
  }

  @Test func whoComesOnceOrAloneCostsNothing() {
    let loss = EmbeddingLoss()
    #expect(loss.loss(of: answers(people.count, seed: 5), people: people).values[7] == 0)
    let (values, slopes) = loss.loss(of: answers(3, seed: 6), people: [2, 2, 2])
    #expect(values == [0, 0, 0])
    #expect(slopes.allSatisfy { $0 == 0 })
  }
}

@Suite struct EmbeddingNetworkTests {
  @Test func itHasLessThanTwoMillionWeights() {
    #expect(Parameters(EmbeddingNetwork.network.parameters).numberCount < 2_000_000)
    #expect(EmbeddingNetwork.network.outputs.map(\.tensor.shape) == [Shape(count)])
  }

  @Test func theSquareBringsTheFivePointsNearTheTemplate() {
    for portrait in portraits where abs(portrait.pose?.yaw ?? 90) < 20 {
      let square = FaceSquare(aligning: portrait.landmarks)
      let map = square.transform(pixels: EmbeddingNetwork.side)
      for (point, target) in zip(fivePoints(of: portrait.landmarks), EmbeddingNetwork.template) {
        #expect(map.apply(point).distance(to: target) < 0.15 * Float(EmbeddingNetwork.side))
      }
    }
  }

  @Test func exposureAndContrastSayNothing() {
    let side = EmbeddingNetwork.side
    let dark = (0..<side * side).map { UInt8($0 * 7 % 101) }
    let bright = dark.map { 2 * $0 + 20 }
    let (first, second) = (
      EmbeddingNetwork.input(of: GrayImage(width: side, height: side, bytes: dark)),
      EmbeddingNetwork.input(of: GrayImage(width: side, height: side, bytes: bright))
    )
    #expect(zip(first, second).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func anEmbeddingHasLengthOneAndAMirrorChangesLittle() throws {
    let weights = Parameters(EmbeddingNetwork.network.parameters)
    weights.initialize(seed: 1)
    let net = try NetEmbedding(engine: try CPUEngine(threads: 1), weights: weights)
    let portrait = portraits[1]
    let width = portrait.luma.width
    let mirrored = GrayImage(
      width: width, height: portrait.luma.height,
      bytes: (0..<portrait.luma.height).flatMap {
        portrait.luma.bytes[$0 * width..<($0 + 1) * width].reversed()
      })
    let own = net.embedding(of: portrait.luma, landmarks: portrait.landmarks)
    let other = net.embedding(
      of: mirrored, landmarks: portrait.landmarks.mirrored(width: Float(width)))
    #expect(abs(own.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
    #expect(zip(own, other).reduce(0) { $0 + $1.0 * $1.1 } > 0.999)
  }
}

@Suite struct EmbeddingSampleTests {
  @Test func aStepIsAlwaysTheSame() {
    let (first, again) = (samples(), samples())
    for step in 0..<3 {
      let (one, other) = (
        first.samples(step, people: 2, picturesEach: 3),
        again.samples(step, people: 2, picturesEach: 3)
      )
      #expect(one.map(\.person) == [0, 0, 0, 1, 1, 1])
      #expect(one.map(\.square.values) == other.map(\.square.values))
    }
    #expect(
      first.samples(0, people: 2, picturesEach: 1)[0].square.values
        != first.samples(1, people: 2, picturesEach: 1)[0].square.values)
  }

  @Test func whatNeedNotMoveStaysAndWhatMovesTogetherMovesAlike() {
    let points = (0..<Landmarks.count).map { index -> Point in
      let (column, row) = (index % 9, index / 9)
      return Point(x: Float(12 + 5 * column), y: Float(12 + 5 * row))
    }
    let still = BendField(from: points, to: points)
    #expect(still.shift(x: 30, y: 20) == Point(x: 0, y: 0))
    let moved = BendField(from: points, to: points.map { $0 + Point(x: 2, y: -3) })
    for point in points {
      #expect(moved.shift(x: point.x, y: point.y).distance(to: Point(x: 2, y: -3)) < 0.5)
    }
    // Beyond the last node, far from all of them.
    #expect(moved.shift(x: 74, y: 74).distance(to: Point(x: 0, y: 0)) < 1)
  }

  @Test func whatIsLearntIsBroughtAboutZero() throws {
    let lesson = EmbeddingLesson(samples: samples(), picturesEach: 3)
    let weights = Parameters(lesson.network.parameters)
    weights.initialize(seed: 2)
    try lesson.finish(weights)
    let net = try NetEmbedding(engine: try CPUEngine(threads: 1), weights: weights)
    var mean = [Float](repeating: 0, count: count)
    for portrait in portraits where portrait.showsFace {
      let answer = net.embedding(of: portrait.luma, landmarks: portrait.landmarks)
      for (index, value) in answer.enumerated() { mean[index] += value / Float(portraits.count) }
    }
    // Of chance weights' answers, all of length 1, it is 0.9 and more without.
    #expect(mean.reduce(0) { $0 + $1 * $1 }.squareRoot() < 0.3)
  }

  @Test func oneBatchIsLearnt() throws {
    let lesson = EmbeddingLesson(samples: samples(mixedShare: 0), picturesEach: 3)
    let batch = lesson.batch(step: 0, size: 12)
    let weights = Parameters(lesson.network.parameters)
    weights.initialize(seed: 2)
    let executable = try CPUEngine(threads: 2).compile(
      lesson.network, batch: 12, for: .training, parameters: weights)
    let optimizer = Optimizer(weights, settings: .init(learningRate: 1e-3, clip: 5))
    var course: [Float] = []
    for _ in 0..<60 {
      let (values, slopes) = lesson.loss(of: executable.forward(lesson.input(of: batch)), batch)
      course.append(mean(values))
      executable.backward(slopes)
      optimizer.update(weights, gradients: try #require(executable.gradients), threads: 1)
    }
    #expect(course[0] > 2)
    #expect(try #require(course.last) < 0.3)
  }
}
