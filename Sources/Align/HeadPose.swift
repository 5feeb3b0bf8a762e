public import FaceCore
import Foundation

/// How the head with these landmarks is turned, as seen along the ray from the camera to it.
///
/// A mean head is fitted to the landmarks under weak perspective: rotation, one scale and a shift,
/// by Levenberg and Marquardt's method from the best affine map. Frontal is 0; the roll is the one
/// of the rotation itself.
public func headPose(of landmarks: Landmarks) -> Pose {
  var fit = HeadFit(landmarks)
  fit.refine()
  return fit.pose
}

/// How far the landmarks are from the mean head seen at this pose, at the best scale and place: the
/// weighted root mean square in parts of the landmarks' own, 0 to 1.
///
/// Large where landmarks went astray.
public func headMisfit(of landmarks: Landmarks, pose: Pose) -> Double {
  let head = HeadModel.landmarks(pose: pose, scale: 1, center: Point(x: 0, y: 0)).points
  var total = 0.0
  var (headMean, seenMean) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
  let pairs = landmarks.points.indices.map { index in
    let seen = landmarks[index]
    let weight = HeadFit.weights[index]
    let pair = (
      head: SIMD2(Double(head[index].x), Double(head[index].y)),
      seen: SIMD2(Double(seen.x), Double(seen.y)), weight: weight
    )
    total += weight
    headMean += pair.head * weight
    seenMean += pair.seen * weight
    return pair
  }
  (headMean, seenMean) = (headMean / total, seenMean / total)
  var (along, spread, rest) = (0.0, 0.0, 0.0)
  for pair in pairs {
    let (from, to) = (pair.head - headMean, pair.seen - seenMean)
    along += (from * to).sum() * pair.weight
    spread += (from * from).sum() * pair.weight
    rest += (to * to).sum() * pair.weight
  }
  guard along > 0, rest > 0 else { return 1 }
  return max(0, 1 - along * along / (spread * rest)).squareRoot()
}

/// The state of the fit: where each head point lands is `scale · R·X + shift`.
struct HeadFit {
  private let seen: [SIMD2<Double>]
  private var rotation: Rotation
  private var scale: Double
  private var shift: SIMD2<Double>

  var pose: Pose { Pose(matrix: rotation.rows) }

  init(_ landmarks: Landmarks) {
    seen = landmarks.points.map { SIMD2(Double($0.x), Double($0.y)) }
    (rotation, scale, shift) = HeadFit.start(seen)
  }

  /// The affine map that fits best, brought to the nearest scaled rotation.
  private static func start(_ seen: [SIMD2<Double>]) -> (Rotation, Double, SIMD2<Double>) {
    let weights = HeadFit.weights
    let total = weights.reduce(0, +)
    var headMean = SIMD3<Double>.zero
    var seenMean = SIMD2<Double>.zero
    for index in weights.indices {
      headMean += HeadModel.points[index] * (weights[index] / total)
      seenMean += seen[index] * (weights[index] / total)
    }
    var normal = SymmetricSystem(count: 3)
    var crossX = SIMD3<Double>.zero
    var crossY = SIMD3<Double>.zero
    for index in weights.indices {
      let head = HeadModel.points[index] - headMean
      let offset = seen[index] - seenMean
      normal.add(row: [head.x, head.y, head.z], value: 0, weight: weights[index])
      crossX += head * (offset.x * weights[index])
      crossY += head * (offset.y * weights[index])
    }
    let across = normal.solution(for: [crossX.x, crossX.y, crossX.z])
    let down = normal.solution(for: [crossY.x, crossY.y, crossY.z])
    let (rotation, scale) = Rotation.nearest(
      to: SIMD3(across[0], across[1], across[2]), SIMD3(down[0], down[1], down[2]))
    let center = rotation.apply(headMean) * scale
    return (rotation, scale, seenMean - SIMD2(center.x, center.y))
  }

