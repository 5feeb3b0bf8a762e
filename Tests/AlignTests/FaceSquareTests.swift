import Align
import FaceCore
import Foundation
import Testing

private let poses = samplePoses.filter { abs($0.yaw) < 70 }

private func points(_ pose: Pose) -> [Point] {
  fivePoints(
    of: HeadModel.landmarks(pose: pose, scale: 1.1, center: Point(x: 210, y: 180)))
}

/// The angle between two directions, in radians.
private func turn(_ a: Float, _ b: Float) -> Float {
  abs(atan2(sin(a - b), cos(a - b)))
}

@Suite struct FaceSquareTests {
  @Test(arguments: poses) func theSquareFollowsTheFace(pose: Pose) {
    let square = FaceSquare(around: points(pose))
    let moved = FaceCore.AffineTransform.rotation(0.7).then(.scale(1.9))
      .then(.translation(x: -40, y: 25))
    let other = FaceSquare(around: points(pose).map(moved.apply))
    #expect(other.center.distance(to: moved.apply(square.center)) < 1e-2)
    #expect(abs(other.side - 1.9 * square.side) < 1e-3 * other.side)
    #expect(turn(other.roll, square.roll + 0.7) < 1e-4)
  }

  @Test(arguments: poses) func theSquareOfAMirroredFaceIsMirrored(pose: Pose) {
    let square = FaceSquare(around: points(pose))
    let own = points(pose).map { Point(x: 500 - $0.x, y: $0.y) }
    let other = FaceSquare(around: [own[1], own[0], own[2], own[4], own[3]])
    #expect(
      other.center.distance(to: Point(x: 500 - square.center.x, y: square.center.y)) < 1e-2)
    #expect(abs(other.side - square.side) < 1e-3 * square.side)
    #expect(turn(other.roll, -square.roll) < 1e-4)
  }

  @Test(arguments: poses) func theHeadIsInsideTheSquare(pose: Pose) {
    let landmarks = HeadModel.landmarks(pose: pose, scale: 1.1, center: Point(x: 210, y: 180))
    let square = FaceSquare(around: fivePoints(of: landmarks))
    let seen = landmarks.mapped(by: square.transform(pixels: 96))
    // Turned and nodding at once, the edge of the jaw may touch the square's.
    func isInside(_ point: Point, _ range: ClosedRange<Float>) -> Bool {
      range.contains(point.x) && range.contains(point.y)
    }
    #expect(seen.points.allSatisfy { isInside($0, -3...99) })
    #expect(seen.points[Landmarks.jaw.upperBound...].allSatisfy { isInside($0, 2...94) })
    // Eyes above the mouth, whatever the roll.
    let five = fivePoints(of: seen)
    #expect(abs((five[0] + five[1] - five[3] - five[4]).x) < 1e-2)
    #expect((five[0] + five[1] - five[3] - five[4]).y < 0)
  }

  @Test func theTransformMapsTheCentreToTheMiddleAndTheCornersToTheCorners() {
    let square = FaceSquare(center: Point(x: 30, y: 40), side: 20, roll: 0.5)
    let map = square.transform(pixels: 96)
    #expect(map.apply(square.center).distance(to: Point(x: 48, y: 48)) < 1e-4)
    let (c, s): (Float, Float) = (10 * cos(0.5), 10 * sin(0.5))
    let right = square.center + Point(x: c, y: s)
    #expect(map.apply(right).distance(to: Point(x: 96, y: 48)) < 1e-3)
    let corner = right + Point(x: -s, y: c)
    #expect(map.apply(corner).distance(to: Point(x: 96, y: 96)) < 1e-3)
  }

  /// The detector's box is that of the landmarks and a little of the forehead.
  @Test func theSquareOfABoxIsThatOfTheUprightFaceInIt() {
    let landmarks = HeadModel.landmarks(pose: .frontal, scale: 1.1, center: Point(x: 210, y: 180))
    var box = landmarks.box
    box.y -= 0.15 * box.height
    box.height *= 1.15
    let square = FaceSquare(around: fivePoints(of: landmarks))
    let other = FaceSquare(around: box)
    #expect(other.center.distance(to: square.center) < 0.03 * square.side)
    #expect(abs(other.side - square.side) < 0.03 * square.side && other.roll == 0)
  }

  @Test func pointsThatFallTogetherMakeASmallSquare() {
    let square = FaceSquare(around: [Point](repeating: Point(x: 5, y: 6), count: 5))
    #expect(square.side == 3.2 && square.center == Point(x: 5, y: 6) && square.roll.isFinite)
  }

  static let squares = [
    FaceSquare(center: Point(x: 160, y: 120), side: 70, roll: 0),
    FaceSquare(center: Point(x: 150, y: 110), side: 96, roll: 0.6),
    FaceSquare(center: Point(x: 155.3, y: 118.8), side: 140, roll: -2),
    FaceSquare(center: Point(x: 161.7, y: 120.2), side: 33, roll: 3.1),
  ]

  @Test(arguments: squares) func aConstantPictureStaysConstant(square: FaceSquare) {
    let gray = GrayImage(
      width: 320, height: 240, bytes: [UInt8](repeating: 77, count: 320 * 240))
    let seen = square.picture(of: gray, pixels: 96)
    #expect(seen.width == 96 && seen.height == 96 && seen.bytes.allSatisfy { $0 == 77 })
  }

  /// The picture is rounded to levels, the upright part of it and the square are, too.
  @Test(arguments: squares) func aRampIsSeenThroughTheTransform(square: FaceSquare) {
    func level(_ point: Point) -> Float { 20 + 0.5 * point.x + 0.2 * point.y }
    let gray = GrayImage(
      width: 320, height: 240,
      bytes: (0..<320 * 240).map {
        UInt8(level(Point(x: Float($0 % 320) + 0.5, y: Float($0 / 320) + 0.5)).rounded())
      })
    let seen = square.picture(of: gray, pixels: 96)
    let back = square.transform(pixels: 96).inverse
    var worst: Float = 0
    var sum: Float = 0
    for index in seen.bytes.indices {
      let place = back.apply(Point(x: Float(index % 96) + 0.5, y: Float(index / 96) + 0.5))
      let miss = Float(seen.bytes[index]) - level(place)
      worst = max(worst, abs(miss))
      sum += miss
    }
    #expect(worst < 1.5)
    #expect(abs(sum / Float(seen.bytes.count)) < 0.1)
  }

  @Test func beyondTheEdgeThePictureGoesOn() {
    let gray = GrayImage(width: 2, height: 1, bytes: [10, 200])
    let square = FaceSquare(center: Point(x: 1, y: 0.5), side: 40, roll: 0)
    let seen = square.picture(of: gray, pixels: 20)
    #expect((0..<20).allSatisfy { seen.bytes[$0 * 20] == 10 && seen.bytes[$0 * 20 + 19] == 200 })
    let far = FaceSquare(center: Point(x: 1e4, y: -1e4), side: 0.5, roll: 1)
    #expect(far.picture(of: gray, pixels: 20).bytes.allSatisfy { $0 == 200 })
  }
}

