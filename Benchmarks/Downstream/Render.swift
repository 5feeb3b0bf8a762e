import FaceCore
import Foundation
import Media
import SyntheticFaces

/// A source that mostly looks into the camera, turns in flat light, and hardly ever in hard light from the
/// side; a target that turns in hard light from the side; and the right answer of its swap, in the
/// target's skin tone under `truth/`, in the source's own under `own-tone/`.
///
/// `still` clips of alice look ahead (±9° of yaw, ±5° of pitch) in much the same light, each of twice
/// `seconds`. `turning` of `seconds` turn by ±55° and ±24°, near the camera and in flat light; as many, of
/// the part `rare` of that, do so in hard light from the left and from the right, by turns. Bob turns in
/// three clips, in hard light from either side and in flat light, and in the four targets, which nobody
/// trains on. The targets are so far from the camera that a face is about as large as the square a model of
/// 64 pixels answers with.
func render(
  into folder: String, seconds: Double, rare: Double, still: Int, turning: Int
) throws {
  func clip(
    _ name: String, _ identity: FaceIdentity, _ seed: UInt64, part: Double, light: SetLight,
    distance: Float = 90, isStill: Bool = false, swap: FaceIdentity? = nil
  ) -> SampleClip {
    var look = ClipLook(seed: seed)
    look.distance = distance
    light.shine(on: &look)
    return SampleClip(
      name: name, identity: identity, seed: seed, frames: max(1, Int(seconds * part * 25)),
      look: look, yawRange: isStill ? 9 : 55, pitchRange: isStill ? 5 : 24, swapFace: swap)
  }
  let fromLeft = SetLight.hard(azimuth: -50)
  let fromRight = SetLight.hard(azimuth: 50)
  // Seeds from 520 on are the other clips'.
  var clips = (0..<still).map { index in
    let seed = UInt64(index < 20 ? 500 + index : 580 + index)
    return clip("alice-still-\(index)", .alice, seed, part: 2, light: .flat, isStill: true)
  }
  for index in 0..<turning {
    clips.append(
      clip(
        "alice-flat-\(index)", .alice, UInt64(520 + index), part: 1, light: .flat, distance: 78))
  }
  for index in 0..<turning {
    clips.append(
      clip(
        "alice-side-\(index)", .alice, UInt64(530 + index), part: rare,
        light: index.isMultiple(of: 2) ? fromLeft : fromRight))
  }
  for (index, light) in [fromLeft, .flat, fromRight].enumerated() {
    clips.append(clip("bob-\(index)", .bob, UInt64(540 + index), part: 0.6, light: light))
  }
  for (index, light) in [fromLeft, fromRight, fromLeft, fromRight].enumerated() {
    clips.append(
      clip(
        "target-\(index)", .bob, UInt64(560 + index), part: 0.6, light: light, distance: 150,
        swap: .alice))
  }
  for part in ["truth", "own-tone"] {
    try FileManager.default.createDirectory(
      atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
  }
  for clip in clips {
    try write(clip, to: "\(folder)/\(clip.name)")
    if clip.swapFace != nil {
      try write(clip, tone: .head, to: "\(folder)/truth/\(clip.name)")
      try write(clip, tone: .face, to: "\(folder)/own-tone/\(clip.name)")
    }
    print(clip.name, clip.frames)
  }
}

/// How a set is lit.
private enum SetLight {
  /// From everywhere, and a little from the camera's left.
  case flat
  /// A strong lamp, and little else.
  case hard(azimuth: Float)

  func shine(on look: inout ClipLook) {
    switch self {
    case .flat:
      (look.keyAzimuth, look.keyElevation, look.keyStrength) = (-15, 20, 0.35)
      look.ambient = .init(0.32, 0.32, 0.33)
      look.sky = .init(0.2, 0.2, 0.21)
    case .hard(let azimuth):
      (look.keyAzimuth, look.keyElevation, look.keyStrength) = (azimuth, 20, 0.9)
      look.ambient = .init(0.1, 0.1, 0.11)
      look.sky = .init(0.06, 0.06, 0.065)
    }
  }
}

/// The clip as it is, or with `tone` the right answer of its swap; nothing where it is there already.
private func write(_ clip: SampleClip, tone: SwapTone? = nil, to path: String) throws {
  let face = tone == nil ? nil : clip.swapFace
  guard !FileManager.default.fileExists(atPath: path + ".jsonl") else { return }
  let rate = Int32(clip.framesPerSecond)
  var settings = VideoSettings(
    width: clip.width, height: clip.height,
    timebase: Rational(numerator: 1, denominator: rate * 512),
    frameRate: Rational(numerator: rate, denominator: 1))
  settings.quality = 16
  settings.preset = .veryfast
  settings.metadata = ["comment": "A synthetic person."]
  let renderer = clip.renderer(face: face, tone: tone ?? .face)
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
