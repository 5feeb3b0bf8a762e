import Align
import FaceCore
import FaceNetTraining
import Foundation
import Testing

private let side = 128
private let channels = DetectorNetwork.channels
private typealias Field = DetectorNetwork.Field

/// A face of a size, in pixels.
private func face(_ size: Float, at center: Point) -> DetectorSamples.Face {
  let landmarks = HeadModel.landmarks(
    pose: Pose(yaw: 20, pitch: 5, roll: -10), scale: 1, center: Point(x: 0, y: 0))
  let box = faceBox(of: landmarks)
  let moved = landmarks.mapped(
    by: .translation(x: -Double(box.center.x), y: -Double(box.center.y))
      .then(.scale(Double(size / box.area.squareRoot())))
      .then(.translation(x: Double(center.x), y: Double(center.y))))
  return DetectorSamples.Face(box: faceBox(of: moved), points: fivePoints(of: moved))
}

private func places(_ stride: Int, _ side: Int = side) -> Int { (side / stride) * (side / stride) }

/// Answers in which every place of every grid says the truth of one face, with a score.
private func truth(
  of face: DetectorSamples.Face, score: Float, side: Int = side
) -> [[Float]] {
  DetectorNetwork.strides.map { stride in
    let (count, width, unit) = (places(stride, side), side / stride, Float(stride))
    var answer = [Float](repeating: 0, count: channels * count)
    for place in 0..<count {
      let (x, y) = (Float(place % width) + 0.5, Float(place / width) + 0.5)
      let (center, box) = (face.box.center, face.box)
      let values =
        [
          score, center.x / unit - x, center.y / unit - y, log(box.width / unit),
          log(box.height / unit),
        ] + face.points.flatMap { [$0.x / unit - x, $0.y / unit - y] }
      for (channel, value) in values.enumerated() { answer[channel * count + place] = value }
    }
    return answer
  }
}

private func randomAnswers(batch: Int, seed: UInt64) -> [[Float]] {
  var generator = SeededGenerator(seed: seed)
  return DetectorNetwork.strides.map { stride in
    (0..<batch * channels * places(stride)).map { _ in .random(in: -1.5...1.5, using: &generator) }
  }
}

private func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(values.count) }

/// The logits of all places, 16 numbers apart.
private func forEachPlace(
  batch: Int, _ body: (_ level: Int, _ sample: Int, _ count: Int, _ place: Int) -> Void
) {
  for (level, stride) in DetectorNetwork.strides.enumerated() {
    for sample in 0..<batch {
      for place in 0..<places(stride) { body(level, sample, places(stride), place) }
    }
  }
}

@Suite struct DetectorLossTests {
  let loss = DetectorLoss()

  @Test(arguments: [9, 20, 34, 60, 110] as [Float])
  func theTruthIsDecodedAndHasNoLossOfRegression(size: Float) {
    let face = face(size, at: Point(x: 61, y: 66))
    let answers = truth(of: face, score: 3)
    let (_, gradients) = loss.loss(of: answers, faces: [[face]], side: side)
    for (level, stride) in DetectorNetwork.strides.enumerated() {
      let regression = gradients[level][places(stride)...]
      #expect(regression.allSatisfy { abs($0) < 1e-4 })
      let found = NetDetector.decoded(
        answers[level], stride: stride, width: side / stride, threshold: 0.5)
      #expect(found.count == places(stride))
      for other in found {
        #expect(abs(other.probability - 0.952_574) < 1e-5)
        #expect(other.box.overlap(with: face.box) > 0.999)
        #expect(zip(other.points, face.points).allSatisfy { $0.distance(to: $1) < 1e-2 })
      }
    }
  }

  /// At a score of 0 the slope says what a place is for: down, up, or not at all.
  @Test(arguments: [9, 20, 34, 60, 110] as [Float])
  func anAnswerThatIsTheTruthHasNoLoss(size: Float) {
    let face = face(size, at: Point(x: 61, y: 66))
    var answers = truth(of: face, score: 0)
    let (unsure, slopes) = loss.loss(of: answers, faces: [[face]], side: side)
    forEachPlace(batch: 1) { level, _, _, place in
      answers[level][place] = slopes[level][place] < 0 ? 20 : -20
    }
    let sure = loss.loss(of: answers, faces: [[face]], side: side).values[0]
    #expect(unsure[0] > 1)
    #expect(sure < 1e-3)
  }

  @Test func theSlopeOfTheScoreIsTheSlopeOfTheLoss() {
    let faces = [
      [face(14, at: Point(x: 30, y: 40)), face(50, at: Point(x: 80, y: 70))], [],
      [face(100, at: Point(x: 64, y: 60))],
    ]
    var answers = randomAnswers(batch: faces.count, seed: 1)
    let (values, gradients) = loss.loss(of: answers, faces: faces, side: side)
    #expect(values.allSatisfy { $0 > 0 })
    forEachPlace(batch: faces.count) { level, sample, count, place in
      let at = sample * channels * count + place
      func moved(_ step: Float) -> Float {
        answers[level][at] += step
        defer { answers[level][at] -= step }
        return loss.loss(of: answers, faces: faces, side: side).values[sample]
      }
      let slope = (moved(0.02) - moved(-0.02)) / 0.04 / Float(faces.count)
      #expect(abs(slope - gradients[level][at]) < 2e-4 + 0.02 * abs(slope))
    }
  }

