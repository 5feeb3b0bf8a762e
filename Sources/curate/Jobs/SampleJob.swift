import FaceCore
import Foundation
import Media
import SyntheticFaces

/// Synthetic clips into a folder: video with sound, and what is true of every frame.
struct SampleJob {
  let folder: String
  let samples: SampleSet

  /// A file that is written.
  struct Output {
    let clip: SampleClip
    /// Whose face is drawn on the clip's head; nil for the head's own.
    let face: FaceIdentity?
    let video: String
    let truth: String
  }

  /// Every clip, and for a target clip the right answer of its swap under `truth/`.
  var outputs: [Output] {
    samples.clips.flatMap { clip in
      let own = Output(
        clip: clip, face: nil, video: "\(folder)/\(clip.name).mp4",
        truth: "\(folder)/\(clip.name).jsonl")
      guard let face = clip.swapFace else { return [own] }
      let swapped = Output(
        clip: clip, face: face, video: "\(folder)/truth/\(clip.name).mp4",
        truth: "\(folder)/truth/\(clip.name).jsonl")
      return [own, swapped]
    }
  }

  /// Draws one file; the truth comes last, so where it is, the video is whole.
  func write(_ output: Output, progress: (Progress) -> Void) throws {
    let clip = output.clip
    let folder = URL(fileURLWithPath: output.video).deletingLastPathComponent().path
    try FileManager.default.makeFolder(folder)
    // An import of all clips leaves the right answers out.
    if output.face != nil { try AtomicFile.write(Data(), to: "\(folder)/\(VideoFiles.noFootage)") }
    let rate = Int32(clip.framesPerSecond)
    var settings = VideoSettings(
      width: clip.width, height: clip.height,
      timebase: Rational(numerator: 1, denominator: rate * 512),
      frameRate: Rational(numerator: rate, denominator: 1))
    let sound = clip.audio()
    settings.audio = .samples(sound.samples, rate: sound.rate, channels: 1)
    settings.quality = 16
    settings.preset = .veryfast
    settings.metadata = ["comment": "A synthetic person, rendered by curate \(Curate.version)."]
    let renderer = clip.renderer(face: output.face, tone: .head)
    var writer = try VideoWriter(path: output.video, settings: settings)
    var lines = Data()
    for frame in 0..<clip.frames {
      let drawn = renderer.render(clip.scene(at: frame))
      let time = Timestamp(
        ticks: Int64(frame) * 512, numerator: 1, denominator: rate * 512)
      try writer.append(drawn.image, at: time)
      lines += try clip.truth(at: frame, landmarks: drawn.landmarks, face: output.face).line()
      lines.append(UInt8(ascii: "\n"))
      progress(Progress(done: frame + 1, total: clip.frames))
    }
    try writer.finish()
    try AtomicFile.write(lines, to: output.truth)
  }
}
