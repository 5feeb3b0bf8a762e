import FaceCore
import Foundation

/// A rotation matrix, by its rows.
struct Rotation {
  var x, y, z: SIMD3<Double>

  var rows: [Double] { [x.x, x.y, x.z, y.x, y.y, y.z, z.x, z.y, z.z] }

  init(x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>) {
    (self.x, self.y, self.z) = (x, y, z)
  }

  init(_ pose: Pose) {
    let m = pose.matrix
    self.init(
      x: SIMD3(m[0], m[1], m[2]), y: SIMD3(m[3], m[4], m[5]), z: SIMD3(m[6], m[7], m[8]))
  }

  func applyInverse(_ point: SIMD3<Double>) -> SIMD3<Double> {
    x * point.x + y * point.y + z * point.z
  }

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
