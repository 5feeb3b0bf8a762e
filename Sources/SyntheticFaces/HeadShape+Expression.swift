import Foundation

extension HeadShape {
  /// Every vertex of the grid with this expression, head frame, in centimetres.
  func deformed(by expression: FaceExpression) -> [Vector] {
    let grid = HeadGrid.shared
    let weights = ExpressionWeights.shared
    var result = positions
    result.withUnsafeMutableBufferPointer { points in
      let smile = expression.smile
      let pucker = expression.pucker
      let raise = expression.browRaise
      let furrow = expression.browFurrow
      let squint = expression.squint
      for i in 0..<points.count {
        var move = weights.smile[i] * smile + weights.pucker[i] * pucker
        move += weights.browRaise[i] * raise + weights.browFurrow[i] * furrow
        points[i] += move + weights.squint[i] * squint
      }
      let opening = Self.lidOpening(expression)
      openLids(points, eye: leftEye, lids: weights.lids[0], opening: opening.left)
      openLids(points, eye: rightEye, lids: weights.lids[1], opening: opening.right)
      rotateJaw(points, weights: weights.jaw, open: expression.jawOpen)
      rimEye(points, grid.leftEye)
      rimEye(points, grid.rightEye)
      rimMouth(points, grid.mouth)
    }
    return result
  }

  /// Shares of the upper and lower lids' resting heights.
  private static func lidOpening(
    _ expression: FaceExpression
  ) -> (left: SIMD2<Float>, right: SIMD2<Float>) {
    let lower = 1 - 0.45 * expression.squint - 0.12 * max(0, expression.smile)
    // The upper lid follows the gaze up and down and lifts with the brow.
    let follow = 1 + 0.018 * expression.gazePitch + 0.1 * expression.browRaise
    func eye(_ blink: Float) -> SIMD2<Float> {
      // A closed upper lid goes on down to meet the lower one.
      let upper = max(0.05, follow) * (1 - blink) - 0.5 * blink * lower
      return SIMD2(upper, lower * (1 - 0.2 * blink))
    }
    return (eye(expression.blinkLeft), eye(expression.blinkRight))
  }

  private func openLids(
    _ points: UnsafeMutableBufferPointer<Vector>, eye: EyeShape,
    lids: [ExpressionWeights.Lid], opening: SIMD2<Float>
  ) {
    let lidRadius = eye.radius + 0.1
    for lid in lids {
      let i = Int(lid.vertex)
      var point = points[i]
      point.y += lid.lower * eye.lower * opening.y - lid.upper * eye.upper * opening.x
      let dx = point.x - eye.center.x
      let dy = point.y - eye.center.y
      let inside = lidRadius * lidRadius - dx * dx - dy * dy
      if inside > 0 {
        let ball = eye.center.z - inside.squareRoot()
        // The nearer of skin and lid over the ball, smoothly.
        let gap = (point.z - ball) / 0.22
        let soft: Float = gap > 12 ? point.z - ball : gap < -12 ? 0 : 0.22 * log(1 + exp(gap))
        point.z -= soft
      }
      points[i] = point
    }
  }

  private func rotateJaw(
    _ points: UnsafeMutableBufferPointer<Vector>, weights: [Float], open: Float
  ) {
    guard open > 0 else { return }
    for i in 0..<points.count where weights[i] > 0 {
      points[i] = Self.jawRotated(points[i], angle: open * 0.25 * weights[i])
    }
  }

  /// Turned about the joint in front of the ears; `angle` in radians opens the mouth.
  static func jawRotated(_ point: Vector, angle: Float) -> Vector {
    let hinge = SIMD2<Float>(-1, 7.5)
    let y = point.y - hinge.x
    let z = point.z - hinge.y
    return Vector(
      point.x, hinge.x + y * cos(angle) - z * sin(angle),
      hinge.y + y * sin(angle) + z * cos(angle))
  }

  private func rimEye(_ points: UnsafeMutableBufferPointer<Vector>, _ slit: HeadGrid.Slit) {
    for i in slit.upper.indices {
      let upper = points[slit.upper[i]]
      let lower = points[slit.lower[i]]
      let depth: [Float] = [0.1, 0.5]
      for ring in 0..<2 {
        points[slit.upperRims[ring][i]] = upper + Vector(0, 0.02, depth[ring])
        points[slit.lowerRims[ring][i]] = lower + Vector(0, -0.04, depth[ring])
      }
    }
  }

  private func rimMouth(_ points: UnsafeMutableBufferPointer<Vector>, _ slit: HeadGrid.Slit) {
    let depth: [Float] = [0.14, 0.4, 0.8, 2.2]
    let bulge: [Float] = [0.05, -0.12, -0.5]
    for i in slit.upper.indices {
      let upper = points[slit.upper[i]]
      let lower = points[slit.lower[i]]
      let room = min(1, (lower.y - upper.y) / 0.4)
      // The last ring closes the bag.
      let middle = (upper + lower) * 0.5 * Vector(0.9, 1, 1) + Vector(0, 0.3 * room, depth[3])
      points[slit.upperRims[3][i]] = middle
      points[slit.lowerRims[3][i]] = middle
      for ring in 0..<3 {
        let roll = bulge[ring] * room
        points[slit.upperRims[ring][i]] = upper + Vector(0, roll, depth[ring])
        points[slit.lowerRims[ring][i]] = lower + Vector(0, -roll, depth[ring])
      }
    }
  }
}
