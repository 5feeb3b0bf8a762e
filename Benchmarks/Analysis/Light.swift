import Align
import FaceCore
import Foundation
import SyntheticFaces

/// A rendered face with what is known of it and what was found.
struct Sample {
  let truth: Light
  let levels: [Double?]
  let found: Light?
  let milliseconds: Double
}

/// Faces under one key light from anywhere before them and some light from all sides; each eighth
/// without the key.
func samples(of person: FaceIdentity, count: Int, using aligner: FaceAligner) throws -> [Sample] {
  var generator = SeededGenerator(seed: UInt64(person.seed))
  let renderer = FaceRenderer(head: person)
  return try (0..<count).compactMap { index in
    func random(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    let (tilt, turn) = (random(20...80) * .pi / 180, random(-180...180) * .pi / 180)
    let ambient = random(0.1...0.4)
    var light = SceneLight(
      ambient: .init(ambient, ambient, ambient), sky: .init(0, 0, 0), keyAzimuth: 0,
      keyElevation: 0, keyStrength: index % 8 == 0 ? 0 : random(0.3...0.8))
    light.keyDirection = [sin(tilt) * cos(turn), -sin(tilt) * sin(turn), -cos(tilt)]
    let pose = Pose(yaw: Double(random(-35...35)), pitch: Double(random(-12...12)), roll: 0)
    let scene = Scene(
      pose: pose, position: [0, 8, 60], light: light,
      camera: SceneCamera(width: 480, height: 480, focal: 800))
    let luma = GrayImage(renderer.render(scene).image)
    guard let face = try aligner.faces(in: luma).first else { return nil }
    let start = ContinuousClock.now
    let found = faceLight(of: face.landmarks, pose: face.pose, in: luma)
    return Sample(
      truth: light.truth(pose: pose),
      levels: zoneLevels(of: face.landmarks, pose: face.pose, in: luma), found: found,
      milliseconds: start.duration(to: .now) / .milliseconds(1))
  }
}

/// First-order light across the face over the constant.
func sideways(_ light: Light) -> Double {
  Double(hypot(light.harmonics[1], light.harmonics[3]) / light.harmonics[0])
}

/// Degrees counter-clockwise from image right.
func azimuth(_ light: Light) -> Double {
  Double(atan2(-light.harmonics[1], light.harmonics[3])) * 180 / .pi
}

func quantile(_ values: [Double], _ part: Double) -> Double {
  values.isEmpty ? .nan : values.sorted()[Int(Double(values.count - 1) * part)]
}

/// How well the light is told on people whose heads the table was not measured on.
func benchLight() throws {
  let aligner = try FaceAligner()
  let people =
    [FaceIdentity.alice, .bob] + (0..<6).map { FaceIdentity(name: "v\($0)", seed: 50 + $0) }
  let all = try people.flatMap { try samples(of: $0, count: 40, using: aligner) }
  let found = all.compactMap { sample in sample.found.map { (truth: sample.truth, light: $0) } }
  let lit = found.filter { sideways($0.truth) > Light.flatBelow }
  let errors = lit.map { pair -> Double in
    let difference = abs(azimuth(pair.light) - azimuth(pair.truth))
    return min(difference, 360 - difference)
  }
  let ratios = lit.map { sideways($0.light) / sideways($0.truth) }
  let even = found.filter { sideways($0.truth) < 0.05 }
  let right = found.filter { $0.truth.bin == $0.light.bin }
  print("faces \(all.count), light told of \(found.count)")
  func line(_ name: String, _ values: [Double]) {
    let numbers = [0.1, 0.5, 0.9].map { String(format: "%.3f", quantile(values, $0)) }
    print("\(name): p10 \(numbers[0]), median \(numbers[1]), p90 \(numbers[2])")
  }
  line("azimuth error, degrees", errors)
  line("contrast found over true", ratios)
  line("contrast found in even light", even.map { sideways($0.light) })
  line("milliseconds", all.map(\.milliseconds))
  // A light at the edge of a bin may fall on either side of it.
  let clear = found.filter { isClear($0.truth) }
  print(
    "bin right where light is 10° and a third of the contrast away from an edge:",
    "\(clear.filter { $0.truth.bin == $0.light.bin }.count) of \(clear.count)")
  print(
    "bin right \(right.count) of \(found.count), flat or not right",
    found.filter { ($0.truth.bin == .flat) == ($0.light.bin == .flat) }.count)
}

/// Whether the light is well inside its bin.
private func isClear(_ light: Light) -> Bool {
  let contrast = sideways(light)
  let edges = [Light.flatBelow, Light.hardFrom]
  guard edges.allSatisfy({ contrast < $0 / 1.33 || contrast > $0 * 1.33 }) else { return false }
  guard contrast > Light.flatBelow else { return true }
  let place = (azimuth(light) / 45 + 8.5).truncatingRemainder(dividingBy: 1)
  return min(place, 1 - place) * 45 > 10
}
