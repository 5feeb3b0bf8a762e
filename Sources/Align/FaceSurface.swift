import FaceCore

/// The face of a mean head as zones of `side` units, in the head frame.
///
/// The surface is the smoothest that fits the mean head's outline, brows, cheeks and chin: a
/// polynomial of depth over x and y. Some forehead above the brows is in.
enum FaceSurface {
  /// A patch of the face.
  struct Zone: Sendable {
    /// Column and row, counted from the zone between the eyes to image right and down.
    let column: Int
    let row: Int
    /// Points spread over it, in units of `HeadModel`.
    let places: [SIMD3<Double>]
    /// Outward in the middle of it, of unit length.
    let normal: SIMD3<Double>
  }

  /// The zones, row by row; for each one at the left there is one at the right.
  static let zones: [Zone] = {
    let depth = depthFit()
    var zones: [Zone] = []
    for row in -3...6 {
      for column in -3...3 where isOnFace(column: column, row: row) {
        let (x, y) = (Double(column) * side, Double(row) * side)
        let places = (0..<16).map { index in
          let acrossPart = (Double(index % 4) - 1.5) / 4
          let downPart = (Double(index / 4) - 1.5) / 4
          let (px, py) = (x + acrossPart * side, y + downPart * side)
          return SIMD3(px, py, surface(depth, x: px, y: py).z)
        }
        let slope = surface(depth, x: x, y: y)
        let length = (slope.slopeX * slope.slopeX + slope.slopeY * slope.slopeY + 1).squareRoot()
        let normal = SIMD3(slope.slopeX, slope.slopeY, -1) / length
        zones.append(Zone(column: column, row: row, places: places, normal: normal))
      }
    }
    return zones
  }()

  /// Of a zone, in head units.
  private static let side = 18.0

  private static func isOnFace(column: Int, row: Int) -> Bool {
    let (x, y) = (Double(column) * side / 66, (Double(row) * side - 20) / 90)
    return x * x + y * y < 1
  }

  /// Powers of x and y in the polynomial; a face is the same left and right.
  private static let powers: [(x: Int, y: Int)] = [
    (0, 0), (0, 1), (0, 2), (0, 3), (2, 0), (2, 1), (4, 0),
  ]

  /// The depth at a place, and its slopes.
  private static func surface(
    _ depth: [Double], x: Double, y: Double
  ) -> (z: Double, slopeX: Double, slopeY: Double) {
    var (z, slopeX, slopeY) = (0.0, 0.0, 0.0)
    for (factor, powers) in zip(depth, powers) {
      let (acrossPower, downPower) = (power(x, powers.x), power(y, powers.y))
      z += factor * acrossPower * downPower
      slopeX += factor * Double(powers.x) * power(x, powers.x - 1) * downPower
      slopeY += factor * Double(powers.y) * acrossPower * power(y, powers.y - 1)
    }
    return (z, slopeX, slopeY)
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<max(0, exponent)).reduce(1) { product, _ in product * base }
  }

  private static func terms(x: Double, y: Double) -> [Double] {
    powers.map { power(x, $0.x) * power(y, $0.y) }
  }

  private static func depthFit() -> [Double] {
    // Coordinates of about 1, or the sums would lose their digits.
    let unit = 50.0
    var system = SymmetricSystem(count: powers.count)
    func add(_ point: SIMD3<Double>) {
      system.add(
        row: terms(x: point.x / unit, y: point.y / unit), value: point.z, weight: 1)
    }
    let head = HeadModel.points
    for index in Array(0..<27) + [27, 31, 35, 48, 54] { add(head[index]) }
    // A forehead goes on above the brows, leaning back.
    for index in 17..<27 { add(head[index] + SIMD3(0, -30, 9)) }
    return zip(system.solution(), powers).map { value, powers in
      value / power(unit, powers.x + powers.y)
    }
  }
}
