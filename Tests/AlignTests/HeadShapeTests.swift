import Align
import FaceCore
import Foundation
import SyntheticFaces
import Testing

@Suite struct HeadShapeTests {
  /// Poses and exact landmarks of a rendered person at rest, in squares of 256 pixels.
  private struct Posed: Sendable {
    var poses: [Pose] = []
    var faces: [Landmarks] = []

    init(seed: UInt64) {
      let renderer = FaceRenderer(head: FaceIdentity(name: "p", seed: seed))
      var generator = SeededGenerator(seed: seed)
      func random(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
      let distance = random(70...200)
      let camera = SceneCamera(width: 256, height: 256, focal: distance * 256 * 0.66 / 22)
      for _ in 0..<40 {
        let pose = Pose(
          yaw: Double(random(-60...60)), pitch: Double(random(-25...25)),
          roll: Double(random(-20...20)))
        let scene = Scene(
          pose: pose, position: [0, 6, distance],
          light: SceneLight(
            ambient: .init(0.5, 0.5, 0.5), sky: .init(0, 0, 0), keyAzimuth: 0, keyElevation: 0,
            keyStrength: 0), camera: camera)
        let eyes = renderer.landmarkPlaces(scene)[36..<48].reduce(SIMD3<Float>.zero, +)
        poses.append(pose.seen(along: eyes))
        faces.append(renderer.landmarks(scene))
      }
    }

    func errors(noise: Float) -> [Double] {
      var generator = SeededGenerator(seed: 4)
      let seen = faces.map { face in
        Landmarks(
          face.points.map {
            $0
              + Point(
                x: noise * Float(generator.nextGaussian()),
                y: noise * Float(generator.nextGaussian()))
          })
      }
      let shape = HeadShape.fitted(to: seen, cameras: seen.map { _ in 0 })[0]
      return zip(seen, poses).map { headPose(of: $0, shape: shape).angle(to: $1) }
    }
  }

  private static let people = (0..<4).map { Posed(seed: 800 + $0) }

  @Test func aPersonsOwnHeadTellsPosesToHalfADegree() {
    let errors = Self.people.flatMap { $0.errors(noise: 0) }
    #expect(errors.reduce(0, +) / Double(errors.count) < 0.5)
  }

  @Test func aPixelOfNoiseCostsLessThanTwoDegrees() {
    let errors = Self.people.flatMap { $0.errors(noise: 1) }
    #expect(errors.reduce(0, +) / Double(errors.count) < 2)
  }

  @Test func mirroredFacesHaveTheSameHeadAndMirroredPoses() {
    let faces = Self.people[0].faces
    let mirrored = faces.map { $0.mirrored(width: 256) }
    let cameras = faces.map { _ in 0 }
    let (one, other) = (
      HeadShape.fitted(to: faces, cameras: cameras)[0],
      HeadShape.fitted(to: mirrored, cameras: cameras)[0]
    )
    for (a, b) in zip(one.weights, other.weights) { #expect(abs(a - b) < 0.02) }
    for (face, mirror) in zip(faces, mirrored) {
      let (a, b) = (headPose(of: face, shape: one), headPose(of: mirror, shape: other))
      #expect(a.mirrored.angle(to: b) < 0.1)
    }
  }

  @Test func camerasOfOnePersonDifferInPerspectiveAlone() {
    let faces = Self.people[1].faces
    let twice = faces + faces.map { $0.mapped(by: .scale(2)) }
    let cameras = faces.map { _ in 0 } + faces.map { _ in 1 }
    let shapes = HeadShape.fitted(to: twice, cameras: cameras, cameraCount: 2)
    #expect(shapes[0].weights == shapes[1].weights)
    // A picture twice as large has twice the focal length.
    #expect(abs(shapes[0].perspective / shapes[1].perspective - 2) < 0.02)
  }

  @Test func theMeanHeadIsFoundToBeTheMean() {
    let faces = samplePoses.map {
      HeadModel.landmarks(pose: $0, scale: 1.5, center: Point(x: 128, y: 128))
    }
    let shape = HeadShape.fitted(to: faces, cameras: faces.map { _ in 0 })[0]
    for weight in shape.weights { #expect(abs(weight) < 0.05) }
  }
}

@Suite struct TrackPosesTests {
  /// A head that turns evenly, 2° a frame.
  private static let turning = (0..<31).map { Pose(yaw: Double($0) * 2 - 30, pitch: 5, roll: 3) }

  private static func faces(noise: Float) -> [Landmarks] {
    var generator = SeededGenerator(seed: 8)
    return turning.map { pose in
      Landmarks(
        HeadModel.landmarks(pose: pose, scale: 1.5, center: Point(x: 128, y: 128)).points.map {
          $0
            + Point(
              x: noise * Float(generator.nextGaussian()),
              y: noise * Float(generator.nextGaussian()))
        })
    }
  }

  @Test func anEvenTurnStaysAsItIs() {
    let told = TrackPoses(
      of: Self.faces(noise: 0), ordinals: Array(0..<31), shape: .mean)
    for (pose, truth) in zip(told.poses, Self.turning) { #expect(pose.angle(to: truth) < 0.05) }
  }

  @Test func neighboursCalmAPose() {
    let faces = Self.faces(noise: 1)
    let told = TrackPoses(of: faces, ordinals: Array(0..<31), shape: .mean)
    func error(_ poses: [Pose]) -> Double {
      zip(poses, Self.turning).map { $0.angle(to: $1) }.reduce(0, +)
    }
    #expect(error(told.poses) < 0.75 * error(faces.map { headPose(of: $0) }))
    for (one, next) in zip(told.poses, told.poses.dropFirst()) { #expect(one.angle(to: next) < 5) }
  }

  @Test func framesFarApartAreNoNeighbours() {
    let faces = Self.faces(noise: 1)
    let told = TrackPoses(of: faces, ordinals: (0..<31).map { $0 * 10 }, shape: .mean)
    #expect(told.poses == faces.map { headPose(of: $0) })
    #expect(told.jitter.allSatisfy { $0 == nil })
  }

  @Test(arguments: [Float(0.5), 1, 2])
  func jitterIsTheTrembleOfThePoints(noise: Float) throws {
    let told = TrackPoses(of: Self.faces(noise: noise), ordinals: Array(0..<31), shape: .mean)
    #expect(told.jitter.first == .some(nil) && told.jitter.last == .some(nil))
    let some = told.jitter.compactMap { $0 }
    let eyes = Double(Self.faces(noise: 0)[15].interEyeDistance)
    let pixels = some.reduce(0, +) / Double(some.count) / 100 * eyes
    #expect(abs(pixels / Double(noise) - 1) < 0.15, "\(pixels)")
  }
}
