import Align
import FaceCore
import Foundation

/// Aligned squares of faces that a teacher has seen: it saw them as they are, and the network sees them as a
/// chance camera does, so that what a camera does to a face says nothing.
package struct TaughtSamples: Sendable {
  package struct Sample: Sendable {
    package var square: Canvas
    /// What the teacher says.
    package var teaching: [Float]
  }

  private let portraits: [Portrait]
  private let backgrounds: Backgrounds
  private let seed: UInt64

  /// Those of the portraits that a teacher has seen; traps without any.
  package init(portraits: [Portrait], backgrounds: Backgrounds, seed: UInt64) {
    let taught = portraits.filter { $0.teaching != nil }
    precondition(!taught.isEmpty, "a portrait that a teacher has seen")
    self.portraits = taught
    (self.backgrounds, self.seed) = (backgrounds, seed)
  }

  package var teachings: [[Float]] { portraits.compactMap(\.teaching) }

  /// The samples of that step: a function of it, the seed and the portraits alone.
  package func samples(_ step: Int, count: Int) -> [Sample] {
    var generator = SeededGenerator(seed: seed, stream: UInt64(step))
    return (0..<count).map { _ in
      let index = Int.random(in: 0..<portraits.count, using: &generator)
      return sample(of: portraits[index], using: &generator)
    }
  }

  private func sample(of portrait: Portrait, using generator: inout SeededGenerator) -> Sample {
    let view = AlignedView(portrait, mirrored: .random(using: &generator))
    let side = EmbeddingNetwork.side
    func normal(_ deviation: Double) -> Double { generator.nextGaussian() * deviation }
    let middle = Double(side) / 2
    let jitter = AffineTransform.translation(x: -middle, y: -middle)
      .then(.rotation(normal(0.04))).then(.scale(exp(normal(0.04))))
      .then(.translation(x: middle + normal(1), y: middle + normal(1)))
    let gamma = Float(exp(normal(0.2)))
    var canvas = backgrounds.square(side, using: &generator)
    canvas.draw(view.portrait, by: view.transform.then(jitter)) { pow($0, gamma) }
    Accessories.draw(
      on: &canvas, face: Landmarks(view.points.map(jitter.apply)), visible: view.visible,
      using: &generator)
    return Sample(
      square: Camera.shoot(canvas, using: &generator), teaching: portrait.teaching ?? [])
  }
}
