import Foundation

/// One person's head at rest: a position for every vertex of the grid, with the eyes' slits closed.
struct HeadShape: Sendable {
  /// In centimetres, head frame of `BaseHead`.
  ///
  /// Rims are left to the deformation.
  var positions: [Vector]
  var leftEye: EyeShape
  var rightEye: EyeShape

  init(_ shape: FaceShape) {
    let grid = HeadGrid.shared
    let base = BaseHead(shape: shape)
    let features = FaceFeatures(shape: shape)
    positions = (0..<grid.vertexCount).map { i in
      let chart = grid.chart[i]
      let azimuth = grid.azimuth[i]
      let point = base.point(azimuth: azimuth, level: chart.y)
      let front = smoothstep(1.55, 1.25, abs(azimuth))
      guard front > 0 else { return point }
      return point + features.displacement(s: chart.x, t: chart.y) * front
    }
    leftEye = EyeShape(shape: shape, side: -1)
    rightEye = EyeShape(shape: shape, side: 1)
  }

  /// This head with the face of another where the weight is 1.
  func blended(with other: HeadShape, weights: [Float]) -> HeadShape {
    var result = other
    for i in positions.indices {
      result.positions[i] = mix(positions[i], other.positions[i], weights[i])
    }
    return result
  }
}

/// An eyeball and the opening of its lids.
struct EyeShape: Sendable {
  /// −1 at image left, 1 at image right.
  var side: Float
  /// In centimetres, head frame.
  var center: Vector
  /// In centimetres.
  var radius: Float
  /// How far the lids stand from the line between the corners, in centimetres.
  var upper: Float
  var lower: Float

  init(shape: FaceShape, side: Float) {
    self.side = side
    let scale = 1 + 0.07 * shape.eyeSize
    radius = 1.26 * (1 + 0.03 * shape.eyeSize)
    center = Vector(
      side * (3.22 + 0.2 * shape.eyeSpacing), -4.02, 1.3 + 0.1 * shape.eyeDepth)
    upper = (0.47 + 0.08 * shape.eyeOpening) * scale
    lower = (0.37 + 0.03 * shape.eyeOpening) * scale
  }
}

/// The features of a face as displacements of the base head, functions of the chart position.
struct FaceFeatures: Sendable {
  let shape: FaceShape

  private static let noseHeight = Curve([
    (-5.6, 0), (-4.9, 0.2), (-4.2, 0.5), (-3.2, 1.15), (-2.2, 1.9), (-1.3, 2.6), (-0.75, 2.85),
    (-0.25, 2.55), (0.2, 1.75), (0.6, 0.9), (1.0, 0.25), (1.5, 0),
  ])
  private static let noseHalf = Curve([
    (-5.2, 0.75), (-4.2, 0.56), (-3.2, 0.6), (-2.2, 0.68), (-1.3, 0.82), (-0.5, 0.92), (0.3, 0.86),
    (1.2, 0.7),
  ])

  /// Centimetres to add to the base head, head frame.
  func displacement(s: Float, t: Float) -> Vector {
    let side: Float = s < 0 ? -1 : 1
    let a = abs(s)
    var forward = brow(a, t) + cheeks(a, t) + mouth(a, t) + chin(a, t)
    forward += nose(a, t)
    var shift = warp(a, t)
    shift.x *= side
    return Vector(shift.x, shift.y, -forward)
  }

  private func brow(_ a: Float, _ t: Float) -> Float {
    let ridge = bump(a - 2.6, 1.9, t + 5.75 - 0.04 * a, 0.6)
    let socket = bump(a - 3.1, 1.25, t + 3.95, 0.75)
    let root = bump(a - 1.55, 0.55, t + 4.2, 0.75)
    let outer = bump(a - 4.8, 0.6, t + 4.2, 0.9)
    let pouch = bump(a - 3.0, 1.1, t + 2.75, 0.35)
    return (0.34 + 0.16 * shape.browRidge) * ridge + 0.12 * bump(a, 1, t + 6, 0.6)
      - (0.78 + 0.12 * shape.eyeDepth) * socket - (0.42 + 0.1 * shape.eyeDepth) * root
      - 0.25 * outer + 0.06 * pouch
  }

