package import FaceCore
import Foundation

/// A square of luma that samples are composed on, 0 to 1.
package struct Canvas: Sendable {
  package let side: Int
  package var values: [Float]

  package init(side: Int, level: Float) {
    self.side = side
    values = [Float](repeating: level, count: side * side)
  }

  package init(_ picture: GrayImage) {
    precondition(picture.width == picture.height, "a canvas is square")
    side = picture.width
    values = picture.bytes.map { Float($0) / 255 }
  }

  /// Rounded to bytes.
  package var picture: GrayImage {
    GrayImage(
      width: side, height: side, bytes: values.map { UInt8(max(0, min(255, $0 * 255 + 0.5))) })
  }

  package mutating func mirror() {
    for row in 0..<side { values[row * side..<(row + 1) * side].reverse() }
  }

  package mutating func turnUpsideDown() { values.reverse() }

  /// Lays a portrait over what is there, seen through `transform` (pixels of the portrait to those
  /// of the canvas), its levels changed by `tone`.
  package mutating func draw(
    _ portrait: Portrait, by transform: AffineTransform, tone: (Float) -> Float = { $0 }
  ) {
    let table = (0..<256).map { tone(Float($0) / 255) }
    let scale = Float(transform.meanScale)
    var (luma, alpha, map) = (portrait.luma, portrait.alpha, transform)
    if scale < 1 {
      // Reduced first, so that nothing aliases.
      let whole = Box(x: 0, y: 0, width: Float(luma.width), height: Float(luma.height))
      let width = max(2, Int((Float(luma.width) * scale).rounded()))
      let height = max(2, Int((Float(luma.height) * scale).rounded()))
      map = AffineTransform(
        a: Double(luma.width) / Double(width), b: 0, tx: 0, c: 0,
        d: Double(luma.height) / Double(height), ty: 0
      ).then(transform)
      luma = luma.resampled(from: whole, width: width, height: height)
      alpha = alpha.resampled(from: whole, width: width, height: height)
    }
    let corners = [(0, 0), (1, 0), (0, 1), (1, 1)].map {
      map.apply(Point(x: Float($0.0 * luma.width), y: Float($0.1 * luma.height)))
    }
    let box = Box(around: corners)
    let limit = Float(side)
    let rows =
      Int(max(0, min(limit, box.y)))..<Int(max(0, min(limit, (box.y + box.height).rounded(.up))))
    let columns =
      Int(max(0, min(limit, box.x)))..<Int(max(0, min(limit, (box.x + box.width).rounded(.up))))
    let back = map.inverse
    let (width, height) = (luma.width, luma.height)
    luma.bytes.withUnsafeBufferPointer { luma in
      alpha.bytes.withUnsafeBufferPointer { alpha in
        table.withUnsafeBufferPointer { table in
          values.withUnsafeMutableBufferPointer { values in
            for row in rows {
              for column in columns {
                let (px, py) = (Double(column) + 0.5, Double(row) + 0.5)
                let x = Float(back.a * px + back.b * py + back.tx) - 0.5
                let y = Float(back.c * px + back.d * py + back.ty) - 0.5
                guard x >= 0, y >= 0, x < Float(width - 1), y < Float(height - 1) else { continue }
                let (left, top) = (Int(x), Int(y))
                let (u, v) = (x - Float(left), y - Float(top))
                let at = top * width + left
                func mix(_ a: Float, _ b: Float, _ c: Float, _ d: Float) -> Float {
                  (a + (b - a) * u) * (1 - v) + (c + (d - c) * u) * v
                }
                let cover =
                  mix(
                    Float(alpha[at]), Float(alpha[at + 1]), Float(alpha[at + width]),
                    Float(alpha[at + width + 1])) / 255
                guard cover > 0 else { continue }
                let level = mix(
                  table[Int(luma[at])], table[Int(luma[at + 1])], table[Int(luma[at + width])],
                  table[Int(luma[at + width + 1])])
                let place = row * side + column
                values[place] += (level - values[place]) * cover
              }
            }
          }
        }
      }
    }
  }

  /// Fills an ellipse, or the box around it, turned by `angle` in radians.
  package mutating func fill(
    ellipse center: Point, radii: (Float, Float), angle: Float, level: Float, cover: Float = 1,
    isBox: Bool = false, hole: Float = 0
  ) {
    let reach = max(radii.0, radii.1) * (isBox ? 1.42 : 1) + 1
    let (c, s) = (cos(angle), sin(angle))
    func limited(_ value: Float) -> Int { Int(max(0, min(Float(side), value))) }
    for row in limited(center.y - reach)..<limited(center.y + reach) {
      for column in limited(center.x - reach)..<limited(center.x + reach) {
        let (dx, dy) = (Float(column) + 0.5 - center.x, Float(row) + 0.5 - center.y)
        let (u, v) = (abs(dx * c + dy * s) / radii.0, abs(dy * c - dx * s) / radii.1)
        let far = isBox ? max(u, v) : (u * u + v * v).squareRoot()
        // A rim of a pixel is soft.
        let soft = min(radii.0, radii.1)
        let inside = min(1, max(0, (1 - far) * soft + 0.5))
        let outside = hole > 0 ? min(1, max(0, (far - hole) * soft + 0.5)) : 1
        let share = inside * outside * cover
        if share > 0 {
          values[row * side + column] += (level - values[row * side + column]) * share
        }
      }
    }
  }

  /// A line of `width` pixels.
  package mutating func line(from a: Point, to b: Point, width: Float, level: Float) {
    let length = max(0.1, a.distance(to: b))
    fill(
      ellipse: (a + b) * 0.5, radii: (length / 2, width / 2), angle: atan2(b.y - a.y, b.x - a.x),
      level: level, isBox: true)
  }

  /// Multiplies by a ramp across the canvas in the direction of `angle`, in radians.
  package mutating func shade(angle: Float, from: Float, to: Float) {
    let (c, s) = (cos(angle), sin(angle))
    for row in 0..<side {
      for column in 0..<side {
        let u = (Float(column) / Float(side) - 0.5) * c + (Float(row) / Float(side) - 0.5) * s
        values[row * side + column] *= from + (to - from) * min(1, max(0, u + 0.5))
      }
    }
  }
}