@Suite struct NetLandmarksTests {
  /// The answer that says what is true of a face in a square.
  private func answer(_ landmarks: Landmarks, _ pose: Pose, in square: FaceSquare) -> [Float] {
    let map = square.transform(pixels: 2)
    let inside = pose.rolled(by: -Double(square.roll))
    return landmarks.points.map(map.apply).flatMap { [$0.x - 1, $0.y - 1] }
      + [Float](repeating: log(0.1), count: 68) + (0..<68).map { $0 % 2 == 0 ? 3 : -3 }
      + inside.matrix.prefix(6).map(Float.init) + [log(0.2)]
  }

  @Test(arguments: samplePoses) func whatIsTrueOfASquareIsTrueOfThePicture(pose: Pose) {
    let landmarks = HeadModel.landmarks(pose: pose, scale: 1.1, center: Point(x: 210, y: 180))
    let square = FaceSquare(center: Point(x: 205, y: 188), side: 240, roll: Float(pose.x) + 0.3)
    let answer = answer(landmarks, pose, in: square)
    let face = NetLandmarks.decoded(answer, square: square)
    for (point, other) in zip(face.landmarks.points, landmarks.points) {
      #expect(point.distance(to: other) < 1e-2)
    }
    #expect(face.pose.angle(to: pose) < 0.05)
    #expect(face.spread.allSatisfy { abs($0 - 12) < 1e-3 })
    #expect(abs(face.poseSpread - 0.2) < 1e-5)
    #expect(face.visible[0] > 0.95 && face.visible[1] < 0.05)
    #expect(abs(face.visible[0] + face.visible[1] - 1) < 1e-6)
    // Rows that are longer, and not quite at right angles.
    var skewed = answer
    for index in 0..<6 { skewed[272 + index] *= 1.7 }
    for index in 0..<3 { skewed[275 + index] += 0.2 * skewed[272 + index] }
    #expect(NetLandmarks.decoded(skewed, square: square).pose.angle(to: pose) < 0.05)
  }

  @Test func anAnswerOfNothingDoesNotTrap() {
    let square = FaceSquare(center: Point(x: 5, y: 6), side: 10, roll: 0)
    let face = NetLandmarks.decoded(
      [Float](repeating: 0, count: LandmarkNetwork.count), square: square)
    #expect(face.landmarks.points.allSatisfy { $0 == Point(x: 5, y: 6) })
    #expect(face.pose.w.isFinite && face.visible.allSatisfy { $0 == 0.5 })
  }

  @Test(arguments: samplePoses) func rollingAPoseRollsTheHead(pose: Pose) {
    let center = Point(x: 0, y: 0)
    let rolled = HeadModel.landmarks(pose: pose.rolled(by: 0.4), scale: 1, center: center)
    let turned = HeadModel.landmarks(pose: pose, scale: 1, center: center)
      .mapped(by: .rotation(0.4))
    #expect(meanDistance(rolled, turned) < 1e-3)
    #expect(pose.rolled(by: 0.4).rolled(by: -0.4).angle(to: pose) < 1e-4)
  }

  @Test func thePointsThatSetTheSquareAreNamedFromImageLeft() {
    let landmarks = HeadModel.landmarks(pose: .frontal, scale: 1, center: Point(x: 0, y: 0))
    let points = fivePoints(of: landmarks)
    #expect(points.count == 5 && points[0].x < points[1].x && points[3].x < points[4].x)
    #expect(points[2] == landmarks[30] && abs(points[2].x) < 1e-4)
    #expect(points[0].y < points[2].y && points[2].y < points[3].y)
  }
}
