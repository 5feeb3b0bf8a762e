import Align
package import FaceCore
import Foundation

/// Squares about a face, and what is true of it: the landmark network's training data.
package struct LandmarkSamples: Sendable {
  package struct Sample: Sendable {
    package var square: Canvas
    /// In the unit of the answer, −1 to 1 across the square.
    package var points: [Point]
    package var visible: [Bool]
    /// How much the points count, 0 to 1.
    package var pointWeight: Float
    /// Whether `visible` is known.
    package var knowsVisible: Bool
    /// In the square's frame; nil where nobody knows.
    package var pose: Pose?
    package var person: Int
  }

  package let portraits: [Portrait]
  package let preferred: Int
  package let preferredShare: Float
  package let backgrounds: Backgrounds
  package let seed: UInt64
  /// How much the points of frontal rendered faces count; from 45° of yaw on all count fully.
  ///
  /// Little where there are annotated pictures, whose annotators put corners and edges a little elsewhere.
  package let frontalWeight: Float

  package init(
    portraits: [Portrait], preferred: Int = 0, preferredShare: Float = 0, backgrounds: Backgrounds,
    frontalWeight: Float = 1, seed: UInt64
  ) {
    self.frontalWeight = frontalWeight
    (self.portraits, self.backgrounds, self.seed) = (
      portraits.filter(\.showsFace), backgrounds, seed
    )
    // Those without a face are gone from the first ones, too.
    self.preferred = portraits.prefix(preferred).count(where: \.showsFace)
    self.preferredShare = preferredShare
  }

  /// The sample of that number: a function of it, the seed and the portraits alone.
  package func sample(_ number: Int) -> Sample {
    var generator = SeededGenerator(seed: seed, stream: UInt64(number))
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    let portrait = pick(using: &generator)
    var mirror =
      uniform(0...1) < 0.5
      ? portrait.mirror
      : .identity
    // Annotated faces are few: stretched and sheared a little they are others.
    if portrait.pose == nil {
      func normal(_ deviation: Double) -> Double { generator.nextGaussian() * deviation }
      mirror = mirror.then(
        AffineTransform(
          a: exp(normal(0.06)), b: normal(0.05), tx: 0, c: normal(0.03), d: 1, ty: 0))
    }
    let (own, visible) = portrait.seen(by: mirror)
    let square = square(about: own, using: &generator)
    let side = LandmarkNetwork.side
    let toSquare = square.transform(pixels: side)
    let landmarks = own.mapped(by: toSquare)

    var canvas = backgrounds.square(side, using: &generator)
    let (gamma, gain) = (exp(uniform(-0.45...0.45)), uniform(0.75...1.15))
    canvas.draw(portrait, by: mirror.then(toSquare)) { gain * pow($0, gamma) }
    Accessories.draw(on: &canvas, face: landmarks, visible: visible, using: &generator)
    let half = Float(side) / 2
    return Sample(
      square: Camera.shoot(canvas, using: &generator),
      points: landmarks.points.map { Point(x: $0.x / half - 1, y: $0.y / half - 1) },
      visible: visible, pointWeight: pointWeight(of: portrait),
      knowsVisible: portrait.pose != nil,
      pose: portrait.pose.map { pose in
        let mirrored = mirror.determinant < 0 ? pose.mirrored : pose
        return mirrored.rolled(by: -Double(square.roll))
      }, person: portrait.person)
  }

  private func pointWeight(of portrait: Portrait) -> Float {
    guard let pose = portrait.pose else { return 1 }
    let turned = Float(min(1, max(0, (abs(pose.yaw) - 25) / 20)))
    return frontalWeight + (1 - frontalWeight) * turned
  }

  private func pick(using generator: inout SeededGenerator) -> Portrait {
    portraits.picked(preferred: preferred, share: preferredShare, using: &generator)
  }

  /// The square that a detector would set: with points a little off.
  private func square(
    about face: Landmarks, using generator: inout SeededGenerator
  ) -> FaceSquare {
    let points = fivePoints(of: face)
    let unit = FaceSquare(around: points).side / 3.2
    func normal(_ deviation: Float) -> Float { Float(generator.nextGaussian()) * deviation }
    var square = FaceSquare(
      around: points.map { $0 + Point(x: normal(0.05) * unit, y: normal(0.05) * unit) })
    square.center = square.center + Point(x: normal(0.07) * unit, y: normal(0.07) * unit)
    square.side *= exp(normal(0.08))
    square.roll += normal(0.12)
    return square
  }
}

extension [Portrait] {
  /// One of the first `preferred` with a chance of `share`, else one of the others.
  func picked(
    preferred: Int, share: Float, using generator: inout SeededGenerator
  ) -> Portrait {
    let isPreferred = Float.random(in: 0...1, using: &generator) < share
    let range =
      preferred == 0 || preferred == count
      ? 0..<count : isPreferred ? 0..<preferred : preferred..<count
    return self[Int.random(in: range, using: &generator)]
  }
}
