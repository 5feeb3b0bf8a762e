import Align
import FaceCore
import Foundation
import SyntheticFaces

/// The places of a person's landmarks at rest, in the head frame and in units of the mean head.
func restingHead(_ person: FaceIdentity) -> [SIMD3<Double>] {
  let distance: Float = 10_000
  let scene = Scene(
    pose: .frontal, position: [0, 0, distance],
    light: SceneLight(
      ambient: .init(0.5, 0.5, 0.5), sky: .init(0, 0, 0), keyAzimuth: 0, keyElevation: 0,
      keyStrength: 0), camera: SceneCamera(width: 256, height: 256, focal: 256 * distance / 30))
  let places = FaceRenderer(head: person).landmarkPlaces(scene).map {
    SIMD3(Double($0.x), Double($0.y), Double($0.z - distance))
  }
  return symmetric(alignedToMeanHead(places))
}

/// Moved and scaled, but not turned, for a mode is to say which way a person's face is tipped.
private func alignedToMeanHead(_ places: [SIMD3<Double>]) -> [SIMD3<Double>] {
  // Eyes and nose: what the pose is mostly told by.
  let rigid = Array(27..<48)
  func mean(_ points: [SIMD3<Double>]) -> SIMD3<Double> {
    rigid.reduce(.zero) { $0 + points[$1] } / Double(rigid.count)
  }
  func spread(_ points: [SIMD3<Double>], _ middle: SIMD3<Double>) -> Double {
    rigid.reduce(0) { $0 + ((points[$1] - middle) * (points[$1] - middle)).sum() }
  }
  let head = HeadModel.points
  let (from, to) = (mean(places), mean(head))
  let scale = (spread(head, to) / spread(places, from)).squareRoot()
  return places.map { ($0 - from) * scale + to }
}

private func symmetric(_ points: [SIMD3<Double>]) -> [SIMD3<Double>] {
  points.indices.map { index in
    let other = points[Landmarks.mirrorOrder[index]]
    return (points[index] + SIMD3(-other.x, other.y, other.z)) / 2
  }
}

/// Prints what distinguishes the rendered people's mean from the mean head, and the principal components
/// of how they differ among themselves, each one deviation long.
func printHeadModes() {
  let people = (0..<600).map { restingHead(FaceIdentity(name: "m", seed: 5000 + UInt64($0))) }
  let count = Double(people.count)
  let mean = people[0].indices.map { index in
    people.reduce(SIMD3<Double>.zero) { $0 + $1[index] } / count
  }
  var rest = people.map { person in zip(person, mean).map { $0 - $1 } }
  show(zip(mean, HeadModel.points).map { $0 - $1 })
  for _ in 0..<11 {
    // Power iteration over the people, then what it explains is taken away.
    var mode = rest[0].indices.map { SIMD3(Double($0 % 7) - 3, Double($0 % 5) - 2, 1) }
    var deviation = 0.0
    for _ in 0..<200 {
      var next = [SIMD3<Double>](repeating: .zero, count: mode.count)
      for person in rest {
        let along = product(person, mode)
        for index in next.indices { next[index] += person[index] * along }
      }
      let length = product(next, next).squareRoot()
      deviation = (length / count).squareRoot()
      mode = next.map { $0 / length }
    }
    for index in rest.indices {
      let along = product(rest[index], mode)
      for point in mode.indices { rest[index][point] -= mode[point] * along }
    }
    FileHandle.standardError.write(Data(String(format: "deviation %.2f\n", deviation).utf8))
    show(mode.map { $0 * deviation })
  }
}

private func product(_ a: [SIMD3<Double>], _ b: [SIMD3<Double>]) -> Double {
  zip(a, b).reduce(0) { $0 + ($1.0 * $1.1).sum() }
}

/// The points at image left and in the middle; the others mirror them.
private func show(_ mode: [SIMD3<Double>]) {
  let numbers = mode.indices.filter { Landmarks.mirrorOrder[$0] >= $0 }.flatMap {
    [mode[$0].x, mode[$0].y, mode[$0].z]
  }.map { value in
    let text = String(format: "%.2f", value)
    return text == "-0.00"
      ? "0" : text.replacingOccurrences(of: "\\.?0+$", with: "", options: .regularExpression)
  }
  print("  [")
  for start in stride(from: 0, to: numbers.count, by: 15) {
    print("    " + numbers[start..<min(numbers.count, start + 15)].joined(separator: ", ") + ",")
  }
  print("  ],")
}
