import FaceCore
import Foundation

/// Something before a face: where it is, and how it looks.
struct Occluder {
  /// How much of each pixel it covers, 0 to 1.
  private(set) var mask: Canvas
  private let paint: Canvas

  /// What is held, worn or in the way.
  private enum Kind: CaseIterable {
    case hand, thing, bar, wall, mouth, eyes, writing
  }

  /// A chance thing before this face, in pixels of a square of `side`, which may reach beyond it or, as
  /// life has it, not reach it at all.
  ///
  /// `skin` is the face's mean level, for hands.
  init(
    before face: Landmarks, side: Int, skin: Float, backgrounds: Backgrounds,
    using generator: inout SeededGenerator
  ) {
    let kind = Kind.allCases[Int.random(in: 0..<Kind.allCases.count, using: &generator)]
    mask = Canvas(side: side, level: 0)
    let pencil = Pencil(face: face)
    switch kind {
    case .hand: pencil.hand(on: &mask, using: &generator)
    case .thing: pencil.thing(on: &mask, using: &generator)
    case .bar: pencil.bar(on: &mask, using: &generator)
    case .wall: pencil.wall(on: &mask, using: &generator)
    case .mouth: pencil.maskOverMouth(on: &mask, using: &generator)
    case .eyes: pencil.darkGlasses(on: &mask, using: &generator)
    case .writing: pencil.writing(on: &mask, using: &generator)
    }
    paint = Self.paint(kind, side: side, skin: skin, backgrounds, using: &generator)
  }

  /// What the thing looks like all over the square.
  private static func paint(
    _ kind: Kind, side: Int, skin: Float, _ backgrounds: Backgrounds,
    using generator: inout SeededGenerator
  ) -> Canvas {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    let ramp = (uniform(0...(2 * .pi)), uniform(0.6...1), uniform(1...1.4))
    func flat(_ level: Float) -> Canvas {
      var canvas = Canvas(side: side, level: min(1, level))
      canvas.shade(angle: ramp.0, from: ramp.1, to: ramp.2)
      return canvas
    }
    switch kind {
    case .hand: return flat(skin * uniform(0.65...1.3))
    case .eyes: return flat(uniform(0.02...0.3))
    case .writing: return flat(uniform(0...1) < 0.8 ? uniform(0.8...1) : uniform(0...0.2))
    case .mouth where uniform(0...1) < 0.6: return flat(uniform(0.05...0.95))
    default:
      // As often plain as with a pattern, and like skin now and then: an arm, someone else's shoulder.
      let chance = uniform(0...1)
      if chance < 0.5 { return backgrounds.square(side, using: &generator) }
      return flat(chance < 0.65 ? skin * uniform(0.6...1.3) : uniform(0.02...0.95))
    }
  }

  /// Lays it over the face, with the shadow it throws now and then.
  func cover(_ canvas: inout Canvas, using generator: inout SeededGenerator) {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    if uniform(0...1) < 0.4 { canvas.multiply(where: mask.blurred, by: uniform(0.5...0.9)) }
    for index in canvas.values.indices {
      canvas.values[index] += (paint.values[index] - canvas.values[index]) * mask.values[index]
    }
  }
}

extension Canvas {
  /// Multiplies by `level` where the mask is 1.
  mutating func multiply(where mask: Canvas, by level: Float) {
    for index in values.indices { values[index] *= 1 + (level - 1) * mask.values[index] }
  }

  /// Soft over an eighth of the side.
  var blurred: Canvas {
    var canvas = self
    canvas.soften(to: 8 / Float(side))
    return canvas
  }
}

/// Draws the shapes of things in proportion to a face.
private struct Pencil {
  let face: Landmarks
  /// The root of the face's area, in pixels.
  private let size: Float
  private let center: Point

  init(face: Landmarks) {
    self.face = face
    size = max(4, face.box.area.squareRoot())
    center = face.box.center
  }

  private func chance(_ range: ClosedRange<Float>, _ generator: inout SeededGenerator) -> Float {
    .random(in: range, using: &generator)
  }

  /// A place on the face.
  private func place(_ generator: inout SeededGenerator) -> Point {
    let spread = 0.5 * size
    return center
      + Point(
        x: chance(-spread...spread, &generator), y: chance(-spread...spread, &generator))
  }

  /// Up to five fingers side by side, with the palm now and then.
  func hand(on mask: inout Canvas, using generator: inout SeededGenerator) {
    let tip = place(&generator)
    let angle = chance(0...(2 * .pi), &generator)
    let (along, across) = (
      Point(x: cos(angle), y: sin(angle)), Point(x: -sin(angle), y: cos(angle))
    )
    let width = chance(0.09...0.17, &generator) * size
    let count = Int(chance(1...5.9, &generator))
    for finger in 0..<count {
      let shift = across * ((Float(finger) - Float(count - 1) / 2) * width * 1.08)
      let end = tip + shift + along * (chance(-0.15...0.15, &generator) * size)
      let length = chance(0.5...1.1, &generator) * size
      mask.line(from: end, to: end + along * length, width: width, level: 1)
      mask.fill(
        ellipse: end, radii: (width / 2, width / 2), angle: 0, level: 1)
    }
    if chance(0...1, &generator) < 0.6 {
      let palm = tip + along * (chance(0.6...1, &generator) * size)
      let half = max(Float(count) * width * 0.62, 0.25 * size)
      mask.fill(ellipse: palm, radii: (half, half * 1.1), angle: angle, level: 1)
    }
  }

