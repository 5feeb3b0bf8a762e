import Align
package import FaceCore
import Foundation

/// A person of a batch: one who sat, or one made of two, with a little of a third.
struct MadePerson {
  private let first: Sitter
  private let second: Sitter
  /// How far each landmark is from the first's, in pixels of the square.
  private let shift: [Point]
  private let skin: SkinShare

  init(
    of first: Sitter, and second: Sitter, third: Sitter, isMixed: Bool,
    using generator: inout SeededGenerator
  ) {
    (self.first, self.second) = (first, second)
    guard isMixed else {
      (shift, skin) = (first.shape.map { _ in Point(x: 0, y: 0) }, .none)
      return
    }
    // Towards the second or away from it.
    let share = Float.random(in: -0.6...1, using: &generator)
    let more = Float.random(in: -0.7...0.7, using: &generator)
    shift = first.shape.indices.map { index in
      (second.shape[index] - first.shape[index]) * share
        + (third.shape[index] - second.shape[index]) * more
    }
    skin = SkinShare(using: &generator)
  }

  /// Pictures of the person, all different as long as there are enough.
  func views(count: Int, using generator: inout SeededGenerator) -> [BlendedView] {
    let order = Array(0..<first.views.count / 2).shuffled(using: &generator)
    return (0..<count).map { index in
      // Every portrait is there twice, the second time in a mirror.
      let mirror = Bool.random(using: &generator) ? 1 : 0
      let view = first.views[2 * order[index % order.count] + mirror]
      let points = zip(view.points, shift).map { $0 + $1 }
      guard skin != .none,
        let like = second.views.min(by: { $0.difference(from: view) < $1.difference(from: view) })
      else {
        return BlendedView(
          first: view, second: nil, skin: .none, points: points, visible: view.visible)
      }
      return BlendedView(
        first: view, second: like, skin: skin, points: points, visible: view.visible)
    }
  }
}

/// How much of the skin is a second person's, from the top of the square to its bottom.
struct SkinShare: Hashable {
  var above: Float
  var below: Float
  /// Where one goes over into the other, in shares of the side.
  var edge: Float = 0.5

  static let none = SkinShare(above: 0, below: 0)

  init(above: Float, below: Float) { (self.above, self.below) = (above, below) }

  /// None, some everywhere, or the brows and eyes of one and the mouth and chin of the other.
  init(using generator: inout SeededGenerator) {
    let kind = Int.random(in: 0..<4, using: &generator)
    let share = Float.random(in: 0.25...0.5, using: &generator)
    switch kind {
    case 0: self = .none
    case 1: self.init(above: share, below: share)
    case 2: self.init(above: 0, below: 1)
    default: self.init(above: 1, below: 0)
    }
    edge = .random(in: 0.42...0.65, using: &generator)
  }

  /// Of a place of the square, 0 the top and 1 the bottom.
  func share(at height: Float) -> Float {
    let along = max(0, min(1, (height - edge) * 6 + 0.5))
    return above + (below - above) * along
  }
}

/// One or two faces, bent so that their landmarks meet, and laid over one another.
struct BlendedView {
  let first: AlignedView
  let second: AlignedView?
  let skin: SkinShare
  /// Where the landmarks come to lie, in pixels of the square.
  let points: [Point]
  let visible: [Bool]

  /// What is drawn before bending.
  struct Grain {
    /// Pixels of the square beyond each edge.
    let margin: Int
    /// Pixels drawn for one of the square, so that bending blurs little.
    let fineness: Double

    /// For squares as the network sees them.
    static let square = Grain(margin: 8, fineness: 4.0 / 3)

    /// Of the backdrop, in pixels.
    var side: Int { Int(Double(EmbeddingNetwork.side + 2 * margin) * fineness) }
    /// Pixels of the square to those of the backdrop.
    var transform: AffineTransform {
      .translation(x: Double(margin), y: Double(margin)).then(.scale(fineness))
    }
  }

  static let sourceSide = Grain.square.side

