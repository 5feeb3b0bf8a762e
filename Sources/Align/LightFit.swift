import FaceCore

/// The fit of a light to what zones of a face show of it, by Gauss and Newton's method.
///
/// Five unknowns: the coefficients 00, 1−1, 10 and 11, and how hard the source is. Half a head tells little
/// of the last, so it is held to what most sources are, the more the less the zones agree.
struct LightFit {
  private let zones: [(transfer: ZoneTransfer, level: Double)]
  /// Mean level, which others are told in parts of.
  private let brightness: Double
  /// In parts of `brightness`.
  private var first: SIMD4<Double>
  private var hardness = LightFit.usualHardness

  /// Found best for other rendered people under keys, gradients and both.
  private static let usualHardness = 0.8
  /// Equations that the usual hardness stands for, of those where all is as expected.
  private static let held = 10.0

  /// Starts from the light without shadows; nil in the dark.
  init?(_ zones: [(transfer: ZoneTransfer, level: Double)]) {
    brightness = zones.reduce(0) { $0 + $1.level } / Double(max(1, zones.count))
    guard brightness > 0 else { return nil }
    self.zones = zones
    var rows = [SIMD8<Double>](repeating: .zero, count: 4)
    for (transfer, level) in zones {
      let t = transfer.first
      let row = SIMD8(t.x, t.y, t.z, t.w, level / brightness, 0, 0, 0)
      for index in 0..<4 { rows[index] += row * (transfer.trust * row[index]) }
    }
    let start = SymmetricSystem(rows: rows, count: 4).solution()
    first = SIMD4(start[0], start[1], start[2], start[3])
    bound()
  }

  var light: Light { Light(first: first * brightness, hardness: hardness) }

  /// One step, with weights from where it starts.
  mutating func refine() {
    let toward = SIMD3(first.w, first.y, first.z)
    let length = max(1e-4, (toward * toward).sum().squareRoot())
    let d = toward / length
    let shape = Light.secondOrder(d)
    let turned = LightFit.turned(d, shape)
    // What the levels should grow by, and with what, in each zone: the unknowns' slopes, then the rest.
    let equations = zones.map { zone -> SIMD8<Double> in
      let t = zone.transfer
      let second = t.second * Light.secondOverFirst
      let round = (second * shape).sum()
      let slope = LightFit.slope(second, turned, hardness)
      let rest =
        zone.level / brightness - (t.first * first).sum()
        - length * (t.source + hardness * round)
      return SIMD8(
        t.first.x, t.first.y + t.source * d.y + slope.y, t.first.z + t.source * d.z + slope.z,
        t.first.w + t.source * d.x + slope.x, length * round, rest, 0, 0)
    }
    let misses = equations.indices.map {
      abs(equations[$0][5]) * zones[$0].transfer.trust.squareRoot()
    }
    let spread = max(1e-3, 3 * misses.sorted()[misses.count / 2])
    var rows = [SIMD8<Double>](repeating: .zero, count: 5)
    for (index, row) in equations.enumerated() {
      let miss = misses[index] / spread
      let weight = zones[index].transfer.trust / (1 + miss * miss)
      for unknown in 0..<5 { rows[unknown] += row * (weight * row[unknown]) }
    }
    let hold = LightFit.held * spread * spread
    rows[4][4] += hold
    rows[4][5] += hold * (LightFit.usualHardness - hardness)
    let step = SymmetricSystem(rows: rows, count: 5).solution(damping: 1e-5)
    first += SIMD4(step[0], step[1], step[2], step[3])
    hardness = min(1, max(0, hardness + step[4]))
    bound()
  }

  /// No source shines without adding to the constant.
  private mutating func bound() {
    let length = (first.y * first.y + first.z * first.z + first.w * first.w).squareRoot()
    first.x = max(first.x, Light.leastConstant * length)
  }

  /// How the second order of a source grows as the first does along x, y and z.
  private static func turned(
    _ d: SIMD3<Double>, _ shape: SIMD8<Double>
  ) -> (x: SIMD8<Double>, y: SIMD8<Double>, z: SIMD8<Double>) {
    let (a, b, c) = (1.092548, 0.630783, 1.092548)
    return (
      SIMD8(a * d.y, 0, -b * d.x, c * d.z, a * d.x, 0, 0, 0) - shape * d.x,
      SIMD8(a * d.x, a * d.z, -b * d.y, 0, -a * d.y, 0, 0, 0) - shape * d.y,
      SIMD8(0, a * d.y, 2 * b * d.z, c * d.x, 0, 0, 0, 0) - shape * d.z
    )
  }

  private static func slope(
    _ second: SIMD8<Double>, _ turned: (x: SIMD8<Double>, y: SIMD8<Double>, z: SIMD8<Double>),
    _ hardness: Double
  ) -> SIMD3<Double> {
    SIMD3((second * turned.x).sum(), (second * turned.y).sum(), (second * turned.z).sum())
      * hardness
  }
}
