import ArgumentParser
import Foundation
import SyntheticFaces

struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make clips of two synthetic people, with sound and exact truth.",
    discussion: """
      Two clips each of alice and bob to train on, and bob-target.mp4 to swap. truth/ holds the \
      right answer of that swap: the same frames with alice's face. Beside each video a .jsonl \
      tells identity, pose, landmarks, expression and light of every frame. Nobody real is in them.
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var progress: ProgressOption

  @Argument(help: "Where to put the clips; made when it is missing.")
  var folder: String

  @Option(help: "Seconds of each training clip; the target's is half as long.")
  var seconds = 20.0

  @Option(help: "Seed of motion, framing, light and rooms.")
  var seed: UInt64 = 1

  @Option(help: "Height of the picture in pixels, 16:9.")
  var height = 360

  func validate() throws {
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds is more than 0, and at most 3600")
    }
    guard (180...2160).contains(height), height % 18 == 0 else {
      throw ValidationError("--height is a multiple of 18, from 180 to 2160")
    }
  }

  func run() throws {
    let samples = SampleSet.standard(
      seconds: seconds, seed: seed, width: height * 16 / 9, height: height)
    let job = SampleJob(folder: folder, samples: samples)
    for output in job.outputs {
      let reporter = progress.reporter(output.video, unit: "frames")
      let isThere = [output.video, output.truth].allSatisfy(FileManager.default.fileExists)
      if isThere {
        reporter.finish("is there")
        continue
      }
      let start = Date()
      try job.write(output) { reporter.report($0) }
      let rate = Double(output.clip.frames) / Date().timeIntervalSince(start)
      reporter.finish("\(output.clip.frames) frames, \(rate.text(0)) frames/s")
    }
  }
}
