import ArgumentParser
import Catalog
import Foundation
import Trainer

struct TrainStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "List the models and how far their training is.")

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Argument(help: "Models, by name or folder; all of the workspace unless told.")
  var models: [String] = []

  /// One line of the result.
  private struct Line: Encodable {
    var name: String
    var model: String
    var resolution: Int
    var manifest: String
    var step: Int
    var checkpoint: Int?
    var sourceLoss: Float?
    var targetLoss: Float?
    /// Over faces that are never learned, at the latest preview.
    var unseenSourceLoss: Float?
    var unseenTargetLoss: Float?
    var unseenSourceSsim: Double?
    var unseenTargetSsim: Double?
    /// Of the swap against the truth, where it is known.
    var swap: SwapScore?
    /// The same of the target as it is.
    var untouched: SwapScore?
    var stepsPerSecond: Double?
    var dataWait: Double?
    var lastStep: Date?
    var warnings: [Warning]

    struct Warning: Encodable {
      var step: Int
      var text: String
    }

    init(_ status: RunStatus) {
      (name, manifest, step) = (status.name, status.manifest, status.step)
      (model, resolution) = (
        status.configuration.model.rawValue, status.configuration.resolution
      )
      (checkpoint, lastStep) = (status.checkpoint, status.lastStep)
      warnings = status.warnings.map { Warning(step: $0.step, text: $0.text) }
      (sourceLoss, targetLoss) = (status.losses?.source, status.losses?.target)
      (unseenSourceLoss, unseenTargetLoss) = (status.heldOut?.source, status.heldOut?.target)
      unseenSourceSsim = status.quality?.unseen?.source?.ssim
      unseenTargetSsim = status.quality?.unseen?.target?.ssim
      (swap, untouched) = (status.quality?.swap, status.quality?.untouched)
      (stepsPerSecond, dataWait) = (status.rate, status.wait)
    }
  }

  func run() throws {
    // A run's own files say all; the workspace only where to look.
    if models.isEmpty { _ = try workspace.open(.readOnly) }
    let folders =
      models.isEmpty
      ? workspace.modelNames.map(workspace.modelFolder) : models.map(workspace.resolveModel)
    var (lines, failures): ([Line], Int) = ([], 0)
    for folder in folders {
      do {
        lines.append(Line(try RunStatus(folder: URL(fileURLWithPath: folder))))
      } catch {
        warn("Error: \(error)")
        failures += 1
      }
    }
    try output.show(
      lines,
      [
        Column("model") { $0.name },
        Column("kind") { "\($0.model) \($0.resolution)" },
        Column("steps", number: true) { "\($0.step)" },
        Column("saved", number: true) { $0.checkpoint.map(String.init) ?? "-" },
        Column("source", number: true) { $0.sourceLoss.map { Double($0).text(4) } ?? "-" },
        Column("target", number: true) { $0.targetLoss.map { Double($0).text(4) } ?? "-" },
        Column("unseen SSIM", number: true) {
          guard let source = $0.unseenSourceSsim, let target = $0.unseenTargetSsim else {
            return "-"
          }
          return "\(source.text(3)) \(target.text(3))"
        },
        Column("swap", number: true) { $0.swap.map { "\($0.psnr.text(1)) dB" } ?? "-" },
        Column("steps/s", number: true) { $0.stepsPerSecond?.text(2) ?? "-" },
        Column("data wait", number: true) { $0.dataWait.map { ($0 * 100).text(1) + " %" } ?? "-" },
        Column("last step") { $0.lastStep.map { $0.formatted(.iso8601) } ?? "-" },
      ])
    // For programs they are in the result.
    for line in lines where output.format == .table {
      for warning in line.warnings {
        warn("\(line.name): step \(warning.step): \(warning.text)")
      }
    }
    if failures > 0 { throw lines.isEmpty ? ExitCode.failure : ExitCode.partly }
  }
}
