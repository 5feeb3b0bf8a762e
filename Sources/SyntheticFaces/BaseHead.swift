import Foundation

/// The head without features: rings from crown to collar, each half an ellipse in front and half
/// behind, blended along the level by smooth curves.
///
/// Dimensions follow adult means of anthropometry (face 14 cm across the cheekbones, 19 cm from
/// brow to back of the head, 23 cm from chin to crown). Origin: between the eyes and the mouth,
/// at the depth of the corners of the eyes; x right, y down, z away, in centimetres.
struct BaseHead: Sendable {
  static let mean = BaseHead(shape: FaceShape())

  private static let frontY = SmoothCurve(rings.map { ($0.0, $0.1) })
  private static let sideY = SmoothCurve(rings.map { ($0.0, $0.2) })
  private static let backY = SmoothCurve(rings.map { ($0.0, $0.3) })
  private static let halfWidth = SmoothCurve(rings.map { ($0.0, $0.4) })
  private static let frontZ = SmoothCurve(rings.map { ($0.0, $0.5) })
  private static let middleZ = SmoothCurve(rings.map { ($0.0, $0.6) })
  private static let backZ = SmoothCurve(rings.map { ($0.0, $0.7) })
  let shape: FaceShape

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

  /// Half width of the ring at this level, in centimetres.
  func width(_ level: Float) -> Float {
    let t = level
    let face = 1 + 0.025 * shape.faceWidth * smoothstep(-14, -4, t) * smoothstep(10, 6, t)
    let jaw = 1 + 0.075 * shape.jawWidth * smoothstep(0.5, 6, t) * smoothstep(10, 8, t)
    let neck = 1 + 0.07 * shape.neckWidth * smoothstep(7.8, 10, t)
    let cheeks = 0.12 * shape.cheekbones * bump(t + 1.5, 1.8, 0, 1)
    return Self.halfWidth(t) * face * jaw * neck + cheeks
  }

  /// The point of the surface at this angle from the front (radians) and level.
  func point(azimuth: Float, level: Float) -> Vector {
    let sine = sin(azimuth)
    let cosine = cos(azimuth)
    let weight = pow(abs(cosine), 1.5)
    let side = Self.sideY(level)
    var front = Self.frontY(level)
    front += 0.28 * shape.chinLength * smoothstep(3, 6.5, level) * smoothstep(12, 8, level)
    front -= 0.35 * shape.foreheadHeight * bump(level + 13, 3, 0, 1)
    let middle = Self.middleZ(level)
    if cosine >= 0 {
      var z = Self.frontZ(level)
      z -= 0.3 * shape.chinForward * bump(level - 6.6, 1.5, 0, 1)
      z += 0.35 * shape.foreheadSlope * smoothstep(-6.5, -13, level) * smoothstep(-22, -14, level)
      return Vector(
        width(level) * sine, mix(side, front, weight), middle - (middle - z) * cosine)
    }
    return Vector(
      width(level) * sine, mix(side, Self.backY(level), weight),
      middle - (Self.backZ(level) - middle) * cosine)
  }
}

/// A curve over the levels of a head, blurred so that its bends do not show as bands of light.
private struct SmoothCurve: Sendable {
  private static let start: Float = -22
  private static let step: Float = 0.05
  private let values: [Float]

  init(_ knots: [(Float, Float)]) {
    let curve = Curve(knots)
    values = (0...800).map { i in
      let level = Self.start + Float(i) * Self.step
      // The crown and the collar keep their ends.
      let width = 0.8 * smoothstep(-21, -17, level) * smoothstep(18, 14, level)
      var sum: Float = 0
      var total: Float = 0
      for k in -12...12 {
        let away = Float(k) / 5
        let weight = exp(-0.5 * away * away)
        sum += weight * curve(level + away * width)
        total += weight
      }
      return sum / total
    }
  }

  func callAsFunction(_ level: Float) -> Float {
    let place = max(0, min(799.99, (level - Self.start) / Self.step))
    let i = Int(place)
    return mix(values[i], values[i + 1], place - Float(i))
  }
}
