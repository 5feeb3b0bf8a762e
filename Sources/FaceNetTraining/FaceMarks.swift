import FaceCore
import Foundation

/// What a face has of its own that looks like something before it: beards, teeth, open mouths, sweat.
struct FaceMarks {
  let face: Landmarks
  /// The root of the face's area, in pixels.
  private let size: Float

  init(of face: Landmarks) {
    self.face = face
    size = max(4, face.box.area.squareRoot())
  }

  /// Draws each now and then.
  func draw(on canvas: inout Canvas, using generator: inout SeededGenerator) {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    if uniform(0...1) < 0.15 { openMouth(on: &canvas, using: &generator) }
    if uniform(0...1) < 0.2 { teeth(on: &canvas, using: &generator) }
    if uniform(0...1) < 0.25 { beard(on: &canvas, using: &generator) }
    if uniform(0...1) < 0.2 { shine(on: &canvas, using: &generator) }
  }

  private func angle(_ from: Point, _ to: Point) -> Float { atan2(to.y - from.y, to.x - from.x) }

  /// A moustache, or hair all around the mouth, lighter or darker than the skin.
  private func beard(on canvas: inout Canvas, using generator: inout SeededGenerator) {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    var mask = Canvas(side: canvas.side, level: 0)
    let mouth = face.mean(of: Landmarks.outerLips)
    let turn = angle(face[48], face[54])
    let wide = max(0.1 * size, face[48].distance(to: face[54]))
    if uniform(0...1) < 0.7 {
      let lip = (face[33] + face[51]) * 0.5
      mask.fill(
        ellipse: lip,
        radii: (
          wide * uniform(0.4...0.75), max(1, face[33].distance(to: face[51]) * uniform(0.35...0.8))
        ), angle: turn, level: 1, isBox: uniform(0...1) < 0.4)
    }
    if uniform(0...1) < 0.6 {
      let chin = (face[57] + face[8]) * 0.5
      let high = max(1.5, face[57].distance(to: face[8]))
      mask.fill(
        ellipse: chin, radii: (wide * uniform(0.3...1.1), high * uniform(0.4...0.9)), angle: turn,
        level: 1)
    }
    if uniform(0...1) < 0.3 {
      // Down the cheeks, with the mouth left free.
      let jaw = face[3].distance(to: face[13]) / 2
      mask.fill(
        ellipse: mouth, radii: (max(2, jaw), max(2, mouth.distance(to: face[8]) * 1.1)),
        angle: turn, level: 1, hole: uniform(0.55...0.85))
    }
    if uniform(0...1) < 0.5 { mask.soften(to: uniform(0.3...0.8)) }
    let (level, cover) = (
      uniform(0...1) < 0.8 ? uniform(0...0.3) : uniform(0.6...1), uniform(0.3...1)
    )
    let grain = uniform(0...0.12)
    for index in canvas.values.indices where mask.values[index] > 0 {
      let hair = level + grain * Float(generator.nextGaussian())
      canvas.values[index] += (hair - canvas.values[index]) * mask.values[index] * cover
    }
  }

  /// As dark as a mouth is inside, down toward the chin, with a tongue now and then.
  private func openMouth(on canvas: inout Canvas, using generator: inout SeededGenerator) {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    let (lips, chin) = (face.mean(of: Landmarks.outerLips), face[8])
    let down = chin - lips
    let middle = lips + down * uniform(0...0.35)
    let turn = angle(face[48], face[54])
    let half = max(1, face[48].distance(to: face[54]) / 2 * uniform(0.4...0.9))
    let high = max(1, lips.distance(to: chin) * uniform(0.2...0.5))
    canvas.fill(
      ellipse: middle, radii: (half, high), angle: turn, level: uniform(0.02...0.3),
      cover: uniform(0.7...1))
    guard uniform(0...1) < 0.4 else { return }
    canvas.fill(
      ellipse: middle + down * 0.15, radii: (half * 0.7, high * 0.5), angle: turn,
      level: uniform(0.3...0.6))
  }

  /// A bright bar between the lips, of a laugh.
  private func teeth(on canvas: inout Canvas, using generator: inout SeededGenerator) {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    let gap = face[62].distance(to: face[66])
    let half = max(1, face[60].distance(to: face[64]) / 2 * uniform(0.6...1))
    canvas.fill(
      ellipse: (face[62] + face[66]) * 0.5, radii: (half, max(0.8, gap * uniform(0.3...0.55))),
      angle: angle(face[48], face[54]), level: uniform(0.7...1))
  }

  /// Up to four soft bright spots.
  private func shine(on canvas: inout Canvas, using generator: inout SeededGenerator) {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    var mask = Canvas(side: canvas.side, level: 0)
    let box = face.box
    for _ in 0..<Int(uniform(1...4.9)) {
      mask.fill(
        ellipse: Point(
          x: box.x + uniform(0...1) * box.width, y: box.y + uniform(-0.1...0.9) * box.height),
        radii: (uniform(0.05...0.25) * size, uniform(0.03...0.15) * size), angle: uniform(0...3),
        level: 1)
    }
    mask.soften(to: uniform(0.2...0.6))
    canvas.multiply(where: mask, by: uniform(1.2...2.2))
  }
}
