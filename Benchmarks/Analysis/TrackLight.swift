import Align
import FaceCore
import Foundation
import SyntheticFaces

/// How much better the frames around a face tell its light: rendered people who turn in a light that stays.
func benchTrackLight() throws {
  let aligner = try FaceAligner()
  let people = (0..<16).map { FaceIdentity(name: "w\($0)", seed: 4000 + $0) }
  for kind in SceneKind.allCases {
    var told = ToldLights()
    for person in people { try told.add(person, in: kind, using: aligner) }
    print("\(kind.rawValue), sixteen people of a clip each:")
    told.report()
  }
}

/// What was found of faces, by themselves and by their tracks.
private struct ToldLights {
  private var faces: [(truth: Light, yaw: Double, seen: Light?, told: Light?)] = []
  /// How often a face's bin is not that of the frame before: by itself, by its track, truly.
  private var changes = SIMD3<Int>.zero
  private var pairs = 0

  /// A clip of 50 frames, the head turning by up to 70°.
  mutating func add(
    _ person: FaceIdentity, in kind: SceneKind, using aligner: FaceAligner
  ) throws {
    var generator = SeededGenerator(seed: UInt64(person.seed), stream: 9)
    let renderer = FaceRenderer(head: person)
    let light = kind.light(1, using: &generator)
    let performance = Performance(
      seed: UInt64(person.seed), duration: 2.4, yawRange: 70, pitchRange: 15)
    var video = VideoAligner()
    var (found, truths, ordinals): ([AlignedFace], [(Light, Double)], [Int]) = ([], [], [])
    for frame in 0..<50 {
      let time = Double(frame) / 25
      let pose = performance.pose(at: time)
      let scene = Scene(
        pose: pose, position: [0, 8, 60], expression: performance.expression(at: time),
        light: light, camera: SceneCamera(width: 480, height: 480, focal: 800))
      let luma = GrayImage(renderer.render(scene).image)
      guard let face = try video.frame(luma, number: frame, using: aligner).faces.first else {
        continue
      }
      found.append(measured(face, in: luma))
      truths.append((light.truth(pose: pose), pose.yaw))
      ordinals.append(frame)
    }
    let marks = found.map(\.landmarks)
    let poses = TrackPoses(of: marks, ordinals: ordinals, shape: .mean).poses
    let told = trackLights(found.map(\.light), of: marks, poses: poses, ordinals: ordinals)
    for index in found.indices {
      faces.append((truths[index].0, truths[index].1, found[index].light, told[index]))
      guard index > 0, let seen = found[index].light, let before = found[index - 1].light else {
        continue
      }
      pairs += 1
      changes &+= SIMD3(
        seen.bin == before.bin ? 0 : 1, told[index]?.bin == told[index - 1]?.bin ? 0 : 1,
        truths[index].0.bin == truths[index - 1].0.bin ? 0 : 1)
    }
  }

  func report() {
    line("by themselves", faces.filter { $0.seen != nil }.map { ($0.truth, $0.seen) })
    line("by tracks, the same faces", faces.filter { $0.seen != nil }.map { ($0.truth, $0.told) })
    line(
      "by tracks, faces that hide too much",
      faces.filter { $0.seen == nil }.map { ($0.truth, $0.told) })
    print(
      "  another bin than the frame before, of \(pairs): by itself \(changes.x),",
      "by its track \(changes.y), truly \(changes.z)")
  }

  private func line(_ name: String, _ all: [(truth: Light, found: Light?)]) {
    let found = all.compactMap { pair in pair.found.map { (truth: pair.truth, light: $0) } }
    let right = found.filter { $0.truth.bin == $0.light.bin }.count
    let clear = found.filter { isClear($0.truth) }
    let errors = found.filter { sideways($0.truth) > Light.flatBelow }.map { azimuthError($0) }
    print(
      "  \(name): \(found.count) of \(all.count) told; azimuth",
      String(format: "%.1f°, p90 %.1f°;", quantile(errors, 0.5), quantile(errors, 0.9)),
      "bin right \(right) of \(found.count)",
      String(format: "(%.1f %%),", 100 * Double(right) / Double(max(1, found.count))),
      "clear \(clear.filter { $0.truth.bin == $0.light.bin }.count) of \(clear.count)")
  }
}
