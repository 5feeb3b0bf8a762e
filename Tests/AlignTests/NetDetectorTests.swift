import Align
import FaceCore
import Foundation
import Networks
import Testing

/// Faces in heaps: `copies` of each, a little off and less likely than the first.
private func heaps(_ copies: Int, seed: UInt64) -> (bases: [FoundFace], all: [FoundFace]) {
  var generator = SeededGenerator(seed: seed)
  func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
  var (bases, all): ([FoundFace], [FoundFace]) = ([], [])
  for index in 0..<12 {
    let side = uniform(20...60)
    let base = FoundFace(
      box: Box(
        x: Float(index % 4) * 100 + uniform(0...20), y: Float(index / 4) * 120 + uniform(0...20),
        width: side, height: 1.2 * side),
      probability: uniform(0.9...0.99),
      points: (0..<5).map { _ in Point(x: uniform(0...400), y: uniform(0...400)) })
    bases.append(base)
    all.append(base)
    for _ in 1..<copies {
      var copy = base
      copy.box.x += uniform(-0.05...0.05) * side
      copy.box.y += uniform(-0.05...0.05) * side
      copy.probability = uniform(0.5...0.85)
      copy.points = copy.points.map { $0 + Point(x: uniform(-1...1), y: uniform(-1...1)) }
      all.append(copy)
    }
  }
  return (bases, all)
}

