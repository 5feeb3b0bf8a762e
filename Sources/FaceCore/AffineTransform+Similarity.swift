extension AffineTransform {
  /// The rotation, scale and shift, without reflection, that brings `points` nearest to `targets`
  /// in the sense of least squares.
  ///
  /// Source: Umeyama, "Least-Squares Estimation of Transformation Parameters Between Two Point
  /// Patterns", PAMI 1991. In the plane its singular value decomposition has a closed form: with
  /// points as complex numbers about their means, rotation and scale are Σ p̄q / Σ p̄p.
  /// Traps unless there are as many targets as points, and two of them or more that differ.
  public static func similarity(from points: [Point], to targets: [Point]) -> AffineTransform {
    precondition(points.count == targets.count, "each point needs a target")
    let count = Double(points.count)
    func mean(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) } / count }
    let (px, py) = (mean(points.map(\.x)), mean(points.map(\.y)))
    let (qx, qy) = (mean(targets.map(\.x)), mean(targets.map(\.y)))
    var along = 0.0
    var across = 0.0
    var spread = 0.0
    for (point, target) in zip(points, targets) {
      let (x, y) = (Double(point.x) - px, Double(point.y) - py)
      let (u, v) = (Double(target.x) - qx, Double(target.y) - qy)
      along += x * u + y * v
      across += x * v - y * u
      spread += x * x + y * y
    }
    precondition(spread > 0, "a similarity needs two points that differ")
    let (a, c) = (along / spread, across / spread)
    return AffineTransform(
      a: a, b: -c, tx: qx - a * px + c * py, c: c, d: a, ty: qy - c * px - a * py)
  }
}
