import Align
import FaceCore
import Foundation
import SyntheticFaces

/// Prints, for each zone, what light does to it, and how far people's shades there agree.
///
/// Each person has a shade of their own in each zone, and all have the transfer in common: both are found by
/// turns. Left and right are taken together by mirroring.
func printTable(of people: [FaceIdentity], using aligner: FaceAligner) throws {
  var table = TransferTable(
    people: try people.map { try samples(of: $0, in: .key, count: 64, using: aligner) })
  for _ in 0..<4 { table.refine() }
  for row in table.rows {
    // Zero without a sign.
    let numbers = row.map { String(format: "%.4f", abs($0) < 5e-5 ? 0 : $0) }
    print("  [" + numbers.joined(separator: ", ") + "],")
  }
}

private struct TransferTable {
  private let people: [[Sample]]
  /// Of each person, for each zone.
  private var shades: [[Double]]
  /// For each zone ten numbers: those of `ZoneTransfer` but for its trust.
  private var transfer: [[Double]] = []

  private let zones = mirroredZones

  init(people: [[Sample]]) {
    self.people = people
    shades = people.map { samples in
      let scales = samples.flatMap { sample in
        sample.levels.compactMap { $0.map { $0 / Double(sample.truth.harmonics[0]) / 0.08 } }
      }
      return mirroredZones.map { _ in quantile(scales, 0.5) }
    }
  }

  /// The table's rows.
  var rows: [[Double]] {
    let logs = shades.map { own in centered(own.map { $0 > 0 ? log($0) : 0 }) }
    let spread = zones.indices.map { zone in
      logs.reduce(0) { $0 + $1[zone] * $1[zone] } / Double(logs.count)
    }
    return zones.indices.map { zone in
      transfer[zone] + [0.02 / ((spread[zone] + spread[zones[zone]]) / 2 + 0.01)]
    }
  }

  /// Less how dark the whole person is, by the zones near the middle one.
  private func centered(_ logs: [Double]) -> [Double] {
    let middle = quantile(logs, 0.5)
    let weights = logs.map { 1 / (0.01 + ($0 - middle) * ($0 - middle)) }
    let mean = zip(logs, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    return logs.map { $0 - mean }
  }

  mutating func refine() {
    transfer = zones.indices.map(common)
    shades = people.indices.map { person in zones.indices.map { shade($0, of: person) } }
    // What people have in common is the transfer's.
    for zone in zones.indices {
      let both = shades.flatMap { [log($0[zone]), log($0[zones[zone]])] }
      let mean = exp(both.reduce(0, +) / Double(both.count))
      for person in shades.indices { shades[person][zone] /= mean }
      transfer[zone] = transfer[zone].map { $0 * mean }
    }
  }

  /// The transfer of a zone for all people, by robust least squares.
  private func common(_ zone: Int) -> [Double] {
    var equations: [(row: [Double], level: Double)] = []
    for (samples, own) in zip(people, shades) {
      for sample in samples {
        for (place, light) in [(zone, sample.truth), (zones[zone], sample.truth.mirrored)] {
          guard let level = sample.levels[place] else { continue }
          let row = TransferTable.unknowns(of: light)
          // Bright pictures do not count more.
          equations.append((row.map { $0 / row[0] }, level / own[place] / row[0]))
        }
      }
    }
    var found: [Double] = []
    var weights = [Double](repeating: 1, count: equations.count)
    for _ in 0..<3 {
      var system = SymmetricSystem(count: 10)
      for (equation, weight) in zip(equations, weights) {
        system.add(row: equation.row, value: equation.level, weight: weight)
      }
      found = system.solution()
      let rests = equations.map { equation in
        equation.level - zip(equation.row, found).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let spread = 3 * quantile(rests.map { abs($0) }, 0.5)
      weights = rests.map { 1 / (1 + ($0 / spread) * ($0 / spread)) }
    }
    return found
  }

  /// How much brighter the person is in a zone than others.
  private func shade(_ zone: Int, of person: Int) -> Double {
    var (along, spread) = (1e-9, 1e-9)
    for sample in people[person] {
      guard let level = sample.levels[zone] else { continue }
      let row = TransferTable.unknowns(of: sample.truth)
      let expected = zip(row, transfer[zone]).reduce(0) { $0 + $1.0 * $1.1 } / row[0]
      along += level / row[0] * expected
      spread += expected * expected
    }
    return max(1e-3, along / spread)
  }

  /// What the ten numbers are multiplied by.
  private static func unknowns(of light: Light) -> [Double] {
    let h = light.harmonics.map { Double($0) }
    return h[..<4] + [(h[1] * h[1] + h[2] * h[2] + h[3] * h[3]).squareRoot()] + h[4...]
  }
}
