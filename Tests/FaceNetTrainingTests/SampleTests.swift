import Align
import Dispatch
import FaceCore
import FaceNetTraining
import Foundation
import Networks
import Synchronization
import Testing

/// What `make` returns for the numbers below `count`, made on several threads at once.
private func concurrently<Value: Sendable>(
  _ count: Int, _ make: @Sendable (Int) -> Value
) -> [Value?] {
  let made = Mutex([Value?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: count) { number in
    let value = make(number)
    made.withLock { $0[number] = value }
  }
  return made.withLock { $0 }
}

@Suite struct LandmarkSampleTests {
  static let pose = Pose(yaw: 25, pitch: -8, roll: 12)
  /// Hidden at one side of the jaw, so that a mirror shows.
  static let visible = (0..<Landmarks.count).map { $0 >= 6 }
  static let portrait = spotted([36], pose: pose, visible: visible)
  static let samples = LandmarkSamples(
    portraits: [portrait], backgrounds: noBackgrounds, seed: 3)

  /// The portrait's landmarks before they are put into the square, and whether they were mirrored.
  static func origin(of sample: LandmarkSamples.Sample) -> (landmarks: Landmarks, isMirrored: Bool)
  {
    let isMirrored = sample.visible != visible
    let width = Float(portrait.luma.width)
    return (
      isMirrored ? portrait.landmarks.mirrored(width: width) : portrait.landmarks, isMirrored
    )
  }

  @Test func aMirroredSampleIsNamedAnew() {
    let mirrored = Landmarks.mirrorOrder.map { LandmarkSampleTests.visible[$0] }
    var count = 0
    for number in 0..<80 {
      let sample = LandmarkSampleTests.samples.sample(number)
      let isMirrored = sample.visible != LandmarkSampleTests.visible
      if isMirrored { #expect(sample.visible == mirrored) }
      count += isMirrored ? 1 : 0
      // Image-left stays at the left of the face's own upright.
      let points = sample.points
      let (across, up) = (points[45] - points[36], points[27] - points[8])
      #expect(across.x * up.y - across.y * up.x < 0)
    }
    #expect((20...60).contains(count))
  }

  /// Chance things are drawn over some of the faces, so the middle of all is looked at.
  @Test func landmarksAreWhereTheirPixelsWent() {
    let misses = (0..<80).map { number in
      let sample = LandmarkSampleTests.samples.sample(number)
      let (_, isMirrored) = LandmarkSampleTests.origin(of: sample)
      let point = sample.points[isMirrored ? 45 : 36]
      let half = Float(LandmarkNetwork.side) / 2
      let expected = Point(x: (point.x + 1) * half, y: (point.y + 1) * half)
      return spot(in: sample.square).distance(to: expected)
    }.sorted()
    #expect(misses[40] < 0.3)
    #expect(misses[55] < 1.5)
  }

  @Test func landmarksAndPoseMoveAlike() {
    for number in 0..<80 {
      let sample = LandmarkSampleTests.samples.sample(number)
      let (landmarks, isMirrored) = LandmarkSampleTests.origin(of: sample)
      // No shear, no reflection: a square is turned, scaled and shifted.
      let map = AffineTransform.similarity(from: landmarks.points, to: sample.points)
      for (point, moved) in zip(landmarks.points, sample.points) {
        #expect(map.apply(point).distance(to: moved) < 1e-4)
      }
      let pose = isMirrored ? LandmarkSampleTests.pose.mirrored : LandmarkSampleTests.pose
      let turned = pose.rolled(by: atan2(map.c, map.a))
      #expect(sample.pose.map { $0.angle(to: turned) < 0.05 } == true)
      // What a fit of the head to the landmarks finds.
      let fitted = headPose(of: Landmarks(sample.points.map { ($0 + Point(x: 1, y: 1)) * 100 }))
      #expect(sample.pose.map { $0.angle(to: fitted) < 0.5 } == true)
    }
  }

  @Test func theFaceIsNearTheMiddleAndNearlyUpright() {
    for number in 0..<80 {
      let sample = LandmarkSampleTests.samples.sample(number)
      // In hundredths, for a square has at least a pixel.
      let points = fivePoints(of: Landmarks(sample.points.map { $0 * 100 }))
      let square = FaceSquare(around: points)
      #expect(square.center.distance(to: Point(x: 0, y: 0)) < 40)
      #expect(abs(square.roll) < 0.6)
      #expect((140...270).contains(square.side))
    }
  }

  @Test func aSampleIsAFunctionOfItsNumberAlone() {
    let samples = LandmarkSampleTests.samples
    let together = concurrently(24) { samples.sample($0) }
    for (number, other) in together.enumerated() {
      let sample = samples.sample(number)
      #expect(sample.square.values == other?.square.values)
      #expect(sample.points == other?.points && sample.pose == other?.pose)
      let next = samples.sample(number + 1)
      #expect(sample.square.values != next.square.values)
    }
    let others = LandmarkSamples(
      portraits: samples.portraits, backgrounds: noBackgrounds, seed: 4)
    #expect(others.sample(0).points != samples.sample(0).points)
  }

  @Test func aHeadSeenFromBehindIsNoSample() {
    let portraits = [spotted([30], showsFace: false, person: 1), spotted([30], person: 2)]
    let samples = LandmarkSamples(
      portraits: portraits, preferred: 1, preferredShare: 1, backgrounds: noBackgrounds, seed: 5)
    #expect((0..<20).allSatisfy { samples.sample($0).person == 2 })
  }

  @Test(arguments: [0, 0.2, 0.8, 1] as [Float])
  func theFirstPortraitsHaveTheirShare(share: Float) {
    let portraits = (0..<4).map { spotted([30], side: 96, person: $0) }
    let samples = LandmarkSamples(
      portraits: portraits, preferred: 1, preferredShare: share, backgrounds: noBackgrounds,
      seed: 6)
    let people = (0..<200).map { samples.sample($0).person }
    #expect(abs(Float(people.count(where: { $0 == 0 })) / 200 - share) < 0.09)
    #expect(Set(people).count == (share == 0 ? 3 : share == 1 ? 1 : 4))
  }
}

@Suite struct DetectorSampleTests {
  static let frame = Box(x: 0, y: 0, width: 256, height: 256)

  static func samples(_ portraits: [Portrait], seed: UInt64 = 7) -> DetectorSamples {
    DetectorSamples(portraits: portraits, backgrounds: noBackgrounds, seed: seed)
  }

  /// The tip of the nose is the same in a mirror.
  ///
  /// Chance things are drawn over some of the faces.
  @Test func pointsAreWhereTheirPixelsWent() {
    let dark = GrayImage(width: 64, height: 64, bytes: [UInt8](repeating: 9, count: 64 * 64))
    let samples = DetectorSamples(
      portraits: [spotted([30], side: 400)], backgrounds: Backgrounds(pictures: [dark]), seed: 7)
    var misses: [Float] = []
    for number in 0..<200 {
      let sample = samples.sample(number)
      guard sample.faces.count == 1, sample.faces[0].box.area > 60 * 60 else { continue }
      misses.append(spot(in: sample.canvas).distance(to: sample.faces[0].points[2]))
    }
    #expect(misses.count > 15)
    #expect(misses.sorted()[misses.count / 2] < 0.5)
  }

  @Test func facesAreNamedFromImageLeftAndAreMostlyInThePicture() {
    let samples = DetectorSampleTests.samples([spotted([30], side: 96)])
    var count = 0
    for face in (0..<150).flatMap({ samples.sample($0).faces }) {
      count += 1
      let points = face.points
      let up = (points[0] + points[1]) * 0.5 - (points[3] + points[4]) * 0.5
      for across in [points[1] - points[0], points[4] - points[3]] {
        #expect(across.x * up.y - across.y * up.x < 0)
      }
      let box = face.box
      let inside = Box(
        x: max(0, box.x), y: max(0, box.y),
        width: min(256, box.x + box.width) - max(0, box.x),
        height: min(256, box.y + box.height) - max(0, box.y))
      #expect(inside.width > 0 && inside.area > 0.69 * box.area)
      for point in points {
        #expect(abs(point.x - box.center.x) < 0.51 * box.width)
        #expect(abs(point.y - box.center.y) < 0.51 * box.height)
      }
      #expect(box.area.squareRoot() > 8 && box.area.squareRoot() < 400)
    }
    #expect(count > 80)
  }

  @Test func aPictureHasNoneOrOneOrSeveralFaces() {
    let samples = DetectorSampleTests.samples([spotted([30], side: 96)])
    let counts = (0..<150).map { samples.sample($0).faces.count }
    #expect(Set(counts).isSuperset(of: [0, 1, 2]))
    #expect((counts.max() ?? 0) <= 4)
  }

  /// People are drawn in the order of the faces; a head with its hair reaches beyond its box.
  @Test func aFaceIsNotHiddenByAPersonBeforeIt() {
    let samples = DetectorSampleTests.samples([spotted([30], side: 96)])
    for number in 0..<1500 {
      let boxes = samples.sample(number).faces.map(\.box)
      for (index, box) in boxes.enumerated() {
        for other in boxes[(index + 1)...] {
          let head = Box(
            x: other.x - 0.3 * other.width, y: other.y - 0.4 * other.height,
            width: 1.6 * other.width, height: 1.9 * other.height)
          let across = min(box.x + box.width, head.x + head.width) - max(box.x, head.x)
          let down = min(box.y + box.height, head.y + head.height) - max(box.y, head.y)
          #expect(max(0, across) * max(0, down) < 0.3 * box.area, "sample \(number)")
        }
      }
    }
  }

  @Test func aHeadSeenFromBehindIsDrawnButIsNoFaceToFind() {
    let samples = DetectorSampleTests.samples([spotted([30], side: 96, showsFace: false)])
    let plain = DetectorSampleTests.samples([spotted([30], side: 96)])
    var differing = 0
    for number in 0..<60 {
      #expect(samples.sample(number).faces.isEmpty)
      differing += plain.sample(number).faces.isEmpty ? 0 : 1
    }
    #expect(differing > 20)
  }

  @Test func aSampleIsAFunctionOfItsNumberAlone() {
    let samples = DetectorSampleTests.samples([spotted([30], side: 96), spotted([36], side: 80)])
    let together = concurrently(24) { samples.sample($0) }
    for (number, other) in together.enumerated() {
      let sample = samples.sample(number)
      #expect(sample.canvas.values == other?.canvas.values)
      #expect(sample.faces.map(\.box) == other?.faces.map(\.box))
      #expect(sample.faces.map(\.points) == other?.faces.map(\.points))
      #expect(sample.canvas.values != samples.sample(number + 1).canvas.values)
    }
  }
}

@Suite struct LessonTests {
  @Test func aBatchIsItsSamplesInOrder() {
    let portraits = [spotted([30], side: 96), spotted([36], side: 80)]
    let detector = DetectorLesson(
      samples: DetectorSamples(
        portraits: portraits, backgrounds: noBackgrounds, side: 64, seed: 8))
    let whole = detector.batch(step: 1, size: 4)
    let parts = [2, 3].map { detector.batch(step: $0, size: 2) }
    #expect(detector.input(of: whole) == parts.flatMap { detector.input(of: $0) })
    #expect(whole.faces.map(\.count) == parts.flatMap { $0.faces.map(\.count) })
    #expect(whole.input.count == 4 * detector.network.input.shape.count)

    let landmarks = LandmarkLesson(
      samples: LandmarkSamples(portraits: portraits, backgrounds: noBackgrounds, seed: 8))
    let squares = landmarks.batch(step: 1, size: 4)
    let halves = [2, 3].map { landmarks.batch(step: $0, size: 2) }
    #expect(landmarks.input(of: squares) == halves.flatMap { landmarks.input(of: $0) })
    #expect(squares.samples.map(\.points) == halves.flatMap { $0.samples.map(\.points) })
    #expect(squares.input.count == 4 * landmarks.network.input.shape.count)
  }

  @Test func whatTheNetworkSeesIsTheSamplesPicture() {
    let samples = LandmarkSamples(
      portraits: [spotted([30], side: 96)], backgrounds: noBackgrounds, seed: 9)
    let batch = LandmarkLesson(samples: samples).batch(step: 5, size: 1)
    let picture = samples.sample(5).square.picture
    #expect(batch.input == pixelBlocks(of: picture, block: LandmarkNetwork.block))
  }
}
