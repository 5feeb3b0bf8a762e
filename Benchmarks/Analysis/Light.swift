import Align
import FaceCore
import Foundation
import SyntheticFaces

/// First-order light across the face over the constant.
func sideways(_ light: Light) -> Double {
  Double(hypot(light.harmonics[1], light.harmonics[3]) / light.harmonics[0])
}

/// Degrees counter-clockwise from image right.
func azimuth(_ light: Light) -> Double {
  Double(atan2(-light.harmonics[1], light.harmonics[3])) * 180 / .pi
}

/// Degrees between two azimuths.
func azimuthError(_ pair: (truth: Light, light: Light)) -> Double {
  let difference = abs(azimuth(pair.light) - azimuth(pair.truth))
  return min(difference, 360 - difference)
}

func quantile(_ values: [Double], _ part: Double) -> Double {
  values.isEmpty ? .nan : values.sorted()[Int(Double(values.count - 1) * part)]
}

/// How well the light is told on people whose heads the table was not measured on.
func benchLight() throws {
  let aligner = try FaceAligner()
  let people =
    [FaceIdentity.alice, .bob] + (0..<6).map { FaceIdentity(name: "v\($0)", seed: 50 + $0) }
    + (0..<16).map { FaceIdentity(name: "w\($0)", seed: 4000 + $0) }
  for kind in SceneKind.allCases {
    let all = try people.map { try samples(of: $0, in: kind, count: 40, using: aligner) }
    print("\(kind.rawValue), eight people:")
    report(all[..<8].flatMap { $0 })
    print("\(kind.rawValue), sixteen others:")
    report(all[8...].flatMap { $0 })
  }
}

private func report(_ all: [Sample]) {
  let found = all.compactMap { sample in sample.found.map { (truth: sample.truth, light: $0) } }
  let lit = found.filter { sideways($0.truth) > Light.flatBelow }
  let errors = lit.map { azimuthError($0) }
  let even = found.filter { sideways($0.truth) < 0.05 }
  let right = found.filter { $0.truth.bin == $0.light.bin }
  print("  faces \(all.count), light told of \(found.count)")
  func line(_ name: String, _ values: [Double]) {
    let numbers = [0.1, 0.5, 0.9].map { String(format: "%.3f", quantile(values, $0)) }
    print("  \(name): p10 \(numbers[0]), median \(numbers[1]), p90 \(numbers[2])")
  }
  line("azimuth error, degrees", errors)
  line("contrast found over true", lit.map { sideways($0.light) / sideways($0.truth) })
  line("contrast found in even light", even.map { sideways($0.light) })
  line("milliseconds", all.map(\.milliseconds))
  // A light at the edge of a bin may fall on either side of it.
  let clear = found.filter { isClear($0.truth) }
  print(
    "  bin right where light is 10° and a third of the contrast away from an edge:",
    "\(clear.filter { $0.truth.bin == $0.light.bin }.count) of \(clear.count)")
  print(
    "  bin right \(right.count) of \(found.count), flat or not right",
    found.filter { ($0.truth.bin == .flat) == ($0.light.bin == .flat) }.count)
}

/// Whether the light is well inside its bin.
func isClear(_ light: Light) -> Bool {
  let contrast = sideways(light)
  let edges = [Light.flatBelow, Light.hardFrom]
  guard edges.allSatisfy({ contrast < $0 / 1.33 || contrast > $0 * 1.33 }) else { return false }
  guard contrast > Light.flatBelow else { return true }
  let place = (azimuth(light) / 45 + 8.5).truncatingRemainder(dividingBy: 1)
  return min(place, 1 - place) * 45 > 10
}