  /// What a place should score follows from its box, but does not pull at it.
  ///
  /// Where the score is right already, it has no slope in what it should be, so that differences may be
  /// taken of the whole loss.
  @Test func theSlopeOfBoxAndPointsIsTheSlopeOfTheLoss() {
    let faces = [14, 34, 60, 100].map { [face($0, at: Point(x: 61, y: 66))] }
    var answers = randomAnswers(batch: faces.count, seed: 2)
    let near = faces.map { truth(of: $0[0], score: 0) }
    forEachPlace(batch: faces.count) { level, sample, count, place in
      let start = sample * channels * count
      for channel in 1..<channels {
        // A third of a stride off, on average.
        let at = channel * count + place
        answers[level][start + at] = near[sample][level][at] + 0.4 * answers[level][start + at]
      }
    }
    for (level, stride) in DetectorNetwork.strides.enumerated() {
      for sample in faces.indices {
        let (count, start) = (places(stride), sample * channels * places(stride))
        for place in 0..<count { answers[level][start + place] = 0 }
        let all = NetDetector.decoded(
          Array(answers[level][start..<start + channels * count]), stride: stride,
          width: side / stride, threshold: 0.4)
        for place in 0..<count {
          let overlap = all[place].box.overlap(with: faces[sample][0].box)
          let held = min(0.999, max(0.001, overlap))
          answers[level][start + place] = log(held / (1 - held))
        }
      }
    }
    let gradients = loss.loss(of: answers, faces: faces, side: side).gradients
    var tested = 0
    for level in gradients.indices {
      let count = places(DetectorNetwork.strides[level])
      for at in gradients[level].indices {
        let channel = at / count % channels
        // Zeros far from a face are tested now and then.
        guard channel > 0, gradients[level][at] != 0 || at % 101 == 0 else { continue }
        let sample = at / (channels * count)
        func moved(_ step: Float) -> Float {
          answers[level][at] += step
          defer { answers[level][at] -= step }
          return loss.loss(of: answers, faces: faces, side: side).values[sample]
        }
        let slope = (moved(0.005) - moved(-0.005)) / 0.01 / Float(faces.count)
        #expect(
          abs(slope - gradients[level][at]) < 1e-3 + 0.03 * abs(slope),
          "level \(level), sample \(sample), channel \(channel)")
        if gradients[level][at] != 0 { tested += 1 }
      }
    }
    #expect(tested > 100)
  }

  @Test func aPictureWithoutFacesHasTheScoresLossAlone() {
    let answers = randomAnswers(batch: 1, seed: 3)
    let (values, gradients) = loss.loss(of: answers, faces: [[]], side: side)
    #expect(values[0] > 0)
    for (level, stride) in DetectorNetwork.strides.enumerated() {
      #expect(gradients[level][..<places(stride)].allSatisfy { $0 > 0 })
      #expect(gradients[level][places(stride)...].allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: [-80, 80] as [Float])
  func extremeAnswersHaveAFiniteLoss(value: Float) {
    let answers = randomAnswers(batch: 2, seed: 4).map { $0.map { _ in value } }
    let (values, gradients) = loss.loss(
      of: answers, faces: [[face(40, at: Point(x: 61, y: 66))], []], side: side)
    #expect(values.allSatisfy { $0.isFinite })
    #expect(gradients.joined().allSatisfy { $0.isFinite })
  }

  @Test func aPlaceOnAFaceButOffItsMiddleIsNotJudged() {
    let face = face(60, at: Point(x: 64, y: 64))
    let gradients = loss.loss(
      of: randomAnswers(batch: 1, seed: 5), faces: [[face]], side: side
    ).gradients
    // On the grid of 16 pixels.
    let ring = (0..<places(16)).filter { place in
      let u = (Float(place % 8) * 16 + 8 - face.box.center.x) / face.box.width
      let v = (Float(place / 8) * 16 + 8 - face.box.center.y) / face.box.height
      return (0.21...0.41).contains((u * u + v * v).squareRoot())
    }
    #expect(!ring.isEmpty)
    for channel in 0..<channels {
      #expect(ring.allSatisfy { gradients[1][channel * places(16) + $0] == 0 })
    }
  }

  /// From half a stride of the finest grid to the whole picture.
  @Test(arguments: (0..<40).map { 7.5 * pow(1.093, Float($0)) })
  func aFaceOfAnySizeIsSomePlacesToFind(size: Float) {
    let face = face(size, at: Point(x: 126, y: 131))
    let answers = truth(of: face, score: 0, side: 256)
    let gradients = loss.loss(of: answers, faces: [[face]], side: 256).gradients
    let isFound = zip(DetectorNetwork.strides, gradients).contains { stride, gradient in
      gradient[..<places(stride, 256)].contains { $0 < 0 }
    }
    #expect(isFound)
  }

  @Test func aSmallFaceBeforeALargeOneKeepsItsPlaces() {
    let (small, large) = (
      face(24, at: Point(x: 64, y: 64)), face(40, at: Point(x: 66, y: 62))
    )
    for faces in [[small, large], [large, small]] {
      let answers = truth(of: small, score: 0)
      let gradients = loss.loss(of: answers, faces: [faces], side: side).gradients
      // The place that is nearest to both.
      let (count, place) = (places(8), 8 * 16 + 8)
      #expect(gradients[0][place] < 0)
      for channel in 1..<15 { #expect(abs(gradients[0][channel * count + place]) < 1e-4) }
    }
  }
}