  /// One to three ellipses or boxes: a cup, a telephone, a microphone, food.
  func thing(on mask: inout Canvas, using generator: inout SeededGenerator) {
    let middle = place(&generator)
    for _ in 0..<Int(chance(1...3.9, &generator)) {
      let off = Point(
        x: chance(-0.2...0.2, &generator) * size, y: chance(-0.2...0.2, &generator) * size)
      mask.fill(
        ellipse: middle + off,
        radii: (
          chance(0.07...0.4, &generator) * size, chance(0.07...0.4, &generator) * size
        ),
        angle: chance(0...3.2, &generator), level: 1, isBox: chance(0...1, &generator) < 0.45)
    }
  }

  /// A lock of hair, a stand, an arm: something long.
  func bar(on mask: inout Canvas, using generator: inout SeededGenerator) {
    let (middle, angle) = (place(&generator), chance(0...3.2, &generator))
    let reach = Point(x: cos(angle), y: sin(angle)) * (2 * size)
    mask.line(
      from: middle - reach, to: middle + reach, width: chance(0.06...0.35, &generator) * size,
      level: 1)
  }

  /// All from a line on: a door, a shoulder, the back of someone's head.
  func wall(on mask: inout Canvas, using generator: inout SeededGenerator) {
    let angle = chance(0...(2 * .pi), &generator)
    let out = Point(x: cos(angle), y: sin(angle))
    let radius = chance(0.8...4, &generator) * size
    let edge = chance(-0.05...0.5, &generator) * size
    mask.fill(
      ellipse: center + out * (edge + radius), radii: (radius, radius), angle: angle, level: 1,
      isBox: chance(0...1, &generator) < 0.5)
  }

  /// From the nose down to the chin.
  func maskOverMouth(on mask: inout Canvas, using generator: inout SeededGenerator) {
    let (nose, chin) = (face[29], face[8])
    let middle = (nose + chin) * 0.5
    let down = chin - nose
    let height = max(2, nose.distance(to: chin) * chance(0.4...0.6, &generator))
    let width = max(2, face[3].distance(to: face[13]) * chance(0.42...0.6, &generator))
    mask.fill(
      ellipse: middle, radii: (height, width), angle: atan2(down.y, down.x), level: 1,
      isBox: chance(0...1, &generator) < 0.3)
  }

  func darkGlasses(on mask: inout Canvas, using generator: inout SeededGenerator) {
    let eyes = [face.mean(of: Landmarks.leftEye), face.mean(of: Landmarks.rightEye)]
    let across = eyes[1] - eyes[0]
    let angle = atan2(across.y, across.x)
    let drop = ((eyes[0] + eyes[1]) * 0.5).distance(to: face.mean(of: Landmarks.outerLips))
    let (wide, high) = (chance(1.1...1.7, &generator), chance(0.24...0.42, &generator) * drop)
    let isBox = chance(0...1, &generator) < 0.5
    for (eye, ends) in [(36, 39), (42, 45)].enumerated() {
      let half = max(0.15 * drop, face[ends.0].distance(to: face[ends.1]) / 2 * wide)
      mask.fill(
        ellipse: eyes[eye], radii: (half, high), angle: angle, level: 1,
        cover: 1, isBox: isBox)
    }
    mask.line(from: eyes[0], to: eyes[1], width: 0.12 * drop, level: 1)
  }

  /// A line or two of letters.
  func writing(on mask: inout Canvas, using generator: inout SeededGenerator) {
    let height = chance(0.07...0.2, &generator) * size
    var baseline = place(&generator).y
    for _ in 0..<Int(chance(1...2.9, &generator)) {
      var x = center.x - chance(0.3...1.2, &generator) * size
      while x < center.x + chance(0.4...1.2, &generator) * size {
        let wide = chance(0.25...0.8, &generator) * height
        mask.line(
          from: Point(x: x, y: baseline), to: Point(x: x, y: baseline - height),
          width: max(1, 0.25 * height), level: 1)
        if chance(0...1, &generator) < 0.6 {
          mask.line(
            from: Point(x: x, y: baseline - chance(0...1, &generator) * height),
            to: Point(x: x + wide, y: baseline - chance(0...1, &generator) * height),
            width: max(1, 0.25 * height), level: 1)
        }
        x += wide + 0.3 * height
      }
      baseline += 1.4 * height
    }
  }
}
