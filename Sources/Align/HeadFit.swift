import FaceCore
import Foundation

/// The state of the fit.
///
/// A head point X lands at `scale · (R·X).xy / (1 + perspective · scale · (R·X).z) + shift`.
struct HeadFit {
  private let seen: [SIMD2<Double>]
  private var head: [SIMD3<Double>]
  /// 1 over the focal length, in pixels; 0 is a camera far away.
  private var perspective: Double
  private var rotation: Rotation
  /// Pixels a head unit.
  private(set) var scale: Double
  private var shift: SIMD2<Double>
  /// How far each landmark counts.
  private var weights: [Double]

  var pose: Pose { Pose(matrix: rotation.rows) }

  /// How far each landmark counts before it is seen how far it is off.
  private let trust: [Double]

  /// With the mean head, seen from far away.
  init(_ landmarks: Landmarks) {
    self.init(landmarks, head: HeadModel.points, perspective: 0, trust: HeadModel.trust)
  }

  /// With a head of one's own, whose inner face needs no help of the jaw.
  init(_ landmarks: Landmarks, head: [SIMD3<Double>], perspective: Double) {
    self.init(landmarks, head: head, perspective: perspective, trust: HeadFit.innerWeights)
  }

  private init(
    _ landmarks: Landmarks, head: [SIMD3<Double>], perspective: Double, trust: [Double]
  ) {
    seen = landmarks.points.map { SIMD2(Double($0.x), Double($0.y)) }
    (self.head, self.perspective) = (head, perspective)
    (weights, self.trust) = (trust, trust)
    (rotation, scale, shift) = HeadFit.start(seen, head: head, weights: trust)
  }

  /// Goes on with another head.
  mutating func replace(head: [SIMD3<Double>], perspective: Double) {
    (self.head, self.perspective) = (head, perspective)
  }

  /// The affine map that fits best, brought to the nearest scaled rotation.
  private static func start(
    _ seen: [SIMD2<Double>], head: [SIMD3<Double>], weights: [Double]
  ) -> (Rotation, Double, SIMD2<Double>) {
    let total = weights.reduce(0, +)
    var headMean = SIMD3<Double>.zero
    var seenMean = SIMD2<Double>.zero
    for index in weights.indices {
      headMean += head[index] * (weights[index] / total)
      seenMean += seen[index] * (weights[index] / total)
    }
    var normal = SymmetricSystem(count: 3)
    var crossX = SIMD3<Double>.zero
    var crossY = SIMD3<Double>.zero
    for index in weights.indices {
      let place = head[index] - headMean
      let offset = seen[index] - seenMean
      normal.add(row: [place.x, place.y, place.z], value: 0, weight: weights[index])
      crossX += place * (offset.x * weights[index])
      crossY += place * (offset.y * weights[index])
    }
    let across = normal.solution(for: [crossX.x, crossX.y, crossX.z])
    let down = normal.solution(for: [crossY.x, crossY.y, crossY.z])
    let (rotation, scale) = Rotation.nearest(
      to: SIMD3(across[0], across[1], across[2]), SIMD3(down[0], down[1], down[2]))
    let center = rotation.apply(headMean) * scale
    return (rotation, scale, seenMean - SIMD2(center.x, center.y))
  }

  /// What is left of each landmark at a pose, in pixels.
  private func left(
    _ index: Int, _ rotation: Rotation, _ scale: Double, _ shift: SIMD2<Double>
  ) -> SIMD2<Double> {
    let p = rotation.apply(head[index]) * scale
    return seen[index] - shift - SIMD2(p.x, p.y) / (1 + perspective * p.z)
  }

  /// Sum of the weighted squares of what is left, in square pixels.
  private func cost(_ rotation: Rotation, _ scale: Double, _ shift: SIMD2<Double>) -> Double {
    var sum = 0.0
    for index in seen.indices {
      let left = left(index, rotation, scale, shift)
      sum += (left * left).sum() * weights[index]
    }
    return sum
  }

  /// Steps until one changes next to nothing.
  mutating func refine(steps: Int = 30) {
    var damping = 1e-3
    var current = cost(rotation, scale, shift)
    for _ in 0..<steps {
      let step = self.step(damping: damping)
      let turned = rotation.turned(by: SIMD3(step[0], step[1], step[2]))
      let scaled = scale * exp(step[3])
      let shifted = shift + SIMD2(step[4], step[5])
      let next = cost(turned, scaled, shifted)
      if next <= current {
        (rotation, scale, shift) = (turned, scaled, shifted)
        let settled = current - next <= 1e-10 * current
        current = next
        damping = max(damping / 10, 1e-9)
        if settled { return }
      } else {
        damping *= 10
        if damping > 1e6 { return }
      }
    }
  }

