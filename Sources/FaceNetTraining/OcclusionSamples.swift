import Align
import FaceCore
import Foundation

/// Aligned squares of faces, bare and with something before them: the occlusion network's training data.
package struct OcclusionSamples: Sendable {
  package struct Sample: Sendable {
    package var square: Canvas
    /// How much of each cell is covered, 0 to 1, row by row.
    package var cover: [Float]
    /// How much of each cell is face: what lies beside it says nothing.
    package var weight: [Float]
  }

  private let portraits: [Portrait]
  /// The first of them, from which that share of the samples is taken.
  private let preferred: Int
  private let preferredShare: Float
  private let backgrounds: Backgrounds
  private let seed: UInt64
  /// Degrees of yaw; beyond them hardly anything is seen in the square.
  private static let greatestYaw = 80.0

  package init(
    portraits: [Portrait], preferred: Int = 0, preferredShare: Float = 0, backgrounds: Backgrounds,
    seed: UInt64
  ) {
    func isUsed(_ portrait: Portrait) -> Bool { portrait.showsFace(upTo: Self.greatestYaw) }
    self.portraits = portraits.filter(isUsed)
    self.preferred = portraits.prefix(preferred).count(where: isUsed)
    (self.preferredShare, self.backgrounds, self.seed) = (preferredShare, backgrounds, seed)
  }

  /// The sample of that number: a function of it, the seed and the portraits alone.
  package func sample(_ number: Int) -> Sample {
    var generator = SeededGenerator(seed: seed, stream: UInt64(number))
    let portrait = portraits.picked(
      preferred: preferred, share: preferredShare, using: &generator)
    let mirror: AffineTransform =
      .random(using: &generator)
      ? portrait.mirror
      : .identity
    let side = OcclusionNetwork.side
    let (own, visible) = portrait.seen(by: mirror)
    let map = mirror.then(placed(own, using: &generator).transform(pixels: side))
    let face = portrait.seen(by: map).landmarks
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    let (gamma, gain) = (exp(uniform(-0.4...0.4)), uniform(0.75...1.15))
    var canvas = backgrounds.square(side, using: &generator)
    canvas.draw(portrait, by: map) { gain * pow($0, gamma) }
    if uniform(0...1) < 0.3 {
      Accessories.drawGlasses(
        on: &canvas, face: face, visible: visible, mayBeDark: false, using: &generator)
    }
    FaceMarks(of: face).draw(on: &canvas, using: &generator)
    var cover = Canvas(side: side, level: 0)
    addOccluders(on: &canvas, cover: &cover, face: face, using: &generator)
    return Sample(
      square: Camera.shoot(canvas, using: &generator), cover: cover.cells,
      weight: OcclusionNetwork.hull(of: face))
  }

  /// None almost as often as any; and shadows, which cover nothing.
  private func addOccluders(
    on canvas: inout Canvas, cover: inout Canvas, face: Landmarks,
    using generator: inout SeededGenerator
  ) {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    let skin = Portrait.meanLevel(of: face, on: canvas)
    func occluder(_ generator: inout SeededGenerator) -> Occluder {
      Occluder(
        before: face, side: canvas.side, skin: skin, backgrounds: backgrounds, using: &generator)
    }
    if uniform(0...1) < 0.4 {
      var shadow = occluder(&generator).mask
      if uniform(0...1) < 0.6 { shadow = shadow.blurred }
      canvas.multiply(
        where: shadow, by: uniform(0...1) < 0.8 ? uniform(0.1...0.85) : uniform(1.2...2))
    }
    let count = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2][Int.random(in: 0..<10, using: &generator)]
    for _ in 0..<count {
      let thing = occluder(&generator)
      thing.cover(&canvas, using: &generator)
      for index in cover.values.indices {
        cover.values[index] = max(cover.values[index], thing.mask.values[index])
      }
    }
  }

  /// The square as landmarks set it that are a little off, as those of a covered face are.
  private func placed(
    _ face: Landmarks, using generator: inout SeededGenerator
  ) -> FaceSquare {
    func normal(_ deviation: Float) -> Float { Float(generator.nextGaussian()) * deviation }
    var square = FaceSquare(aligning: face)
    square.center =
      square.center + Point(x: normal(0.03) * square.side, y: normal(0.03) * square.side)
    square.side *= exp(normal(0.06))
    square.roll += normal(0.06)
    return square
  }
}

extension Portrait {
  /// Mean level of the middle of a face.
  fileprivate static func meanLevel(of face: Landmarks, on canvas: Canvas) -> Float {
    let box = face.box
    let middle = Box(
      x: box.x + 0.2 * box.width, y: box.y + 0.2 * box.height, width: 0.6 * box.width,
      height: 0.6 * box.height)
    return canvas.picture.resampled(from: middle, width: 4, height: 4).bytes
      .reduce(0) { $0 + Float($1) } / (16 * 255)
  }
}

extension Canvas {
  /// The mean of each of the network's cells.
  fileprivate var cells: [Float] {
    let (block, cells) = (OcclusionNetwork.block, OcclusionNetwork.cells)
    var result = [Float](repeating: 0, count: cells * cells)
    for (index, value) in values.enumerated() {
      result[index / side / block * cells + index % side / block] += value
    }
    return result.map { $0 / Float(block * block) }
  }
}