@Suite struct NetDetectorTests {
  @Test func aPlaceTellsOfItsFaceAlone() {
    let (width, height, stride) = (5, 3, 16)
    var answer = [Float](repeating: -5, count: DetectorNetwork.channels * width * height)
    // Place (3, 1): the centre half a stride right of it, two strides wide, three high.
    let values: [Float] =
      [Float(log(3.0)), 0.5, -0.25, Float(log(2.0)), Float(log(3.0))] + (0..<10).map { Float($0) }
    for (channel, value) in values.enumerated() { answer[channel * 15 + 8] = value }
    let found = NetDetector.decoded(answer, stride: stride, width: width, threshold: 0.6)
    #expect(found.count == 1)
    #expect(abs(found[0].probability - 0.75) < 1e-6)
    let expected = Box(x: 64 - 16, y: 20 - 24, width: 32, height: 48)
    #expect(found[0].box.overlap(with: expected) > 0.9999)
    for (index, point) in found[0].points.enumerated() {
      let offset = Point(x: Float(2 * index), y: Float(2 * index + 1))
      #expect(point.distance(to: (Point(x: 3.5, y: 1.5) + offset) * 16) < 1e-3)
    }
    #expect(
      NetDetector.decoded(answer, stride: stride, width: width, threshold: 0.8).isEmpty)
  }

  @Test func aBoxStaysFinite() {
    let answer = [Float](repeating: 80, count: DetectorNetwork.channels)
    let found = NetDetector.decoded(answer, stride: 32, width: 1, threshold: 0.5)
    #expect(found.allSatisfy { $0.box.area.isFinite && $0.box.area > 0 } && found.count == 1)
  }

  @Test(arguments: [1, 2, 6]) func oneFaceStaysOfEachHeap(copies: Int) {
    let (bases, all) = heaps(copies, seed: 1)
    let merged = NetDetector.merged(all)
    #expect(merged.count == bases.count)
    for base in bases {
      let own = merged.filter { $0.box.overlap(with: base.box) > 0.8 }
      #expect(own.count == 1)
      #expect(own.first?.probability == base.probability)
      for (point, other) in zip(own.first?.points ?? [], base.points) {
        #expect(point.distance(to: other) < 1.5)
      }
    }
    #expect(merged.map(\.probability) == merged.map(\.probability).sorted(by: >))
  }

  @Test func aFaceThatIsAloneStaysAsItIs() {
    let bases = heaps(1, seed: 2).bases
    for face in NetDetector.merged(bases) {
      let base = bases.first { $0.probability == face.probability }
      #expect(base.map { $0.box.overlap(with: face.box) > 0.9999 } == true)
      #expect(
        base.map { zip($0.points, face.points).allSatisfy { $0.distance(to: $1) < 1e-3 } }
          == true)
    }
  }

  @Test func theOrderOfFacesChangesNothing() {
    let all = heaps(5, seed: 3).all
    let merged = NetDetector.merged(all)
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<10 {
      #expect(NetDetector.merged(all.shuffled(using: &generator)) == merged)
    }
    // Equally likely ones, too.
    let equal = all.map { face in
      FoundFace(box: face.box, probability: 0.9, points: face.points)
    }
    #expect(
      NetDetector.merged(equal.shuffled(using: &generator)) == NetDetector.merged(equal))
  }

  @Test func aFaceIsTheMeanOfThoseNearTheLikeliestByTheirProbabilities() {
    func face(_ x: Float, _ probability: Float) -> FoundFace {
      FoundFace(
        box: Box(x: x, y: 0, width: 100, height: 100), probability: probability,
        points: [Point](repeating: Point(x: x, y: 1), count: 5))
    }
    // The third overlaps by half: it belongs to the heap, but not to the mean.
    let merged = NetDetector.merged([face(0, 0.9), face(10, 0.6), face(33, 0.8)])
    #expect(merged.count == 1)
    #expect(abs(merged[0].box.x - 4) < 1e-4 && merged[0].probability == 0.9)
    #expect(merged[0].points.allSatisfy { abs($0.x - 4) < 1e-4 && abs($0.y - 1) < 1e-5 })
  }

  @Test func aPartOfAFaceIsNoFaceOfItsOwn() {
    func face(_ box: Box, _ probability: Float) -> FoundFace {
      FoundFace(
        box: box, probability: probability, points: [Point](repeating: box.center, count: 5))
    }
    let large = face(Box(x: 0, y: 0, width: 100, height: 100), 0.9)
    let inside = face(Box(x: 30, y: 50, width: 30, height: 30), 0.8)
    let atTheRim = face(Box(x: 85, y: 85, width: 30, height: 30), 0.7)
    #expect(NetDetector.merged([inside, large, atTheRim]).map(\.probability) == [0.9, 0.7])
  }

  @Test func evidenceGrowsWithProbabilityAndFallsWithDoubt() {
    let square = FaceSquare(center: Point(x: 50, y: 50), side: 100, roll: 0)
    let landmarks = HeadModel.landmarks(pose: .frontal, scale: 0.4, center: square.center)
    let map = square.transform(pixels: 2)
    func evidence(_ probability: Float, spread: Float) -> Float {
      let answer =
        landmarks.points.map(map.apply).flatMap { [$0.x - 1, $0.y - 1] }
        + [Float](repeating: log(spread), count: 68) + [Float](repeating: 0, count: 75)
      let face = FoundFace(
        box: Box(around: landmarks.points), probability: probability,
        points: fivePoints(of: landmarks))
      return face.evidence(NetLandmarks.decoded(answer, square: square))
    }
    #expect(evidence(0.9, spread: 0.03) > evidence(0.6, spread: 0.03))
    #expect(evidence(0.9, spread: 0.02) > evidence(0.9, spread: 0.03))
    // Points that are off by 1.6 % of the square, as on average of all that is found.
    let even = 0.016 * FaceSquare(around: fivePoints(of: landmarks)).side / 50
    #expect(abs(evidence(0.5, spread: even)) < 1e-3)
    #expect(evidence(1, spread: 0.02).isFinite && evidence(0, spread: 0.02).isFinite)
  }

  @Test func facesWithoutAreaOrPlaceAreMergedInFiniteTime() {
    let flat = FoundFace(
      box: Box(x: 5, y: 5, width: 0, height: 0), probability: 0.9,
      points: [Point](repeating: Point(x: 5, y: 5), count: 5))
    #expect(NetDetector.merged([flat]) == [flat])
    var lost = flat
    lost.box.x = .nan
    #expect(NetDetector.merged([lost]).count == 1)
    #expect(NetDetector.merged([]).isEmpty)
  }

  /// The weights are drawn by chance: only sizes matter.
  @Test(arguments: [(1, 1), (3000, 2), (2, 3000), (33, 65), (96, 96), (97, 640), (5, 1281)])
  func picturesOfAnySizeAreSearched(width: Int, height: Int) throws {
    let weights = Parameters(DetectorNetwork.network(width: 32, height: 32).parameters)
    weights.initialize(seed: 1)
    let detector = NetDetector(engine: try CPUEngine(threads: 1), weights: weights)
    var generator = SeededGenerator(seed: 2)
    let picture = GrayImage(
      width: width, height: height,
      bytes: (0..<width * height).map { _ in .random(in: 0...255, using: &generator) })
    for side in [32, 448, 1280] {
      let found = try detector.faces(in: picture, longestSide: side, threshold: 0.5)
      #expect(found.allSatisfy { $0.points.count == 5 && $0.box.area.isFinite })
      #expect(try detector.faces(in: picture, longestSide: side, threshold: 0.5) == found)
    }
  }

  @Test func weightsOfAnotherNetworkAreRefusedInOneLine() throws {
    let weights = Parameters(LandmarkNetwork.network.parameters)
    let engine = try CPUEngine(threads: 1)
    let detector = NetDetector(engine: engine, weights: weights)
    let gray = GrayImage(width: 32, height: 32, bytes: [UInt8](repeating: 0, count: 1024))
    let error = #expect(throws: AlignError.self) {
      try detector.faces(in: gray, longestSide: 32, threshold: 0.5)
    }
    #expect(error?.code == .failed && error?.description.contains("\n") == false)
    let others = Parameters(DetectorNetwork.network(width: 32, height: 32).parameters)
    #expect(throws: NetworksError.self) { try NetLandmarks(engine: engine, weights: others) }
  }

  @Test func theNetworksAreWhatTheyAreSaidToBe() {
    let network = DetectorNetwork.network(width: 96, height: 64)
    #expect(network.input.shape == Shape(16, 16, 24))
    #expect(network.outputs.map(\.name) == ["8", "16", "32"])
    #expect(
      network.outputs.map(\.tensor.shape) == [Shape(16, 8, 12), Shape(16, 4, 6), Shape(16, 2, 3)])
    #expect(LandmarkNetwork.network.input.shape == Shape(4, 48, 48))
    #expect(LandmarkNetwork.network.outputs.map(\.tensor.shape) == [Shape(LandmarkNetwork.count)])
  }
}