  /// The same with each landmark counting less the further it is off (Cauchy's weights), as mouths and
  /// brows are that move, and points that went astray.
  mutating func refineRobustly(rounds: Int = 3) {
    for _ in 0..<rounds {
      refine()
      reweigh()
    }
    refine()
  }

  /// `floor` is how far a landmark may be off in head units before it counts less.
  mutating func reweigh(floor: Double = 0.5) {
    let distances = seen.indices.map { index -> Double in
      let left = left(index, rotation, scale, shift)
      return (left * left).sum().squareRoot()
    }
    let spread = max(floor * scale, 2 * distances.sorted()[distances.count / 2])
    for index in weights.indices {
      let part = distances[index] / spread
      weights[index] = trust[index] / (1 + part * part)
    }
  }

  /// How a landmark moves with rotation (radians about x, y, z), log scale and shift: six numbers for x and
  /// six for y; the two last lanes are 0.
  private func slopes(_ index: Int) -> (across: SIMD8<Double>, down: SIMD8<Double>) {
    let p = rotation.apply(head[index]) * scale
    let near = 1 / (1 + perspective * p.z)
    let (x, y) = (p.x * near * near * perspective, p.y * near * near * perspective)
    return (
      SIMD8(-x * p.y, near * p.z + x * p.x, -near * p.y, p.x * near * near, 1, 0, 0, 0),
      SIMD8(-near * p.z - y * p.y, y * p.x, near * p.x, p.y * near * near, 0, 1, 0, 0)
    )
  }

  /// The change of rotation (radians about x, y, z), log scale and shift that the linear model asks.
  private func step(damping: Double) -> [Double] {
    // The normal equations row by row, with their right side in the lane behind them.
    var rows = [SIMD8<Double>](repeating: .zero, count: 6)
    for index in seen.indices {
      let left = left(index, rotation, scale, shift)
      var (across, down) = slopes(index)
      (across[6], down[6]) = (left.x, left.y)
      for row in 0..<6 {
        rows[row] += (across * across[row] + down * down[row]) * weights[index]
      }
    }
    return SymmetricSystem(rows: rows, count: 6).solution(damping: damping)
  }

  /// The equations by which a common shape is found: of each landmark two, of six unknowns of this pose
  /// and then `unknowns` that are common: modes, and the perspectives of cameras in `perspectiveUnit`s.
  ///
  /// In units of `spread` head units, so that a weight of 1 is that of a landmark that is so far off.
  func shapeSystem(
    modes: [[SIMD3<Double>]], camera: Int, unknowns: Int, perspectiveUnit: Double, spread: Double
  ) -> SymmetricSystem {
    var system = SymmetricSystem(count: 6 + unknowns)
    let unit = 1 / (scale * spread * scale * spread)
    for index in seen.indices where weights[index] > 0 {
      let left = left(index, rotation, scale, shift)
      let slopes = slopes(index)
      let common = [Double](repeating: 0, count: unknowns)
      var across = (0..<6).map { slopes.across[$0] } + common
      var down = (0..<6).map { slopes.down[$0] } + common
      let p = rotation.apply(head[index]) * scale
      let near = 1 / (1 + perspective * p.z)
      for (mode, points) in modes.enumerated() {
        let moved = rotation.apply(points[index]) * scale
        let nearer = near * near * perspective * moved.z
        across[6 + mode] = moved.x * near - p.x * nearer
        down[6 + mode] = moved.y * near - p.y * nearer
      }
      across[6 + camera] = -p.x * near * near * p.z * perspectiveUnit
      down[6 + camera] = -p.y * near * near * p.z * perspectiveUnit
      system.add(row: across, value: left.x, weight: weights[index] * unit)
      system.add(row: down, value: left.y, weight: weights[index] * unit)
    }
    return system
  }

  /// The same with a jaw that hardly counts.
  private static let innerWeights = HeadModel.trust.indices.map {
    Landmarks.jaw.contains($0) ? 0.2 * HeadModel.trust[$0] : HeadModel.trust[$0]
  }
}
