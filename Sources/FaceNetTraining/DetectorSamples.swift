import Align
package import FaceCore
import Foundation

/// Pictures with faces in them, and where they are: the detector's training data.
package struct DetectorSamples: Sendable {
  /// A face of a sample, in pixels.
  package struct Face: Sendable {
    package var box: Box
    /// In the order of `DetectorNetwork.Field.points`.
    package var points: [Point]

    package init(box: Box, points: [Point]) { (self.box, self.points) = (box, points) }
  }

  package struct Sample: Sendable {
    package var canvas: Canvas
    package var faces: [Face]
  }

  package let portraits: [Portrait]
  package let backgrounds: Backgrounds
  /// Share of the faces that come from the first portraits, `preferred` of them; the rest share the others.
  package let preferred: Int
  package let preferredShare: Float
  package let side: Int
  package let seed: UInt64

  package init(
    portraits: [Portrait], preferred: Int = 0, preferredShare: Float = 0, backgrounds: Backgrounds,
    side: Int = 256, seed: UInt64
  ) {
    precondition(!portraits.isEmpty, "faces are made of portraits")
    (self.portraits, self.backgrounds, self.side, self.seed) = (portraits, backgrounds, side, seed)
    (self.preferred, self.preferredShare) = (preferred, preferredShare)
  }

  /// The sample of that number: a function of it, the seed and the portraits alone.
  package func sample(_ number: Int) -> Sample {
    var generator = SeededGenerator(seed: seed, stream: UInt64(number))
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    var canvas = backgrounds.square(side, using: &generator)
    var faces: [Face] = []
    var taken: [Box] = []
    let kind = uniform(0...1)
    let wanted = kind < 0.2 ? 0 : kind < 0.62 ? 1 : kind < 0.86 ? 2 : 4
    for _ in 0..<wanted {
      let portrait = pick(using: &generator)
      let placed = place(portrait, among: wanted, using: &generator)
      // All of the person, hair and shoulders, hides what was there.
      guard let placed, taken.allSatisfy({ $0.overlap(with: placed.reach) < 0.05 }),
        faces.allSatisfy({ $0.box.common(with: placed.reach) < 0.3 * $0.box.area })
      else { continue }
      taken.append(placed.reach)
      let gamma = exp(uniform(-0.45...0.45))
      let gain = uniform(0.75...1.15)
      canvas.draw(portrait, by: placed.transform) { gain * pow($0, gamma) }
      let landmarks = placed.landmarks
      if portrait.showsFace {
        Accessories.draw(
          on: &canvas, face: landmarks, visible: placed.visible, using: &generator)
        faces.append(
          Face(box: faceBox(of: landmarks), points: fivePoints(of: landmarks)))
      }
    }
    return Sample(canvas: Camera.shoot(canvas, using: &generator), faces: faces)
  }

  private func pick(using generator: inout SeededGenerator) -> Portrait {
    portraits.picked(preferred: preferred, share: preferredShare, using: &generator)
  }

  private struct Placed {
    var transform: AffineTransform
    var landmarks: Landmarks
    var visible: [Bool]
    /// The head with its hair.
    var reach: Box
  }

  /// A chance size, roll and place; nil where too little of the face would be in the picture.
  private func place(
    _ portrait: Portrait, among count: Int, using generator: inout SeededGenerator
  ) -> Placed? {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    let own = faceBox(of: portrait.landmarks)
    let most = Float(side) * (count == 1 ? 1.0 : 0.5)
    let wanted = exp(uniform(log(11)...log(most)))
    let scale = wanted / own.area.squareRoot()
    let roll = uniform(0...1) < 0.6 ? Float(generator.nextGaussian()) * 10 : uniform(-60...60)
    let isMirrored = uniform(0...1) < 0.5
    let center = Point(x: uniform(0...1) * Float(side), y: uniform(0...1) * Float(side))
    let transform = AffineTransform.translation(x: -Double(own.center.x), y: -Double(own.center.y))
      .then(
        AffineTransform(
          a: isMirrored ? -Double(scale) : Double(scale), b: 0, tx: 0, c: 0, d: Double(scale),
          ty: 0)
      )
      .then(.rotation(Double(roll) * .pi / 180))
      .then(.translation(x: Double(center.x), y: Double(center.y)))
    let (landmarks, visible) = portrait.seen(by: transform)
    let box = faceBox(of: landmarks)
    let frame = Box(x: 0, y: 0, width: Float(side), height: Float(side))
    guard box.common(with: frame) > 0.7 * box.area else { return nil }
    let reach = Box(
      x: box.x - 0.3 * box.width, y: box.y - 0.4 * box.height, width: 1.6 * box.width,
      height: 1.9 * box.height)
    return Placed(transform: transform, landmarks: landmarks, visible: visible, reach: reach)
  }
}

extension Box {
  /// The area of what both boxes cover.
  fileprivate func common(with other: Box) -> Float {
    let across = min(x + width, other.x + other.width) - max(x, other.x)
    let down = min(y + height, other.y + other.height) - max(y, other.y)
    return max(0, across) * max(0, down)
  }
}

extension Portrait {
  /// Its landmarks where `transform` puts them, named anew where that is a mirror.
  package func seen(by transform: AffineTransform) -> (landmarks: Landmarks, visible: [Bool]) {
    let moved = landmarks.mapped(by: transform)
    guard transform.determinant < 0 else { return (moved, visible) }
    let order = Landmarks.mirrorOrder
    return (Landmarks(order.map { moved[$0] }), order.map { visible[$0] })
  }
}
