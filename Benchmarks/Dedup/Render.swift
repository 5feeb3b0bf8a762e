import FaceCore
import Foundation
import Media
import SyntheticFaces

/// For each person a clip of moments that all differ, 24 frames a second, and the same clip at 30
/// frames a second, every fourth frame twice, as film is for television; `NAME.json` says which frame of
/// the first each of its frames is.
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
    let rates: [Int32] = [24, 30]
    var plain = try writer(name + ".mp4", of: clip, rate: rates[0])
    var doubled = try writer(name + "-pulldown.mp4", of: clip, rate: rates[1])
    var order: [Int] = []
    for (frame, scene) in clip.scenes.enumerated() {
      let image = renderer.render(scene).image
      try plain.append(image, at: time(frame, rate: rates[0]))
      for _ in 0..<(frame % 4 == 3 ? 2 : 1) {
        try doubled.append(image, at: time(order.count, rate: rates[1]))
        order.append(frame)
      }
    }
    try plain.finish()
    try doubled.finish()
    try JSONEncoder().encode(order).write(to: URL(fileURLWithPath: name + "-pulldown.json"))
  }
}

private func time(_ frame: Int, rate: Int32) -> Timestamp {
  Timestamp(ticks: Int64(frame) * 512, numerator: 1, denominator: rate * 512)
}

private func writer(_ path: String, of clip: MomentClip, rate: Int32) throws -> VideoWriter {
  var settings = VideoSettings(
    width: clip.scenes[0].camera.width, height: clip.scenes[0].camera.height,
    timebase: Rational(numerator: 1, denominator: rate * 512),
    frameRate: Rational(numerator: rate, denominator: 1))
  settings.quality = 16
  settings.preset = .veryfast
  settings.metadata = ["comment": "A synthetic person."]
  return try VideoWriter(path: path, settings: settings)
}
