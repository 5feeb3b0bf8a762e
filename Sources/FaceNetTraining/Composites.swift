import Align
package import FaceCore
import Foundation

/// Pictures of people who are made of up to four others, large enough for a teacher to look at.
///
/// A teacher says of any face who it is, so a made person teaches as well as one who lives, and of a few
/// people there are as many as one likes. Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a
/// Neural Network", 2015.
package struct Composites: Sendable {
  /// A picture, its landmarks in its pixels, and whom it shows.
  package struct Picture: Sendable {
    package var luma: GrayImage
    package var landmarks: Landmarks
  }

  private let sitters: [Sitter]
  private let others: [Sitter]
  private let seed: UInt64
  /// More than the network sees, for teachers see more.
  private static let grain = BlendedView.Grain(margin: 12, fineness: 2)

  /// Of those `portraits`, with a little of `rendered` ones.
  ///
  /// Traps unless there are four people or more with two pictures or more.
  package init(of portraits: [Portrait], rendered: [Portrait] = [], seed: UInt64) {
    sitters = EmbeddingSamples.sitters(of: portraits)
    others = EmbeddingSamples.sitters(of: rendered)
    precondition(sitters.count > 3, "four people to make others of")
    self.seed = seed
  }

  /// Some pictures of the made person of that number: a function of it, the seed and the portraits alone.
  package func pictures(ofPerson number: Int, count: Int) -> [Picture] {
    var generator = SeededGenerator(seed: seed, stream: UInt64(number))
    let being = Patchwork(of: sitters, and: others, using: &generator)
    return (0..<count).map { _ in
      let wall = Canvas(side: Self.grain.side, level: .random(in: 0.2...0.8, using: &generator))
      let (canvas, points) = being.canvas(Self.grain, backdrop: wall, using: &generator)
      return Picture(
        luma: canvas.picture, landmarks: Landmarks(points.map(Self.grain.transform.apply)))
    }
  }
}

/// A person with the shape and the skin of up to four, each from its place in the face.
struct Patchwork {
  private let sitters: [Sitter]
  /// Where each but the first is seen.
  private let patches: [Patch]
  /// How far each landmark is from the first's, in pixels of the square.
  private let shift: [Point]

  init(of sitters: [Sitter], and others: [Sitter], using generator: inout SeededGenerator) {
    let count = Int.random(in: 2...4, using: &generator)
    var chosen = sitters.shuffled(using: &generator).prefix(count).map { $0 }
    for index in chosen.indices
    where !others.isEmpty && .random(in: 0..<1, using: &generator) < Float(0.15) {
      chosen[index] = others[Int.random(in: 0..<others.count, using: &generator)]
    }
    let first = chosen[0].shape
    var shift = first.map { _ in Point(x: 0, y: 0) }
    for other in chosen.dropFirst() {
      // Towards the other or away from it.
      let share = Float.random(in: -0.6...0.9, using: &generator)
      for index in shift.indices {
        shift[index] = shift[index] + (other.shape[index] - first[index]) * share
      }
    }
    (self.sitters, self.shift) = (chosen, shift)
    patches = chosen.dropFirst().map { _ in Patch(using: &generator) }
  }

  /// The person as the first happens to look in one portrait, drawn by that grain, and the landmarks in
  /// pixels of the square.
  func canvas(
    _ grain: BlendedView.Grain, backdrop: Canvas, using generator: inout SeededGenerator
  ) -> (Canvas, [Point]) {
    let views = sitters[0].views
    let first = views[Int.random(in: 0..<views.count, using: &generator)]
    let points = zip(first.points, shift).map { $0 + $1 }
    var canvas = Canvas(side: grain.side, level: 0)
    func add(_ view: AlignedView, share: (Point) -> Float) {
      var source = backdrop
      source.draw(view.portrait, by: view.transform.then(grain.transform)) {
        view.level($0, inLightOf: first)
      }
      BendField(from: points, to: view.points).add(
        source, seenBy: grain.transform.inverse, then: grain.transform, times: share, to: &canvas)
    }
    // Each covers those before it.
    func bare(_ place: Point, from index: Int) -> Float {
      patches[index...].reduce(1) { $0 * (1 - $1.cover(place)) }
    }
    add(first) { bare($0, from: 0) }
    for (index, patch) in patches.enumerated() {
      guard
        let like = sitters[index + 1].views
          .min(by: { $0.difference(from: first) < $1.difference(from: first) })
      else { continue }
      add(like) { patch.cover($0) * bare($0, from: index + 1) }
    }
    return (canvas, points)
  }
}

/// A part of the square with soft edges.
struct Patch {
  private let center: Point
  private let radii: (Float, Float)
  private let share: Float
  /// Of the edge, in pixels of the square.
  private static let softness: Float = 5

  /// A spot of the face, a half of it, or all, and that wholly or a little.
  init(using generator: inout SeededGenerator) {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    let side = Float(EmbeddingNetwork.side)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0:
      (center, radii) = (Point(x: side / 2, y: side / 2), (2 * side, 2 * side))
      share = uniform(0.2...0.6)
    case 1, 2:
      // A great circle that reaches into the face from above or below.
      let isAbove = Bool.random(using: &generator)
      let edge = uniform(0.35...0.7) * side
      center = Point(x: side / 2, y: isAbove ? edge - 2 * side : edge + 2 * side)
      (radii, share) = ((2 * side, 2 * side), uniform(0.6...1))
    default:
      center = Point(x: uniform(0.2...0.8) * side, y: uniform(0.2...0.9) * side)
      (radii, share) = (
        (uniform(0.12...0.45) * side, uniform(0.12...0.35) * side), uniform(0.5...1)
      )
    }
  }

  /// 0 to 1.
  func cover(_ place: Point) -> Float {
    let (u, v) = ((place.x - center.x) / radii.0, (place.y - center.y) / radii.1)
    let inside = (1 - (u * u + v * v).squareRoot()) * min(radii.0, radii.1)
    return share * max(0, min(1, inside / Self.softness + 0.5))
  }
}
