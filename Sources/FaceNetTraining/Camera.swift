import FaceCore
import Foundation
import Media

/// What stands between a scene and the pixels of a video: exposure, blur, motion, noise, compression.
enum Camera {
  /// Takes the picture of a scene with a chance camera.
  static func shoot(_ scene: Canvas, using generator: inout SeededGenerator) -> Canvas {
    var canvas = scene
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    if uniform(0...1) < 0.3 {
      canvas.shade(
        angle: uniform(0...(2 * .pi)), from: uniform(0.3...1), to: uniform(1...1.6))
    }
    if uniform(0...1) < 0.35 { canvas.soften(to: uniform(0.3...1)) }
    if uniform(0...1) < 0.12 {
      canvas.move(by: uniform(2...8), angle: uniform(0...(2 * .pi)))
    }
    if uniform(0...1) < 0.85 {
      let (gamma, gain) = (exp(uniform(-0.5...0.5)), uniform(0.5...1.3))
      let base = uniform(0...1) < 0.3 ? uniform(0...0.25) : 0
      canvas.change { base + (1 - base) * gain * pow(max(0, $0), gamma) }
    }
    // Low light: little signal and much noise.
    let isDark = uniform(0...1) < 0.05
    if isDark {
      let gain = uniform(0.1...0.4)
      canvas.change { $0 * gain }
    }
    if isDark || uniform(0...1) < 0.35 {
      canvas.addNoise(deviation: uniform(0.004...0.035), using: &generator)
    }
    if uniform(0...1) < 0.25 { canvas.compress(quality: Int(uniform(12...70))) }
    return canvas
  }
}

extension Canvas {
  mutating func change(_ curve: (Float) -> Float) {
    let table = (0...1023).map { min(1.2, max(0, curve(Float($0) / 1023))) }
    for index in values.indices {
      values[index] = table[Int(max(0, min(1023, values[index] * 1023)))]
    }
  }

  /// Loses what is finer than `scale` of the pixels.
  mutating func soften(to scale: Float) {
    let less = max(8, Int(Float(side) * scale))
    let whole = Box(x: 0, y: 0, width: Float(side), height: Float(side))
    let small = picture.resampled(from: whole, width: less, height: less)
    let back = Box(x: 0, y: 0, width: Float(less), height: Float(less))
    self = Canvas(small.resampled(from: back, width: side, height: side))
  }

  /// The mean along a line of `length` pixels: motion blur.
  mutating func move(by length: Float, angle: Float) {
    let steps = max(2, Int(length))
    let shifts = (0..<steps).map { step -> (x: Int, y: Int) in
      let along = (Float(step) / Float(steps - 1) - 0.5) * length
      return (Int((along * cos(angle)).rounded()), Int((along * sin(angle)).rounded()))
    }
    var result = [Float](repeating: 0, count: values.count)
    for shift in shifts {
      for row in 0..<side {
        let from = min(side - 1, max(0, row + shift.y)) * side
        for column in 0..<side {
          result[row * side + column] += values[from + min(side - 1, max(0, column + shift.x))]
        }
      }
    }
    let share = 1 / Float(steps)
    values = result.map { $0 * share }
  }

  mutating func addNoise(deviation: Float, using generator: inout SeededGenerator) {
    // The sum of four bytes is nearly normal, deviation 148.
    let scale = deviation / 148
    for index in stride(from: 0, to: values.count, by: 2) {
      let bits = generator.next()
      for half in 0..<min(2, values.count - index) {
        let part = UInt32(truncatingIfNeeded: bits >> UInt64(32 * half))
        let sum = (part & 255) + (part >> 8 & 255) + (part >> 16 & 255) + (part >> 24)
        values[index + half] += (Float(sum) - 510) * scale
      }
    }
  }

  mutating func compress(quality: Int) {
    let gray = picture
    let image = Image(
      width: side, height: side, bytes: gray.bytes.flatMap { [$0, $0, $0] })
    // What was just encoded can be decoded; if not, the picture stays as it is.
    guard let bytes = try? JPEG.encode(image, quality: quality, sampling: .half),
      let decoded = try? JPEG.decode(bytes)
    else { return }
    self = Canvas(GrayImage(decoded))
  }
}

/// Things that people wear or hold before their faces.
enum Accessories {
  /// Draws glasses now and then, then something held before the face now and then.
  static func draw(
    on canvas: inout Canvas, face: Landmarks, visible: [Bool],
    using generator: inout SeededGenerator
  ) {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    if uniform(0...1) < 0.2 {
      drawGlasses(on: &canvas, face: face, visible: visible, using: &generator)
    }
    if uniform(0...1) < 0.15 {
      let box = face.box
      let size = (box.area).squareRoot()
      let center = Point(
        x: box.center.x + uniform(-0.6...0.6) * size,
        y: box.center.y + uniform(0...0.75) * size)
      canvas.fill(
        ellipse: center, radii: (uniform(0.06...0.3) * size, uniform(0.06...0.3) * size),
        angle: uniform(0...3), level: uniform(0.05...0.9), isBox: uniform(0...1) < 0.3)
    }
  }

  /// Dark lenses only where `mayBeDark`.
  static func drawGlasses(
    on canvas: inout Canvas, face: Landmarks, visible: [Bool], mayBeDark: Bool = true,
    using generator: inout SeededGenerator
  ) {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    let eyes = [face.mean(of: Landmarks.leftEye), face.mean(of: Landmarks.rightEye)]
    let mouth = face.mean(of: Landmarks.outerLips)
    let drop = ((eyes[0] + eyes[1]) * 0.5).distance(to: mouth)
    let across = eyes[1] - eyes[0]
    let angle = atan2(across.y, across.x)
    let (frame, lens) = (
      uniform(0...1) < 0.75 ? uniform(0...0.25) : uniform(0.5...0.9), uniform(0...0.3)
    )
    let (isSun, isBox) = (uniform(0...1) < 0.35 && mayBeDark, uniform(0...1) < 0.5)
    let (wide, high) = (uniform(1.05...1.5), uniform(0.24...0.36) * drop)
    let thickness = max(0.6, uniform(0.02...0.07) * drop)
    let corners = [(36, 39, 0), (42, 45, 16)]
    for (eye, ends) in corners.enumerated() where visible[ends.0] || visible[ends.1] {
      let half = max(0.12 * drop, face[ends.0].distance(to: face[ends.1]) / 2 * wide)
      let middle = eyes[eye]
      if isSun {
        canvas.fill(
          ellipse: middle, radii: (half, high), angle: angle, level: lens,
          cover: uniform(0.7...1), isBox: isBox)
      }
      canvas.fill(
        ellipse: middle, radii: (half + thickness / 2, high + thickness / 2), angle: angle,
        level: frame, isBox: isBox, hole: 1 - thickness / max(1, min(half, high)))
      if visible[ends.2] {
        let outer = eye == 0 ? face[36] : face[45]
        canvas.line(from: outer, to: face[ends.2], width: thickness, level: frame)
      }
    }
    if visible[39] && visible[42] {
      canvas.line(from: face[39], to: face[42], width: thickness, level: frame)
    }
  }
}