  /// Sum of the weighted squares of what is left, in square pixels.
  private func cost(_ rotation: Rotation, _ scale: Double, _ shift: SIMD2<Double>) -> Double {
    var sum = 0.0
    for index in seen.indices {
      let turned = rotation.apply(HeadModel.points[index])
      let left = seen[index] - shift - SIMD2(turned.x, turned.y) * scale
      sum += (left * left).sum() * HeadFit.weights[index]
    }
    return sum
  }

  /// Steps until one changes next to nothing.
  mutating func refine() {
    var damping = 1e-3
    var current = cost(rotation, scale, shift)
    for _ in 0..<30 {
      let step = self.step(damping: damping)
      let turned = rotation.turned(by: SIMD3(step[0], step[1], step[2]))
      let scaled = scale * exp(step[3])
      let shifted = shift + SIMD2(step[4], step[5])
      let next = cost(turned, scaled, shifted)
      if next <= current {
        (rotation, scale, shift) = (turned, scaled, shifted)
        let settled = current - next <= 1e-12 * current
        current = next
        damping = max(damping / 10, 1e-9)
        if settled { return }
      } else {
        damping *= 10
        if damping > 1e6 { return }
      }
    }
  }

  /// The change of rotation (radians about x, y, z), log scale and shift that the linear model asks.
  private func step(damping: Double) -> [Double] {
    var system = SymmetricSystem(count: 6)
    for index in seen.indices {
      let p = rotation.apply(HeadModel.points[index]) * scale
      let left = seen[index] - shift - SIMD2(p.x, p.y)
      let weight = HeadFit.weights[index]
      system.add(row: [0, p.z, -p.y, p.x, 1, 0], value: left.x, weight: weight)
      system.add(row: [-p.z, 0, p.x, p.y, 0, 1], value: left.y, weight: weight)
    }
    return system.solution(damping: damping)
  }

  /// How far each landmark counts: the jaw's slide along the outline as the head turns, lips and
  /// brows move by themselves.
  static let weights: [Double] = (0..<Landmarks.count).map { index in
    switch index {
    case Landmarks.jaw: 0.1
    case 17..<27: 0.5
    case Landmarks.nostrils, Landmarks.noseBridge: 1
    case 36..<48: 1
    default: 0.25
    }
  }
}

/// A rotation matrix, by its rows.
struct Rotation {
  var x, y, z: SIMD3<Double>

  var rows: [Double] { [x.x, x.y, x.z, y.x, y.y, y.z, z.x, z.y, z.z] }

  func apply(_ point: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3((x * point).sum(), (y * point).sum(), (z * point).sum())
  }

  /// The scaled rotation whose first two rows are nearest to these, each weighed alike.
  static func nearest(
    to first: SIMD3<Double>, _ second: SIMD3<Double>
  ) -> (rotation: Rotation, scale: Double) {
    let scale = ((first * first).sum().squareRoot() + (second * second).sum().squareRoot()) / 2
    // The two are moved alike until they stand at right angles.
    let a = normalized(first)
    let b = normalized(second)
    let sum = normalized(a + b)
    let difference = normalized(a - b)
    let half = 0.5.squareRoot()
    let x = (sum + difference) * half
    let y = (sum - difference) * half
    return (Rotation(x: x, y: y, z: cross(x, y)), scale)
  }

  /// Turned further by `angle` radians about that axis of the camera frame.
  func turned(by axis: SIMD3<Double>) -> Rotation {
    let angle = (axis * axis).sum().squareRoot()
    guard angle > 0 else { return self }
    let half = axis * (sin(angle / 2) / angle)
    let turn = Pose(w: cos(angle / 2), x: half.x, y: half.y, z: half.z).matrix
    func row(_ index: Int) -> SIMD3<Double> {
      x * turn[3 * index] + y * turn[3 * index + 1] + z * turn[3 * index + 2]
    }
    return Rotation(x: row(0), y: row(1), z: row(2))
  }
}

private func normalized(_ vector: SIMD3<Double>) -> SIMD3<Double> {
  let length = (vector * vector).sum().squareRoot()
  return length > 0 ? vector / length : SIMD3(1, 0, 0)
}

private func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}
