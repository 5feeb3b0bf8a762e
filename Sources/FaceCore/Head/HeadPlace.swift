/// Where the mean head is seen in a picture: weak perspective at a pose that is given.
package struct HeadPlace: Hashable, Sendable {
  /// Pixels a unit of `HeadModel`.
  package let scale: Double
  /// Where the head's origin is seen, in pixels.
  package let shift: SIMD2<Double>

  /// The scale and place that fit best at this pose.
  package init(of landmarks: Landmarks, pose: Pose) {
    let head = HeadModel.landmarks(pose: pose, scale: 1, center: Point(x: 0, y: 0)).points
    let weights = HeadModel.trust
    let total = weights.reduce(0, +)
    var (headMean, seenMean) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
    for index in weights.indices {
      let part = weights[index] / total
      headMean += SIMD2(Double(head[index].x), Double(head[index].y)) * part
      seenMean += SIMD2(Double(landmarks[index].x), Double(landmarks[index].y)) * part
    }
    var (along, spread) = (0.0, 0.0)
    for index in weights.indices {
      let from = SIMD2(Double(head[index].x), Double(head[index].y)) - headMean
      let to = SIMD2(Double(landmarks[index].x), Double(landmarks[index].y)) - seenMean
      along += (from * to).sum() * weights[index]
      spread += (from * from).sum() * weights[index]
    }
    scale = along / max(spread, .leastNormalMagnitude)
    shift = seenMean - headMean * scale
  }

  /// Where a point of the head is seen, in pixels.
  package func seen(_ head: SIMD3<Double>, _ pose: Pose) -> Point {
    let m = pose.matrix
    let x = m[0] * head.x + m[1] * head.y + m[2] * head.z
    let y = m[3] * head.x + m[4] * head.y + m[5] * head.z
    return Point(x: Float(scale * x + shift.x), y: Float(scale * y + shift.y))
  }
}
