import Align
import FaceCore
import Foundation

/// Aligned squares of people, several of each: the embedding network's training data.
///
/// Few people are many: of two, a third is made now and then, with the shape and the skin of the first
/// moved towards the second's by shares that hold for all of its pictures, and some of what sets the second's
/// shape apart from another's.
package struct EmbeddingSamples: Sendable {
  package struct Sample: Sendable {
    package var square: Canvas
    /// Equal numbers are one person, within a batch.
    package var person: Int
  }

  /// Portraits of one kind, rendered or photographed: a batch is of one kind, so that the kind tells nobody
  /// apart.
  package struct Source: Sendable {
    package var portraits: [Portrait]
    /// Of the batches, relative to the other sources'.
    package var share: Float

    package init(portraits: [Portrait], share: Float) {
      (self.portraits, self.share) = (portraits, share)
    }
  }

  /// The people of each source.
  let sitters: [[Sitter]]
  private let shares: [Float]
  private let backgrounds: Backgrounds
  /// Of the people of a batch, those that are made of two.
  private let mixedShare: Float
  private let seed: UInt64

  /// Heads turned further than `greatestYaw` degrees are left out where the pose is known.
  ///
  /// Traps unless each source has two people or more with two pictures or more.
  package init(
    sources: [Source], backgrounds: Backgrounds, mixedShare: Float = 0.6, greatestYaw: Double = 60,
    seed: UInt64
  ) {
    sitters = sources.map { Self.sitters(of: $0.portraits, greatestYaw: greatestYaw) }
    precondition(sitters.allSatisfy { $0.count > 1 }, "two people to tell apart")
    shares = sources.map(\.share)
    (self.backgrounds, self.mixedShare, self.seed) = (backgrounds, mixedShare, seed)
  }

  /// The people with two pictures or more.
  static func sitters(of portraits: [Portrait], greatestYaw: Double = 60) -> [Sitter] {
    let seen = portraits.filter { $0.showsFace(upTo: greatestYaw) }
    return Dictionary(grouping: seen, by: \.person).sorted { $0.key < $1.key }
      .filter { $0.value.count > 1 }.map { Sitter(portraits: $0.value) }
  }

  /// The samples of that step, one person after the other: a function of it, the seed and the sources alone.
  package func samples(_ step: Int, people: Int, picturesEach: Int) -> [Sample] {
    var generator = SeededGenerator(seed: seed, stream: UInt64(step))
    let sitters = source(using: &generator).shuffled(using: &generator)
    // All people stand before the same few, which tell nobody apart.
    let backdrops = (0..<4).map { _ in
      backgrounds.square(BlendedView.sourceSide, using: &generator)
    }
    return (0..<min(people, sitters.count)).flatMap { person in
      // The partners come after the people of the batch, as long as there are enough.
      let stride = max(1, min(people, sitters.count / 3))
      let being = MadePerson(
        of: sitters[person], and: sitters[(person + stride) % sitters.count],
        third: sitters[(person + 2 * stride) % sitters.count],
        isMixed: chance(mixedShare, &generator), using: &generator)
      return being.views(count: picturesEach, using: &generator).map {
        Sample(
          square: square(
            of: $0, before: backdrops[Int.random(in: 0..<4, using: &generator)],
            using: &generator),
          person: person)
      }
    }
  }

  /// Up to `picturesEach` portraits of each person of the last source, as they are, and their mirror images.
  func plainSquares(picturesEach: Int) -> [GrayImage] {
    let wall = Canvas(side: BlendedView.sourceSide, level: 0.5)
    return (sitters.last ?? []).flatMap { sitter in
      sitter.views.prefix(2 * picturesEach).map { view in
        BlendedView(
          first: view, second: nil, skin: .none, points: view.points, visible: view.visible
        ).canvas(jitter: .identity, backdrop: wall) { $0 }.picture
      }
    }
  }

  private func source(using generator: inout SeededGenerator) -> [Sitter] {
    var place = Float.random(in: 0...shares.reduce(0, +), using: &generator)
    for (index, share) in shares.enumerated() {
      if place <= share { return sitters[index] }
      place -= share
    }
    return sitters[sitters.count - 1]
  }

  private func chance(_ share: Float, _ generator: inout SeededGenerator) -> Bool {
    Float.random(in: 0..<1, using: &generator) < share
  }

  /// The view as a chance camera sees it, its landmarks a little off.
  private func square(
    of view: BlendedView, before backdrop: Canvas, using generator: inout SeededGenerator
  ) -> Canvas {
    let side = EmbeddingNetwork.side
    func normal(_ deviation: Double) -> Double { generator.nextGaussian() * deviation }
    let middle = Double(side) / 2
    let jitter = AffineTransform.translation(x: -middle, y: -middle)
      .then(.rotation(normal(0.04))).then(.scale(exp(normal(0.04))))
      .then(.translation(x: middle + normal(1), y: middle + normal(1)))
    let gamma = Float(exp(normal(0.2)))
    var canvas = view.canvas(jitter: jitter, backdrop: backdrop) { pow($0, gamma) }
    let landmarks = Landmarks(view.points.map(jitter.apply))
    Accessories.draw(
      on: &canvas, face: landmarks, visible: view.visible, using: &generator)
    return Camera.shoot(canvas, using: &generator)
  }
}

/// One who sat for portraits.
struct Sitter: Sendable {
  /// Each portrait, and each in a mirror.
  let views: [AlignedView]
  /// Where the landmarks are on average, in pixels of the square.
  let shape: [Point]

  init(portraits: [Portrait]) {
    let views = portraits.flatMap {
      [AlignedView($0, mirrored: false), AlignedView($0, mirrored: true)]
    }
    self.views = views
    let share = 1 / Float(views.count)
    shape = (0..<Landmarks.count).map { index in
      views.reduce(Point(x: 0, y: 0)) { $0 + $1.points[index] } * share
    }
  }
}

/// A portrait, or its mirror image, and where it lies in the square.
struct AlignedView: Sendable {
  let portrait: Portrait
  /// Pixels of the portrait to those of the square.
  let transform: AffineTransform
  /// Landmarks, in pixels of the square.
  let points: [Point]
  let visible: [Bool]
  /// Of the face's pixels, 0 to 1.
  let light: (mean: Float, deviation: Float)

  init(_ portrait: Portrait, mirrored: Bool) {
    let mirror =
      mirrored
      ? portrait.mirror
      : .identity
    let (own, visible) = portrait.seen(by: mirror)
    let align = AffineTransform.similarity(
      from: fivePoints(of: own), to: EmbeddingNetwork.template)
    self.portrait = portrait
    transform = mirror.then(align)
    points = own.mapped(by: align).points
    self.visible = visible
    light = portrait.light
  }

  /// A level of this portrait as the light of another would make it: without, an edge would run across a
  /// face that is made of both.
  func level(_ value: Float, inLightOf other: AlignedView) -> Float {
    let gain = max(0.5, min(2, other.light.deviation / max(0.02, light.deviation)))
    return max(0, min(1, (value - light.mean) * gain + other.light.mean))
  }

  /// How differently two faces are turned and moved, in square pixels.
  func difference(from other: AlignedView) -> Float {
    var sum: Float = 0
    for (a, b) in zip(points, other.points) {
      let (x, y) = (a.x - b.x, a.y - b.y)
      sum += x * x + y * y
    }
    return sum / Float(points.count)
  }
}
