import Augment
import FaceCore
import Foundation

/// Chooses from a made pool, and prints how long it takes and how well it covers.
///
///     selection-bench [POOL] [COUNT] [THREADS] [LEAST]
///
/// The pool is a person in takes of 200 frames: four of five look into the camera, in soft light from
/// above; the target looks to the sides twice as often, and in other lights.
func pool(_ count: Int, spread: Double, seed: UInt64) -> [Candidate] {
  var generator = SeededGenerator(seed: seed)
  var faces: [Candidate] = []
  faces.reserveCapacity(count)
  var take = 0
  while faces.count < count {
    let isTurned = Double.random(in: 0..<1, using: &generator) < spread
    var yaw = (isTurned ? 35 : 12) * generator.nextGaussian()
    var pitch = 8 * generator.nextGaussian()
    let lights = isTurned ? LightBin.allCases : [.flat, .upSoft, .upLeftSoft]
    let light = lights.randomElement(using: &generator)
    for frame in 0..<min(200, count - faces.count) {
      yaw = max(-89, min(89, yaw + 0.8 * generator.nextGaussian()))
      pitch = max(-60, min(60, pitch + 0.5 * generator.nextGaussian()))
      let pose = PoseCell(yaw: yaw, pitch: pitch)
      let digits = String(take / 50 + 1, radix: 16)
      faces.append(
        Candidate(
          id: FaceID(
            videoSHA256: String(repeating: "0", count: 16 - digits.count) + digits,
            ordinal: take % 50 * 200 + frame, position: 0),
          cell: FaceCell(pose, light: abs(yaw) > 50 ? nil : light),
          quality: .random(in: 0...1, using: &generator), track: take % 50,
          place: FacePlace(
            yaw: yaw, pitch: pitch, mouth: .random(in: 0...0.12, using: &generator),
            eyes: .random(in: 0.05...0.07, using: &generator), brows: 0.1, exposure: -2)))
    }
    take += 1
  }
  return faces
}

func peak() -> Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
  return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
}

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let size = numbers.first ?? 1_000_000
let count = numbers.dropFirst().first ?? 10_000
let threads = numbers.dropFirst(2).first ?? 2
let clock = ContinuousClock()
let source = pool(size, spread: 0.2, seed: 1)
let target = pool(max(1, size / 50), spread: 0.5, seed: 2)
print("pool \(source.count), target \(target.count), \(count) wanted, \(threads) threads")

func show(_ name: String, _ chosen: [Candidate]) {
  let audit = SelectionAudit(
    of: chosen, from: source, wanted: count, target: target, isFolded: false)
  func text(_ number: Double?) -> String { String(format: "%.3f", number ?? .nan) }
  print(
    "\(name): \(audit.faces) faces, cells \(audit.filled) of \(audit.feasible), evenness "
      + "\(text(audit.evenness)), hole \(text(audit.hole))° (in reach \(text(audit.holeInReach))°), "
      + "mismatch \(text(audit.mismatch)), nearest \(text(audit.nearest))°")
}

let goals: [(String, Quotas.Goal)] = [
  ("uniform", .uniform), ("sqrt", .sqrt),
  ("match", .match(Coverage(of: target.lazy.map(\.cell)))),
]
for (name, goal) in goals {
  let plan = Selection.Plan(
    count: count, goal: goal, floor: numbers.dropFirst(3).first ?? 1, seed: 1)
  var selection: Selection?
  let time = clock.measure {
    selection = Selection(
      from: source, plan: plan, covering: name == "match" ? target : [], threads: threads)
  }
  print(
    "\(name): \(time.formatted(.units(width: .narrow, fractionalPart: .show(length: 2)))), "
      + "\(peak()) MB")
  let ids = Set(selection?.choices.map(\.id) ?? [])
  show(name, source.filter { ids.contains($0.id) })
}
show("random", Selection.random(count, from: source, seed: 1))
show("best faces", Selection.bestFaces(count, from: source))
