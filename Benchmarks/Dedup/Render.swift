import FaceCore
import Foundation
import Media
import SyntheticFaces

/// For each person a clip of moments that all differ, and the same clip with every fourth frame shown
/// twice, as film is for television; `NAME.json` says which moment each of its frames shows.
func render(into folder: String, people: Int, moments: Int) throws {
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  for person in 0..<people {
    let identity =
      person == 0
      ? FaceIdentity.alice
      : person == 1 ? .bob : FaceIdentity(name: "p\(person)", seed: UInt64(100 + person))
    let clip = MomentClip(identity: identity, seed: UInt64(person + 1), moments: moments)
    let renderer = clip.renderer()
    let name = "\(folder)/\(identity.name)"
    var plain = try writer(name + ".mp4", of: clip)
    var doubled = try writer(name + "-pulldown.mp4", of: clip)
    var order: [Int] = []
    for (moment, scene) in clip.scenes.enumerated() {
      let image = renderer.render(scene).image
      try plain.append(image, at: time(moment))
      for _ in 0..<(moment % 4 == 3 ? 2 : 1) {
        try doubled.append(image, at: time(order.count))
        order.append(moment)
      }
    }
    try plain.finish()
    try doubled.finish()
    try JSONEncoder().encode(order).write(to: URL(fileURLWithPath: name + "-pulldown.json"))
  }
}

private func time(_ frame: Int) -> Timestamp {
  Timestamp(
    ticks: Int64(frame) * 512, numerator: 1,
    denominator: Int32(MomentClip.framesPerSecond) * 512)
}

private func writer(_ path: String, of clip: MomentClip) throws -> VideoWriter {
  let rate = Int32(MomentClip.framesPerSecond)
  var settings = VideoSettings(
    width: clip.scenes[0].camera.width, height: clip.scenes[0].camera.height,
    timebase: Rational(numerator: 1, denominator: rate * 512),
    frameRate: Rational(numerator: rate, denominator: 1))
  settings.quality = 16
  settings.preset = .veryfast
  settings.metadata = ["comment": "A synthetic person."]
  return try VideoWriter(path: path, settings: settings)
}
