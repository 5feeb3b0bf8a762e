/// The face of a mean head as zones of `side` units, in the head frame.
///
/// The surface is the smoothest that fits the mean head's outline, brows, cheeks and chin: a
/// polynomial of depth over x and y. Some forehead above the brows is in.
package enum FaceSurface {
  /// A patch of the face.
  package struct Zone: Sendable {
    /// Column and row, counted from the zone between the eyes to image right and down.
    package let column: Int
    package let row: Int
    /// Points spread over it, in units of `HeadModel`.
    package let places: [SIMD3<Double>]
    /// Outward in the middle of it, of unit length.
    package let normal: SIMD3<Double>
  }

  /// The zones, row by row; for each one at the left there is one at the right.
  package static let zones: [Zone] = {
    var zones: [Zone] = []
    for row in -4...9 {
      for column in -5...5 where isOnFace(column: column, row: row) {
        let (x, y) = (Double(column) * side, Double(row) * side)
        let places = (0..<16).map { index in
          let acrossPart = (Double(index % 4) - 1.5) / 4
          let downPart = (Double(index / 4) - 1.5) / 4
          let (px, py) = (x + acrossPart * side, y + downPart * side)
          return SIMD3(px, py, surface(x: px, y: py).z)
        }
        let slope = surface(x: x, y: y)
        let length = (slope.slopeX * slope.slopeX + slope.slopeY * slope.slopeY + 1).squareRoot()
        let normal = SIMD3(slope.slopeX, slope.slopeY, -1) / length
        zones.append(Zone(column: column, row: row, places: places, normal: normal))
      }
    }
    return zones
  }()

  /// Of a zone, in head units.
  package static let side = 12.0

  private static func isOnFace(column: Int, row: Int) -> Bool {
    let (x, y) = (Double(column) * side / 66, (Double(row) * side - 20) / 90)
    return x * x + y * y < 1
  }

  /// The terms of the polynomial; a face is the same left and right.
  private static func terms(x: Double, y: Double) -> [Double] {
    [1, y, y * y, y * y * y, x * x, x * x * y, x * x * x * x]
  }

  /// The powers of x and y in each term.
  private static let degrees = [0, 1, 2, 3, 2, 3, 4]

  private static let depth = depthFit()

  /// The depth at a place and how it changes with x and y, in head units.
  ///
  /// Off the face it says nothing.
  package static func surface(
    x: Double, y: Double
  ) -> (z: Double, slopeX: Double, slopeY: Double) {
    let d = depth
    let (xx, yy) = (x * x, y * y)
    return (
      d[0] + d[1] * y + d[2] * yy + d[3] * (yy * y) + d[4] * xx + d[5] * xx * y
        + d[6] * (xx * x * x),
      d[4] * 2 * x + d[5] * 2 * x * y + d[6] * 4 * (xx * x),
      d[1] + d[2] * 2 * y + d[3] * 3 * yy + d[5] * xx
    )
  }

  private static func depthFit() -> [Double] {
    // Coordinates of about 1, or the sums would lose their digits.
    let unit = 50.0
    var system = SymmetricSystem(count: degrees.count)
    func add(_ point: SIMD3<Double>) {
      system.add(
        row: terms(x: point.x / unit, y: point.y / unit), value: point.z, weight: 1)
    }
    let head = HeadModel.points
    for index in Array(0..<27) + [27, 31, 35, 48, 54] { add(head[index]) }
    // A forehead goes on above the brows, leaning back.
    for index in 17..<27 { add(head[index] + SIMD3(0, -30, 9)) }
    return zip(system.solution(), degrees).map { value, degree in
      value / (0..<degree).reduce(1) { power, _ in power * unit }
    }
  }
}
