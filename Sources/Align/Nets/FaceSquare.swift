package import FaceCore
import Foundation

/// The upright square about a face that the landmark network sees, set by five points alone.
///
/// Its side follows the distance from eyes to mouth, which a turn to the side leaves as it is, or that of
/// the eyes, which a nod leaves: the square is a third larger than the head in any pose.
package struct FaceSquare: Hashable, Sendable {
  /// In pixels of the picture.
  package var center: Point
  package var side: Float
  /// Clockwise on screen, in radians.
  package var roll: Float

  package init(center: Point, side: Float, roll: Float) {
    (self.center, self.side, self.roll) = (center, side, roll)
  }

  /// From the points of `fivePoints(of:)`.
  package init(around points: [Point]) {
    let eyes = (points[0] + points[1]) * 0.5
    let mouth = (points[3] + points[4]) * 0.5
    let up = eyes - mouth
    let size = max(eyes.distance(to: mouth), points[0].distance(to: points[1]), 1)
    self.init(center: (eyes + mouth) * 0.5, side: 3.2 * size, roll: atan2(up.x, -up.y))
  }

  /// That of an upright face, from the detector's box alone.
  package init(around box: Box) {
    self.init(center: box.center, side: 1.4 * box.area.squareRoot(), roll: 0)
  }

  /// Whether centre and side are another's but for a share of the side.
  func isNear(_ other: FaceSquare, within share: Float) -> Bool {
    center.distance(to: other.center) < share * side && abs(side - other.side) < share * side
  }

  /// Pixels of the picture to those of the square at `pixels` across.
  package func transform(pixels: Int) -> FaceCore.AffineTransform {
    FaceCore.AffineTransform.translation(x: -Double(center.x), y: -Double(center.y))
      .then(.rotation(-Double(roll)))
      .then(.scale(Double(pixels) / Double(side)))
      .then(.translation(x: Double(pixels) / 2, y: Double(pixels) / 2))
  }

  /// What it shows, `pixels` across; what is beyond the picture's edge repeats it.
  package func picture(of whole: GrayImage, pixels: Int) -> GrayImage {
    // The upright box around it, at its scale, so that nothing aliases; then turned.
    let reach = side / 2 * (abs(cos(roll)) + abs(sin(roll))) + 2 * side / Float(pixels)
    let box = Box(x: center.x - reach, y: center.y - reach, width: 2 * reach, height: 2 * reach)
    let size = max(2, Int((2 * reach * Float(pixels) / side).rounded()))
    let upright = whole.resampled(from: box, width: size, height: size)
    let scale = Float(size) / (2 * reach)
    let step = side / Float(pixels) * scale
    let (c, s) = (cos(roll) * step, sin(roll) * step)
    let middle = Float(size) / 2
    let from = upright.bytes.span
    var bytes = [UInt8](repeating: 0, count: pixels * pixels)
    var to = bytes.mutableSpan
    for row in 0..<pixels {
      let v = Float(row) + 0.5 - Float(pixels) / 2
      for column in 0..<pixels {
        let u = Float(column) + 0.5 - Float(pixels) / 2
        let x = max(0, min(Float(size) - 1.001, middle + c * u - s * v - 0.5))
        let y = max(0, min(Float(size) - 1.001, middle + s * u + c * v - 0.5))
        let (left, top) = (Int(x), Int(y))
        let (fx, fy) = (x - Float(left), y - Float(top))
        let at = top * size + left
        let above = Float(from[at]) * (1 - fx) + Float(from[at + 1]) * fx
        let below = Float(from[at + size]) * (1 - fx) + Float(from[at + size + 1]) * fx
        to[row * pixels + column] = UInt8(above * (1 - fy) + below * fy + 0.5)
      }
    }
    return GrayImage(width: pixels, height: pixels, bytes: bytes)
  }
}
