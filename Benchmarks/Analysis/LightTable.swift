import Align
import FaceCore
import Foundation
import SyntheticFaces

/// Prints, for each zone, the four numbers that best make its luminance of the light, left and right
/// taken together by mirroring.
func printTable(of people: [FaceIdentity], using aligner: FaceAligner) throws {
  var rows: [[(light: [Double], level: Double)]] = Array(repeating: [], count: mirroredZones.count)
  for sample in try people.flatMap({ try samples(of: $0, count: 60, using: aligner) }) {
    let h = sample.truth.harmonics.prefix(4).map { Double($0) }
    for (zone, level) in sample.levels.enumerated() {
      guard let level else { continue }
      // Bright pictures do not count more.
      let scale = 1 / max(0.05, h[0])
      rows[zone].append((h.map { $0 * scale }, level * scale))
      rows[mirroredZones[zone]].append(
        ([h[0], h[1], h[2], -h[3]].map { $0 * scale }, level * scale))
    }
  }
  for zone in rows {
    let numbers = leastSquares(zone.map(\.light), zone.map(\.level))
    print("  [" + numbers.map { String(format: "%.4f", $0) }.joined(separator: ", ") + "],")
  }
}

/// Solves the normal equations by elimination.
private func leastSquares(_ rows: [[Double]], _ values: [Double]) -> [Double] {
  let count = rows[0].count
  var matrix = [[Double]](
    repeating: [Double](repeating: 0, count: count + 1), count: count)
  for (row, value) in zip(rows, values) {
    for i in 0..<count {
      for j in 0..<count { matrix[i][j] += row[i] * row[j] }
      matrix[i][count] += row[i] * value
    }
  }
  for i in 0..<count {
    for j in 0..<count where j != i {
      let factor = matrix[j][i] / matrix[i][i]
      for k in i...count { matrix[j][k] -= factor * matrix[i][k] }
    }
  }
  return (0..<count).map { matrix[$0][count] / matrix[$0][$0] }
}