@Suite struct PixelBlocksTests {
  static func picture(width: Int, height: Int) -> GrayImage {
    var generator = SeededGenerator(seed: 1)
    return GrayImage(
      width: width, height: height,
      bytes: (0..<width * height).map { _ in .random(in: 0...255, using: &generator) })
  }

  @Test(arguments: [(1, 3, 5), (2, 6, 4), (4, 12, 8), (4, 4, 4)])
  func everyPixelIsInItsChannelAndPlace(block: Int, width: Int, height: Int) {
    let picture = PixelBlocksTests.picture(width: width, height: height)
    let blocks = pixelBlocks(of: picture, block: block)
    #expect(blocks.count == width * height)
    let (across, down) = (width / block, height / block)
    for y in 0..<height {
      for x in 0..<width {
        let channel = y % block * block + x % block
        let value = blocks[(channel * down + y / block) * across + x / block]
        #expect(value == (Float(picture.bytes[y * width + x]) - 127.5) / 64)
      }
    }
  }

  @Test(arguments: [0, 127, 255] as [UInt8])
  func aConstantPictureStaysConstant(level: UInt8) {
    let picture = GrayImage(
      width: 16, height: 8, bytes: [UInt8](repeating: level, count: 16 * 8))
    let blocks = pixelBlocks(of: picture, block: 4)
    #expect(blocks.allSatisfy { $0 == blocks[0] && abs($0) < 2 })
  }

  @Test func aPartOfABlockTraps() async {
    await #expect(processExitsWith: .failure) {
      _ = pixelBlocks(of: PixelBlocksTests.picture(width: 6, height: 8), block: 4)
    }
  }
}
