package import FaceCore

/// The light on a face; nil where too little of it is seen, as beyond 50° of yaw.
///
/// Each zone of the face gives one equation: its linear luminance is the sum of what light from each
/// direction does to it, its own shape, shade and colour included: precomputed radiance transfer
/// (Sloan, Kautz and Snyder, SIGGRAPH 2002) for the constant and the first order, measured on heads
/// of known light (`lightTransfer`). Zones that are brighter or darker than any such light makes
/// them, as under hair, glasses or shine, count less (Cauchy's weights). The second order explains,
/// with a ridge, what is left: half a head tells little about it.
package func faceLight(of landmarks: Landmarks, pose: Pose, in luma: GrayImage) -> Light? {
  guard abs(pose.yaw) <= 50 else { return nil }
  let levels = zoneLevels(of: landmarks, pose: pose, in: luma)
  let seen = levels.indices.filter { levels[$0] != nil }
  guard seen.count >= 24 else { return nil }
  let values = seen.map { levels[$0] ?? 0 }
  let rows = seen.map { lightTransfer[$0] }
  var weights = [Double](repeating: 1, count: seen.count)
  var first: [Double] = []
  var rest = values
  for _ in 0..<6 {
    first = solved(rows, values: values, weights: weights, ridge: 0)
    rest = zip(rows, values).map { row, value in value - product(row, first) }
    let spread = max(1e-4, 2 * median(rest.map { abs($0) }))
    weights = rest.map { 1 / (1 + ($0 / spread) * ($0 / spread)) }
  }
  guard first[0] > 0 else { return nil }
  let second = solved(
    seen.map { secondOrderTransfer[$0] }, values: rest, weights: weights, ridge: 0.01)
  return Light(harmonics: (first + second).map { Float($0) })
}

private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

private func product(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

/// Weighted least squares, each unknown held to 0 by `ridge` times the weights.
private func solved(
  _ rows: [[Double]], values: [Double], weights: [Double], ridge: Double
) -> [Double] {
  let count = rows[0].count
  var system = SymmetricSystem(count: count)
  for (index, row) in rows.enumerated() {
    system.add(row: row, value: values[index], weight: weights[index])
  }
  if ridge > 0 {
    let total = weights.reduce(0, +)
    for order in 0..<count {
      var row = [Double](repeating: 0, count: count)
      row[order] = 1
      system.add(row: row, value: 0, weight: ridge * total)
    }
  }
  return system.solution()
}

/// Mean linear luminance of each zone of the face, 0 to 1; nil where it is turned away or outside.
package func zoneLevels(of landmarks: Landmarks, pose: Pose, in luma: GrayImage) -> [Double?] {
  let place = HeadPlace(of: landmarks, pose: pose)
  let (scale, shift) = (place.scale, place.shift)
  let matrix = pose.matrix
  let across = SIMD3(matrix[0], matrix[1], matrix[2]) * scale
  let down = SIMD3(matrix[3], matrix[4], matrix[5]) * scale
  let away = SIMD3(matrix[6], matrix[7], matrix[8])
  let bytes = luma.bytes.span
  let (width, height) = (Double(luma.width), Double(luma.height))
  return FaceSurface.zones.map { zone in
    guard (away * zone.normal).sum() < -0.15 else { return nil }
    var sum = 0.0
    for place in zone.places {
      let x = (across * place).sum() + shift.x
      let y = (down * place).sum() + shift.y
      guard x >= 0, y >= 0, x < width, y < height else { return nil }
      sum += FacePatch.linear[Int(bytes[Int(y) * luma.width + Int(x)])]
    }
    return sum / Double(zone.places.count)
  }
}

/// For each zone the one at its place in a mirror.
package let mirroredZones: [Int] = FaceSurface.zones.map { zone in
  FaceSurface.zones.firstIndex { $0.column == -zone.column && $0.row == zone.row } ?? 0
}
