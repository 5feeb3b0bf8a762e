public import ArgumentParser
import Catalog
import FaceCore
import Foundation
import Networks
public import Trainer

struct TrainRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Train a face-swap model from a manifest; what `train` alone does.",
    discussion: """
      One encoder learns both people, a decoder each of them. Checkpoints are whole or absent; \
      --resume goes on from the latest as if nothing had happened. Ctrl-C stops at the next step \
      and leaves a checkpoint. report.html in the model's folder tells how it went.

      Several processes train one model when each is started with RANK, WORLD_SIZE, MASTER_ADDR and \
      MASTER_PORT set, as torchrun and Slurm do, and --engine torch; each takes a batch of its own.
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var progress: ProgressOption

  @Argument(help: "A manifest's name in the workspace, or its file.")
  var manifest: String

  @Option(
    help: "Read crops from the shards in this folder; shards beside the manifest's file are found.")
  var crops: String?

  @Option(help: "The model's name; the manifest's unless told.")
  var name: String?

  @Option(
    help: """
      light: minutes on a CPU. original: 64 px, 82 million numbers. df and liae: 64 to 512 px, with \
      masks; liae keeps more of the target's light. -u: the code normalised; -d: half the work. \
      light unless told.
      """)
  var model: TrainingConfiguration.Model?

  @Option(
    help: "Side of the face, in pixels: a multiple of 16, with -d of 32; original: 64.")
  var resolution: Int?

  @Option(
    help: ArgumentHelp(
      """
      How wide df and liae are: numbers of the code, channels of encoder, decoder and mask. \
      (default: 256,64,64,22)
      """, valueName: "code,encoder,decoder,mask"))
  var widths: Architecture.Widths?

  @Option(help: "Faces of each side in a step.")
  var batchSize: Int?

  @OptionGroup(title: "Learning") var learning: LearningOptions
  @OptionGroup(title: "Losses") var losses: LossOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions

  @Option(help: "Begin with the encoder of this model, by name or folder.")
  var from: String?

  @Flag(
    help: """
      With --from: begin with its decoders, too, which go on with the same two people from another manifest.
      """)
  var withDecoders = false

  @Option(help: "Stop after this many steps in all.")
  var iterations: Int?

  @Option(help: "Stop after this many minutes.")
  var minutes: Double?

  @Option(help: "Seed of weights, order and warps; 1 unless told.")
  var seed: UInt64?

  @Option(help: "Steps between checkpoints.")
  var checkpointEvery = 500

  @Option(help: "Steps between previews.")
  var previewEvery = 250

  @Option(
    help: """
      Measure the swap against the truth with each preview: a folder that `sample` made, or one \
      video of its truth/.
      """)
  var truth: String?

  @Flag(help: "Write event files for TensorBoard into the model's folder, too.")
  var tensorboard = false

  @Flag(help: "Go on with a model that exists; begin it when there is none.")
  var resume = false

  func validate() throws {
    let numbers: [(String, Double)] = [
      ("iterations", Double(iterations ?? 1)), ("minutes", minutes ?? 1),
      ("batch-size", Double(batchSize ?? 1)), ("resolution", Double(resolution ?? 1)),
      ("checkpoint-every", Double(checkpointEvery)), ("preview-every", Double(previewEvery)),
    ]
    for (name, number) in numbers where !(number > 0) {
      throw ValidationError("--\(name) is more than 0")
    }
    guard !withDecoders || from != nil else {
      throw ValidationError("--with-decoders says what to take of the model of --from")
    }
  }

  func run() throws {
    let place = try engine.place()
    let isFirst = place?.rank ?? 0 == 0
    let placed = try PlacedManifest(
      manifest, shardsIn: crops, workspace: workspace, access: isFirst ? .readWrite : .readOnly)
    let read = placed.manifest
    let name = name ?? read.header.name
    guard Manifest.isName(name) else {
      throw CommandError(
        "--name \(name.debugDescription): a name has letters, digits, '-', '_' and '.', and begins with a letter "
          + "or digit")
    }
    let folder = URL(fileURLWithPath: workspace.resolveModel(name))
    var configuration = try settings(in: folder)
    configuration.processes = place?.size ?? 1
    try checkMemory(configuration)
    // Takes its time, and the others do not wait for ever.
    let swapTruth =
      isFirst
      ? try truth.map {
        try TruthFinder(
          workspace: placed.workspace, manifest: read, resolution: configuration.resolution
        ).truth(at: $0, progress: progress)
      } : nil
    let torch = try engine.open(place)
    // From here on the others notice when this one gives up.
    if isFirst { try checkFolder(folder) }
    var job = TrainJob(
      workspace: placed.workspace, manifest: read, crops: placed.crops, folder: folder,
      configuration: configuration, torch: torch,
      startingFrom: try from.map {
        .init(
          folder: URL(fileURLWithPath: try workspace.existingModel($0)),
          withDecoders: withDecoders)
      })
    job.truth = swapTruth
    if tensorboard, isFirst { job.log = TensorBoardLog(run: folder) }
    if let torch { warn("engine: \(torch.description)") }
    let reporter = isFirst ? progress.reporter("train \(name)", unit: "steps") : nil
    StopSignal.watch()
    FreedMemory.keep()
    let (end, run, first) = try train(job, reporter)
    let how = end == .stopped ? "stopped" : end == .timeLimit ? "time is up" : "done"
    reporter?.finish("\(how) at step \(run.step), \(run.step - first) of them now")
    if isFirst { try OutputOption.say(folder.path) }
    // So that a script does not go on with what is half done.
    if end == .stopped, iterations ?? .max > run.step { throw ExitCode.partly }
  }

  private func checkFolder(_ folder: URL) throws {
    let exists = FileManager.default.fileExists(atPath: folder.path)
    guard resume || !exists else {
      throw CommandError("\(folder.relativePath): exists; add --resume, or take another --name")
    }
    guard from == nil || !exists else {
      throw CommandError("\(folder.relativePath): has begun; --from is for a new model")
    }
  }

  /// `first` is the step it went on from.
  private func train(
    _ job: TrainJob, _ reporter: ProgressReporter?
  ) throws -> (end: TrainingEnd, run: TrainingRun, first: Int) {
    var first = 0
    var look: TrainingReport?
    let (end, run) = try job.run(
      started: { run in
        first = run.step
        for line in run.skipped { warn("Warning: \(line)") }
        if run.step > 0 { warn("resuming at step \(run.step)") }
      },
      shouldStop: { StopSignal.isRequested },
      report: { report in
        if report.heldOut != nil || report.quality != nil { look = report }
        reporter?.report(
          Progress(done: report.step, total: iterations),
          note: "loss \(Double(report.source.loss).text(4)) source "
            + "\(Double(report.target.loss).text(4)) target  data wait "
            + "\((report.wait * 100).text(0)) %"
            + (look.map(Self.text) ?? "")
            + (report.secondsLeft.map { "  \(ProgressReporter.clock($0)) left" } ?? ""))
      },
      note: { reporter?.note("Warning: \($0)") })
    return (end, run, first)
  }

  /// What a preview has found, in a few words.
  private static func text(_ look: TrainingReport) -> String {
    var text = ""
    if let loss = look.heldOut {
      text += "  unseen \(Double(loss.source).text(4)) \(Double(loss.target).text(4))"
    }
    if let unseen = look.quality?.unseen, let source = unseen.source, let target = unseen.target {
      text += "  SSIM \(source.ssim.text(3)) \(target.ssim.text(3))"
    }
    if let swap = look.quality?.swap {
      text += "  swap \(swap.psnr.text(1)) dB \(swap.ssim.text(3))"
    }
    return text
  }

  /// Refuses batches whose faces alone fill the memory; what a network needs besides is many times that.
  private func checkMemory(_ configuration: TrainingConfiguration) throws {
    let (size, side) = (configuration.batchSize, configuration.resolution)
    // Both sides, bent and not, three colours, four bytes; two batches are made ahead.
    let bytes = Double(size) * Double(side * side) * 2 * 2 * 3 * 4 * 3
    guard bytes < Double(ProcessInfo.processInfo.physicalMemory) else {
      throw CommandError(
        "--batch-size \(size): so many faces of \(side) px have no room in the memory")
    }
  }

  /// What was typed, over what a run that is resumed was begun with.
  private func settings(in folder: URL) throws -> TrainingConfiguration {
    var configuration: TrainingConfiguration
    if resume, let stored = try SwapModel.configuration(in: folder) {
      configuration = stored
      if let model { configuration.model = model }
      if let seed { configuration.seed = seed }
      if let resolution { configuration.resolution = resolution }
      if let batchSize { configuration.batchSize = batchSize }
    } else {
      let model = model ?? .light
      configuration = TrainingConfiguration(
        model: model, resolution: resolution, batchSize: batchSize ?? model.batchSize,
        seed: seed ?? 1)
    }
    if let widths { configuration.widths = widths }
    learning.apply(to: &configuration)
    losses.apply(to: &configuration)
    configuration.iterationLimit = iterations
    configuration.timeLimit = minutes.map { $0 * 60 }
    configuration.checkpointInterval = checkpointEvery
    configuration.previewInterval = previewEvery
    return configuration
  }
}

extension TrainingConfiguration.Model: ExpressibleByArgument {}

extension Architecture.Widths: ExpressibleByArgument {
  public init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 4, let code = numbers[0], let encoder = numbers[1],
      let decoder = numbers[2], let mask = numbers[3]
    else { return nil }
    self.init(code: code, encoder: encoder, decoder: decoder, mask: mask)
  }
}