  private func nose(_ a: Float, _ t: Float) -> Float {
    let half = FaceFeatures.noseHalf(t) * (1 + 0.12 * shape.noseWidth * smoothstep(-3.5, -0.5, t))
    let across = a / half
    let cross = 1 / (1 + across * across * (0.5 + 0.75 * across * across))
    let fade = smoothstep(2.6, 1.5, a)
    var height = FaceFeatures.noseHeight(t)
    height += 0.3 * shape.noseBridge * bump(t + 3.0, 0.9, 0, 1)
    height *= 0.87 + 0.04 * shape.noseLength
    let ball = (0.18 + 0.2 * shape.noseTip) * bump(a, 0.75, t + 0.7, 0.5)
    let wing = (0.85 + 0.1 * shape.noseWidth) * bump(a - 1.28, 0.36, t + 0.1, 0.42)
    let nostril = 0.65 * bump(a - 0.62, 0.26, t - 0.42, 0.15)
    let crease = 0.16 * bump(a - 1.72, 0.18, t + 0.15, 0.45)
    return height * cross * fade + ball + wing - nostril - crease
  }

  private func cheeks(_ a: Float, _ t: Float) -> Float {
    let bone = bump(a - 4.7, 1.3, t + 1.9, 1.1)
    let apple = bump(a - 3.4, 1.3, t + 0.4, 1.4)
    let hollow = bump(a - 4.9, 1.2, t - 2.4, 1.5)
    // The fold runs from the wing of the nose to beside the corner of the mouth.
    let along = (t + 0.1) / 2.9
    let fold = bump(a - (1.95 + 1.45 * along), 0.3, along - 0.45, 0.45)
    return (0.22 + 0.22 * shape.cheekbones) * bone + (0.3 + 0.16 * shape.cheekFullness) * apple
      - (0.2 - 0.18 * shape.cheekFullness) * hollow - 0.1 * fold
  }

  private func mouth(_ a: Float, _ t: Float) -> Float {
    let q = a / HeadGrid.mouthHalf
    let across = pow(max(0, 1 - q * q), 0.7)
    let muzzle = 0.24 * bump(a, 2.3, t - 2.4, 1.7)
    let upper = (0.4 + 0.12 * shape.upperLip) * across * bump(t - 2.42, 0.36, 0, 1)
    let lower = (0.5 + 0.12 * shape.lowerLip) * across * bump(t - 3.3, 0.42, 0, 1)
    let corner = 0.22 * bump(a - 2.95, 0.4, t - 2.85, 0.4)
    let philtrum = 0.1 * bump(a, 0.2, t - 1.45, 0.4) - 0.07 * bump(a - 0.42, 0.16, t - 1.5, 0.4)
    let sulcus = 0.3 * bump(a, 1.5, t - 4.5, 0.38)
    let press = 0.14 * across * bump(t - HeadGrid.mouthLevel, 0.13, 0, 1)
    return muzzle + upper + lower - corner - philtrum - sulcus - press
  }

  private func chin(_ a: Float, _ t: Float) -> Float {
    let wide = 1.35 + 0.25 * shape.chinWidth
    let ball = (0.42 + 0.12 * shape.chinForward) * bump(a, wide, t - 6.1, 0.85)
    let square = 0.2 * max(0, shape.chinWidth) * bump(a - 1.6, 0.6, t - 6.5, 0.6)
    return ball + square
  }

  /// Moves features sideways and up or down; x is outward.
  private func warp(_ a: Float, _ t: Float) -> SIMD2<Float> {
    var shift = SIMD2<Float>.zero
    let eye = bump(a - 3.22, 1.3, t + 4, 1.1)
    shift.x += 0.2 * shape.eyeSpacing * eye + 0.07 * shape.eyeSize * (a - 3.22) * eye
    shift.y -= 0.1 * shape.eyeTilt * (a - 3.22) * eye
    let nose = bump(a, 1.9, t + 0.1, 1.4)
    shift.y += 0.24 * shape.noseLength * nose
    shift.y += (0.2 - 0.2 * shape.noseTurn) * bump(a, 0.75, t + 0.5, 0.5)
    shift.x += 0.2 * shape.noseWidth * bump(a - 1.35, 0.6, t + 0.1, 0.7)
    let mouth = bump(a, 3.2, t - 2.8, 1.4)
    shift.y += 0.22 * shape.mouthHeight * mouth
    shift.x += 0.07 * shape.mouthWidth * a * bump(a, 3, t - 2.8, 1.2)
    shift.y += 0.12 * bump(a - 2.8, 0.7, t - 2.9, 0.7)
    let lips = pow(max(0, 1 - (a / 3) * (a / 3)), 0.5)
    shift.y -= 0.15 * shape.upperLip * lips * bump(t - 2.0, 0.42, 0, 1)
    shift.y += 0.17 * shape.lowerLip * lips * bump(t - 3.9, 0.5, 0, 1)
    shift.x += 0.25 * shape.cheekbones * bump(a - 5.6, 1.2, t + 1.6, 1.3)
    return shift
  }
}
