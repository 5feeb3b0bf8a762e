import FaceCore
import Foundation
import Media
import SyntheticFaces

/// A source that mostly looks into the camera in one light, and little else; a target that turns and is
/// lit from all sides; and the right answer of its swap under `truth/`.
///
/// Six clips of alice look ahead (±9° of yaw, ±5° of pitch) in much the same light; two, a quarter as
/// long, turn by ±55° and ±24° in other lights. Bob does so in three clips, and in `bob-target`, which
/// nobody trains on.
func render(into folder: String, seconds: Double) throws {
  func clip(
    _ name: String, _ identity: FaceIdentity, _ seed: UInt64, part: Double, azimuth: Float,
    isStill: Bool = false, swap: FaceIdentity? = nil
  ) -> SampleClip {
    var look = ClipLook(seed: seed)
    look.keyAzimuth = azimuth
    return SampleClip(
      name: name, identity: identity, seed: seed, frames: max(1, Int(seconds * part * 25)),
      look: look, yawRange: isStill ? 9 : 55, pitchRange: isStill ? 5 : 24, swapFace: swap)
  }
  var clips = (0..<6).map {
    clip("alice-still-\($0)", .alice, UInt64(500 + $0), part: 1, azimuth: -15, isStill: true)
  }
  for (index, azimuth) in [Float(-55), 50].enumerated() {
    clips.append(
      clip("alice-turning-\(index)", .alice, UInt64(520 + index), part: 0.25, azimuth: azimuth))
  }
  for (index, azimuth) in [Float(-50), 5, 50].enumerated() {
    clips.append(clip("bob-\(index)", .bob, UInt64(540 + index), part: 0.6, azimuth: azimuth))
  }
  for (index, azimuth) in [Float(-45), 45].enumerated() {
    clips.append(
      clip(
        "target-\(index)", .bob, UInt64(560 + index), part: 0.6, azimuth: azimuth, swap: .alice))
  }
  try FileManager.default.createDirectory(
    atPath: folder + "/truth", withIntermediateDirectories: true)
  for clip in clips {
    try write(clip, face: nil, to: "\(folder)/\(clip.name)")
    if let face = clip.swapFace { try write(clip, face: face, to: "\(folder)/truth/\(clip.name)") }
    print(clip.name, clip.frames)
  }
}

private func write(_ clip: SampleClip, face: FaceIdentity?, to path: String) throws {
  let rate = Int32(clip.framesPerSecond)
  var settings = VideoSettings(
    width: clip.width, height: clip.height,
    timebase: Rational(numerator: 1, denominator: rate * 512),
    frameRate: Rational(numerator: rate, denominator: 1))
  settings.quality = 16
  settings.preset = .veryfast
  settings.metadata = ["comment": "A synthetic person."]
  let renderer = clip.renderer(face: face, tone: .head)
  var writer = try VideoWriter(path: path + ".mp4", settings: settings)
  var lines = Data()
  for frame in 0..<clip.frames {
    let drawn = renderer.render(clip.scene(at: frame))
    try writer.append(
      drawn.image, at: Timestamp(ticks: Int64(frame) * 512, numerator: 1, denominator: rate * 512))
    lines += try clip.truth(at: frame, landmarks: drawn.landmarks, face: face).line()
    lines.append(UInt8(ascii: "\n"))
  }
  try writer.finish()
  try lines.write(to: URL(fileURLWithPath: path + ".jsonl"))
}
