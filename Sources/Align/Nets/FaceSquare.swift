package import FaceCore
import func Foundation.atan2

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

  /// Pixels of the picture to those of the square at `pixels` across.
  package func transform(pixels: Int) -> AffineTransform {
    AffineTransform.translation(x: -Double(center.x), y: -Double(center.y))
      .then(.rotation(-Double(roll)))
      .then(.scale(Double(pixels) / Double(side)))
      .then(.translation(x: Double(pixels) / 2, y: Double(pixels) / 2))
  }
}