  /// A square of `side` pixels, seen through `jitter` (pixels of the network's square to those of the
  /// result); the backdrop's side is the grain's.
  func canvas(
    jitter: AffineTransform, backdrop: Canvas, side: Int = EmbeddingNetwork.side,
    grain: Grain = .square, tone: (Float) -> Float
  ) -> Canvas {
    let toSource = grain.transform
    var result = Canvas(side: side, level: 0)
    func add(_ view: AlignedView, tone: (Float) -> Float, share: (Point) -> Float) {
      var source = backdrop
      source.draw(view.portrait, by: view.transform.then(toSource), tone: tone)
      BendField(from: points, to: view.points).add(
        source, seenBy: jitter.inverse, then: toSource, times: share, to: &result)
    }
    let height = Float(EmbeddingNetwork.side)
    add(first, tone: tone) { second == nil ? 1 : 1 - skin.share(at: $0.y / height) }
    if let second {
      add(second, tone: { tone(second.level($0, inLightOf: first)) }) {
        skin.share(at: $0.y / height)
      }
    }
    return result
  }
}

/// Where the points of a square come from, so that some given ones come from others: the shift of each
/// point is the mean of the given ones' near it.
package struct BendField {
  private static let spacing = 6
  private static let first = -10
  private static let nodes = (EmbeddingNetwork.side - 2 * first) / spacing + 1
  /// Of the weight of a given point, by its distance in pixels.
  private static let deviation: Float = 4
  private var shifts: [Point] = []

  package init(from points: [Point], to others: [Point]) {
    let falloff = -1 / (2 * Self.deviation * Self.deviation)
    for row in 0..<Self.nodes {
      for column in 0..<Self.nodes {
        let x = Float(Self.first + column * Self.spacing)
        let y = Float(Self.first + row * Self.spacing)
        // A little weight that holds on to where it is: far from the face nothing moves.
        var (sum, total) = (Point(x: 0, y: 0), Float(0.05))
        for (from, to) in zip(points, others) {
          let (dx, dy) = (from.x - x, from.y - y)
          let weight = exp((dx * dx + dy * dy) * falloff)
          sum = sum + (to - from) * weight
          total += weight
        }
        shifts.append(sum * (1 / total))
      }
    }
  }

  /// The shift of a point, between the nodes around it.
  package func shift(x: Float, y: Float) -> Point {
    let last = Float(Self.nodes) - 1.001
    let u = max(0, min(last, (x - Float(Self.first)) / Float(Self.spacing)))
    let v = max(0, min(last, (y - Float(Self.first)) / Float(Self.spacing)))
    let (column, row) = (Int(u), Int(v))
    let (fx, fy) = (u - Float(column), v - Float(row))
    let at = row * Self.nodes + column
    let above = shifts[at] * (1 - fx) + shifts[at + 1] * fx
    let below = shifts[at + Self.nodes] * (1 - fx) + shifts[at + Self.nodes + 1] * fx
    return above * (1 - fy) + below * fy
  }

  /// Adds what `source` shows to `result`, whose points come by `back`, bending and `toSource` to the
  /// source's, times a share by their place in the square.
  func add(
    _ source: Canvas, seenBy back: AffineTransform, then toSource: AffineTransform,
    times share: (Point) -> Float, to result: inout Canvas
  ) {
    let limit = Float(source.side) - 1.001
    for row in 0..<result.side {
      for column in 0..<result.side {
        let square = back.apply(Point(x: Float(column) + 0.5, y: Float(row) + 0.5))
        let place = toSource.apply(square + shift(x: square.x, y: square.y))
        let (x, y) = (max(0, min(limit, place.x - 0.5)), max(0, min(limit, place.y - 0.5)))
        let (left, top) = (Int(x), Int(y))
        let (fx, fy) = (x - Float(left), y - Float(top))
        let at = top * source.side + left
        let above = source.values[at] * (1 - fx) + source.values[at + 1] * fx
        let below =
          source.values[at + source.side] * (1 - fx) + source.values[at + source.side + 1] * fx
        result.values[row * result.side + column] +=
          share(square) * (above * (1 - fy) + below * fy)
      }
    }
  }
}
