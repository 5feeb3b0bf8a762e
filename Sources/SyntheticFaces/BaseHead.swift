import Foundation

/// The head without features: rings from crown to collar, each half an ellipse in front and half
/// behind, blended along the level by smooth curves.
///
/// Dimensions follow adult means of anthropometry (face 14 cm across the cheekbones, 19 cm from
/// brow to back of the head, 23 cm from chin to crown). Origin: between the eyes and the mouth,
/// at the depth of the corners of the eyes; x right, y down, z away, in centimetres.
struct BaseHead: Sendable {
  static let mean = BaseHead(shape: FaceShape())

  private let frontY: Curve
  private let sideY: Curve
  private let backY: Curve
  private let halfWidth: Curve
  private let frontZ: Curve
  private let middleZ: Curve
  private let backZ: Curve
  private let shape: FaceShape

  /// level, y in front, at the side, behind, half width, z in front, at the widest, behind.
  private static let rings: [(Float, Float, Float, Float, Float, Float, Float, Float)] = [
    (-22, -15.4, -15.4, -15.4, 0, 8, 8, 8),
    (-21, -15.2, -15.2, -15.2, 1.7, 6.1, 8, 10.2),
    (-20, -14.8, -14.9, -14.9, 3.0, 4.6, 8, 11.9),
    (-18, -13.7, -13.8, -13.9, 5.0, 2.4, 8, 14.6),
    (-15, -11.9, -12.0, -12.2, 6.6, 0.6, 8, 16.9),
    (-12, -9.9, -9.9, -10.2, 7.35, -0.5, 7.6, 17.9),
    (-9, -7.9, -7.9, -8, 7.6, -1.1, 7, 18.2),
    (-7, -6.7, -6.7, -6.5, 7.65, -1.2, 6.6, 18.1),
    (-6, -6, -6, -5.8, 7.6, -1.1, 6.3, 18),
    (-4, -4, -4, -4, 7.5, -0.6, 6, 17.4),
    (-1.5, -1.5, -1.5, -1.5, 7.35, -0.8, 6, 16.2),
    (0.6, 0.6, 0.5, 0.6, 7.15, -1.4, 6, 14.9),
    (2.8, 2.8, 2.1, 2.6, 6.8, -1.5, 6.2, 14),
    (4.4, 4.4, 3.1, 4, 6.4, -1.1, 6.5, 13.6),
    (6.2, 6.2, 4.1, 5.2, 5.9, -1.0, 6.8, 13.4),
    (7.4, 7.4, 4.9, 6, 5.55, -0.5, 7, 13.3),
    (8.2, 8, 5.7, 6.6, 5.2, 0.6, 7.4, 13.3),
    (9, 8.4, 6.8, 7.4, 5.0, 2.6, 8, 13.3),
    (10, 9.2, 8.2, 8.6, 5.0, 4.2, 8.6, 13.4),
    (12, 11, 10.4, 10.6, 5.1, 4.7, 9, 13.6),
    (15, 14, 13.6, 13.8, 5.4, 4.7, 9.2, 14),
    (18, 17, 16.8, 17, 6.6, 4.6, 9.2, 14.6),
  ]

  init(shape: FaceShape) {
    self.shape = shape
    let rings = BaseHead.rings
    frontY = Curve(rings.map { ($0.0, $0.1) })
    sideY = Curve(rings.map { ($0.0, $0.2) })
    backY = Curve(rings.map { ($0.0, $0.3) })
    halfWidth = Curve(rings.map { ($0.0, $0.4) })
    frontZ = Curve(rings.map { ($0.0, $0.5) })
    middleZ = Curve(rings.map { ($0.0, $0.6) })
    backZ = Curve(rings.map { ($0.0, $0.7) })
  }

  /// Half width of the ring at this level, in centimetres.
  func width(_ level: Float) -> Float {
    let t = level
    let face = 1 + 0.025 * shape.faceWidth * smoothstep(-14, -4, t) * smoothstep(10, 6, t)
    let jaw = 1 + 0.075 * shape.jawWidth * smoothstep(0.5, 6, t) * smoothstep(10, 8, t)
    let neck = 1 + 0.07 * shape.neckWidth * smoothstep(7.8, 10, t)
    let cheeks = 0.12 * shape.cheekbones * bump(t + 1.5, 1.8, 0, 1)
    return halfWidth(t) * face * jaw * neck + cheeks
  }

  /// The point of the surface at this angle from the front (radians) and level.
  func point(azimuth: Float, level: Float) -> Vector {
    let sine = sin(azimuth)
    let cosine = cos(azimuth)
    let weight = pow(abs(cosine), 1.5)
    let side = sideY(level)
    var front = frontY(level)
    front += 0.28 * shape.chinLength * smoothstep(3, 6.5, level) * smoothstep(12, 8, level)
    front -= 0.35 * shape.foreheadHeight * bump(level + 13, 3, 0, 1)
    let middle = middleZ(level)
    if cosine >= 0 {
      var z = frontZ(level)
      z -= 0.3 * shape.chinForward * bump(level - 6.6, 1.5, 0, 1)
      z += 0.35 * shape.foreheadSlope * smoothstep(-6.5, -13, level) * smoothstep(-22, -14, level)
      return Vector(
        width(level) * sine, mix(side, front, weight), middle - (middle - z) * cosine)
    }
    return Vector(
      width(level) * sine, mix(side, backY(level), weight),
      middle - (backZ(level) - middle) * cosine)
  }
}
