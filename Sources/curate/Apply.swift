import Align
import ArgumentParser
import Catalog
import FaceCore
import Foundation
import Networks
import Trainer

struct Apply: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put the source's face into a video of the target.",
    discussion: """
      Sound, timestamps and colour tags pass through. The file says in its metadata (XMP, IPTC \
      digital source type) that it is a composite made with a trained model.
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption
  @OptionGroup var progress: ProgressOption

  @Argument(help: "A model's name in the workspace, or its folder.")
  var model: String

  @Argument(help: "The video of the target.")
  var video: String

  @Option(name: [.customShort("o"), .long], help: "The file to write: .mp4 or .mov.")
  var out: String

  @Option(
    help: """
      Whose face is replaced, of a video that is in the catalogue; the person of the model's target \
      unless told.
      """)
  var identity: String?

  @Option(help: "Quality of the H.264 file: 0 lossless, 18 hardly visible, 51 worst.")
  var quality = 18

  @Option(help: "Also write a contact sheet of frames before and after, as PNG.")
  var sheet: String?

  @Option(help: "The right answer from 'curate sample': report how far the swap is from it.")
  var truth: String?

  @Flag(help: "Replace the output and the sheet if they exist; footage never is.")
  var force = false

  @OptionGroup(title: "Engine") var engine: EngineOptions

  /// What is printed at the end.
  private struct Summary: Encodable {
    struct Distance: Encodable {
      var psnr: Double?
      var ssim: Double?
    }
    var output: String
    var sheet: String?
    var frames: Int
    var swapped: Int
    var framesPerSecond: Double
    /// Inside the mask, against the truth: the swap, and the target left as it was.
    var swapAgainstTruth: Distance?
    var targetAgainstTruth: Distance?
  }

  func validate() throws {
    guard (0...51).contains(quality) else { throw ValidationError("--quality is 0 to 51") }
  }

  func run() throws {
    // A model works without a catalogue, too.
    let opened = try workspace.openIfThere()
    try checkOutputs(opened)
    let folder = URL(fileURLWithPath: try workspace.existingModel(model))
    let torch = try engine.open(nil)
    if let torch { warn("engine: \(torch.description)") }
    let swapModel = try SwapModel(folder: folder, engine: CPUEngine(), torch: torch?.engine)
    let manifest = try Manifest(path: folder.appending(path: TrainJob.manifestName).path)
    let target = manifest.rows.first { $0.side == .target }
    // Under the name they have by now, if they are of this workspace.
    let person = target.flatMap { target in
      FaceID(target.id).flatMap { try? opened?.face($0).identity } ?? target.identity
    }
    let finder = TargetFinder(
      workspace: opened, identity: identity ?? person, isAsked: identity != nil)
    let looking = progress.reporter("find faces", unit: "frames")
    let faces = try finder.faces(in: video) { looking.report($0) }
    looking.finish("in \(faces.count) frames")
    guard !faces.isEmpty else {
      throw CommandError("\(video): no face to swap was found, so nothing was written")
    }
    var job = ApplyJob(
      model: swapModel, folder: folder, video: video, output: out, faces: faces,
      faceType: target.flatMap { FaceType(rawValue: $0.crop.faceType) } ?? .full)
    (job.quality, job.truth, job.sheet) = (quality, truth, sheet)
    let reporter = progress.reporter("swap", unit: "frames")
    let result = try job.run { reporter.report($0) }
    let statistics = result.statistics
    reporter.finish(
      "\(statistics.swapped) of \(statistics.frames) frames, "
        + "\(statistics.framesPerSecond.text(1)) frames/s")
    try show(result)
    if let damage = result.damage {
      warn("Error: \(video): \(damage); what could be read is swapped")
      throw ExitCode.partly
    }
  }

  /// Before hours of work, not after.
  private func checkOutputs(_ opened: Workspace?) throws {
    let footage =
      [video] + (try opened?.videos().map(\.facts.path) ?? []) + (truth.map { [$0] } ?? [])
    try OutputFile.video(out).check(mayReplace: { _ in force }, inputs: footage)
    if let sheet {
      try OutputFile.picture(sheet).check(mayReplace: { _ in force }, inputs: footage)
    }
  }

  private func show(_ result: ApplyJob.Result) throws {
    func distance(_ error: SwapError?) -> Summary.Distance? {
      error.map { .init(psnr: $0.psnr, ssim: $0.ssim) }
    }
    let summary = Summary(
      output: out, sheet: sheet, frames: result.statistics.frames,
      swapped: result.statistics.swapped, framesPerSecond: result.statistics.framesPerSecond,
      swapAgainstTruth: distance(result.swapError),
      targetAgainstTruth: distance(result.targetError))
    try output.show(summary) {
      var lines = [out] + (sheet.map { [$0] } ?? [])
      func line(_ name: String, _ distance: Summary.Distance?) {
        guard let psnr = distance?.psnr, let ssim = distance?.ssim else { return }
        lines.append("\(name)  PSNR \(psnr.text(2)) dB  SSIM \(ssim.text(3))")
      }
      line("swap against truth  ", summary.swapAgainstTruth)
      line("target against truth", summary.targetAgainstTruth)
      return lines.joined(separator: "\n")
    }
  }
}
