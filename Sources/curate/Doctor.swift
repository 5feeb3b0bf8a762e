import Align
import ArgumentParser
import Catalog
import FaceCore
import Foundation
import Media
import Networks
import OnnxModels

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is installed, what is missing, and what to type.",
    discussion: "Looks into the workspace, too, when there is one. Exit status 1 when a part that "
      + "is needed is missing.")

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Flag(help: "Also hash all that the catalogue knows, to compare two catalogues.")
  var hash = false

  private enum State: String, Encodable { case ok, missing, note }

  private struct Check: Encodable {
    var part: String
    var state: State
    var detail: String
  }

  func run() throws {
    var checks = [codecs(), faces(), dlib(), engine(), torch(), onnx(), memory()]
    checks += try workspaceChecks()
    try output.show(
      checks,
      [
        Column("part") { $0.part }, Column("state") { $0.state.rawValue },
        Column("detail") { $0.detail },
      ])
    if checks.contains(where: { $0.state == .missing }) { throw ExitCode.failure }
  }

  private func codecs() -> Check {
    let codecs = MediaLibrary.codecs
    let missing = codecs.filter { !$0.isThere }.map(\.name)
    return Check(
      part: "video", state: missing.isEmpty ? .ok : .missing,
      detail: missing.isEmpty
        ? "libavcodec \(MediaLibrary.version): "
          + codecs.map(\.name).joined(separator: ", ")
        : "libavcodec lacks \(missing.joined(separator: ", ")); type: apt install libavcodec-dev")
  }

  private func faces() -> Check {
    do {
      _ = try FaceAligner()
      return Check(part: "faces", state: .ok, detail: "built-in networks")
    } catch {
      return Check(part: "faces", state: .missing, detail: "\(error)")
    }
  }

  private func dlib() -> Check {
    do {
      _ = try DetectorChoice.dlib.models()
      return Check(part: "dlib", state: .ok, detail: "for import --detector dlib")
    } catch {
      return Check(part: "dlib", state: .note, detail: "optional: \(error)")
    }
  }

  private func engine() -> Check {
    do {
      let engine = try CPUEngine()
      let library = engine.library
      return Check(
        part: "engine", state: .ok,
        detail: "OpenBLAS kernels for \(library.core), \(engine.threads) threads")
    } catch {
      return Check(part: "engine", state: .missing, detail: "\(error)")
    }
  }

  private func torch() -> Check {
    do {
      let engine = try TorchEngine()
      return Check(
        part: "PyTorch", state: .ok,
        detail: "\(engine.version) on \(engine.device)"
          + (engine.hasGroups ? "" : ", without gloo: single processes only"))
    } catch {
      return Check(part: "PyTorch", state: .note, detail: "optional: \(error.reason)")
    }
  }

  private func onnx() -> Check {
    do {
      let runtime = try OnnxRuntime()
      return Check(
        part: "ONNX Runtime", state: .ok, detail: "\(runtime.version), \(runtime.path)")
    } catch {
      return Check(
        part: "ONNX Runtime", state: .note,
        detail: "optional, for curate models: \(error.reason)")
    }
  }

  private func memory() -> Check {
    let bytes = ProcessInfo.processInfo.physicalMemory
    let cores = ProcessInfo.processInfo.activeProcessorCount
    return Check(
      part: "machine", state: .note,
      detail: "\(cores) cores, \((Double(bytes) / 1e9).text(0)) GB of memory")
  }

  private func workspaceChecks() throws -> [Check] {
    guard workspace.isThere else {
      return [
        Check(
          part: "workspace", state: .note,
          detail: "\(workspace.folder): none here; type: curate init")
      ]
    }
    let opened: Workspace
    do {
      opened = try workspace.open(.readOnly)
    } catch {
      return [Check(part: "workspace", state: .missing, detail: "\(error)")]
    }
    let videos = try opened.videos()
    let open = videos.filter { !$0.state.isFinished }
    var checks = [
      Check(
        part: "workspace", state: open.isEmpty ? .ok : .note,
        detail: "\(workspace.folder): \(videos.count) videos, \(try opened.count()) faces"
          + (open.isEmpty ? "" : "; \(open.count) to be finished: curate import them again"))
    ]
    let values = try? URL(fileURLWithPath: workspace.folder).resourceValues(
      forKeys: [.volumeAvailableCapacityKey])
    if let free = values?.volumeAvailableCapacity {
      checks.append(
        Check(part: "disk", state: .note, detail: "\((Double(free) / 1e9).text(1)) GB free"))
    }
    if hash {
      var digest = Digest()
      try opened.forEachContentLine {
        digest.update($0)
        digest.update("\n")
      }
      checks.append(Check(part: "content", state: .note, detail: digest.hex()))
    }
    return checks
  }
}
