import Align
import FaceCore
import Foundation
import SyntheticFaces

/// Rendered people seen in a square of 256 pixels, each with one camera, talking a little.
struct PosedPerson {
  var poses: [Pose] = []
  var landmarks: [Landmarks] = []

  /// `reach` scales how far heads turn, `expression` how strongly faces move.
  init(_ person: FaceIdentity, count: Int, expression: Float) {
    let renderer = FaceRenderer(head: person)
    var generator = SeededGenerator(seed: UInt64(person.seed), stream: 3)
    func random(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    // A head fills two thirds of the square.
    let distance = random(70...200)
    let camera = SceneCamera(width: 256, height: 256, focal: distance * 256 * 0.66 / 22)
    for _ in 0..<count {
      let pose = Pose(
        yaw: Double(random(-60...60)), pitch: Double(random(-25...25)),
        roll: Double(random(-20...20)))
      var face = FaceExpression()
      face.jawOpen = expression * random(0...0.5)
      face.smile = expression * random(-0.2...0.8)
      face.browRaise = expression * random(-0.5...0.5)
      (face.blinkLeft, face.blinkRight) = (
        expression * random(0...0.3), expression * random(0...0.3)
      )
      let scene = Scene(
        pose: pose, position: [random(-2...2), 6 + random(-2...2), distance], expression: face,
        light: SceneLight(
          ambient: .init(0.5, 0.5, 0.5), sky: .init(0, 0, 0), keyAzimuth: 0, keyElevation: 0,
          keyStrength: 0.5), camera: camera)
      let seen = renderer.landmarks(scene)
      // As seen along the ray to between the eyes.
      let eyes = renderer.landmarkPlaces(scene)[36..<48]
      let middle = eyes.reduce(SIMD3<Float>.zero, +) / Float(eyes.count)
      poses.append(pose.seen(along: middle))
      landmarks.append(seen)
    }
  }
}

extension Landmarks {
  func withNoise(_ deviation: Float, using generator: inout SeededGenerator) -> Landmarks {
    Landmarks(
      points.map {
        $0
          + Point(
            x: deviation * Float(generator.nextGaussian()),
            y: deviation * Float(generator.nextGaussian()))
      })
  }
}

func benchPose() {
  let people = (0..<8).map { FaceIdentity(name: "p\($0)", seed: 700 + UInt64($0)) }
  for (name, expression) in [("at rest", Float(0)), ("talking", 1)] {
    for noise in [Float(0), 1] {
      var generator = SeededGenerator(seed: 5)
      var errors: [String: [Double]] = [:]
      for person in people {
        let posed = PosedPerson(person, count: 60, expression: expression)
        let seen = posed.landmarks.map { $0.withNoise(noise, using: &generator) }
        let shape = HeadShape.fitted(to: seen, cameras: seen.map { _ in 0 })[0]
        for (landmarks, pose) in zip(seen, posed.poses) {
          errors["mean head", default: []].append(headPose(of: landmarks).angle(to: pose))
          errors["own head", default: []].append(
            headPose(of: landmarks, shape: shape).angle(to: pose))
        }
      }
      for key in errors.keys.sorted() {
        let all = errors[key] ?? []
        print(
          name, "noise \(noise) px, \(key):",
          String(
            format: "mean %.2f°, median %.2f°, p90 %.2f°", all.reduce(0, +) / Double(all.count),
            quantile(all, 0.5), quantile(all, 0.9)))
      }
    }
  }
}
