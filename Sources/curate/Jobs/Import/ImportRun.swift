import Align
import Catalog
import Dispatch
import FaceCore
import Foundation
import Synchronization

import struct ArgumentParser.ExitCode

/// Many files through one import job, several at a time, each reported as it ends.
final class ImportRun: Sendable {
  /// What became of the files, in all.
  struct Summary: Sendable {
    var imported = 0
    var unchanged = 0
    var frames = 0
    var faces = 0
    /// Files that could not be read, or only in part.
    var problems = 0
    var wasStopped = false

    func text(seconds: Double) -> String {
      var parts: [String] = []
      if imported > 0 {
        let rate = Double(frames) / max(1e-3, seconds)
        parts.append(
          "\(imported) videos imported: \(frames) frames, \(faces) faces in "
            + "\(ProgressReporter.clock(seconds)), \(rate.text(0)) frames/s")
      }
      if unchanged > 0 { parts.append("\(unchanged) unchanged") }
      if problems > 0 { parts.append("\(problems) with problems") }
      return parts.joined(separator: "; ")
    }
  }

  private struct State {
    var next = 0
    var summary = Summary()
    /// Frames done and expected of each file that is being read or is done.
    var done: [Int: Progress] = [:]
    var fatal: (any Error)?
  }

  private let job: ImportJob
  private let files: [String]
  private let sizes: [Int64]
  private let reporter: ProgressReporter
  private let state = Mutex(State())

  init(job: ImportJob, files: [String], reporter: ProgressReporter) {
    (self.job, self.files, self.reporter) = (job, files, reporter)
    sizes = files.map { (try? FileStamp(path: $0).size) ?? 0 }
  }

  /// Throws only what makes going on pointless; a bad file is reported, and the rest goes on.
  func run(atOnce jobs: Int) throws -> Summary {
    DispatchQueue.concurrentPerform(iterations: max(1, min(jobs, files.count))) { _ in
      while let index = nextFile() { importFile(index) }
    }
    return try state.withLock { state in
      if let fatal = state.fatal { throw fatal }
      return state.summary
    }
  }

  /// The whole of `curate import` once the files are known: import them, say what was done, and
  /// end with the exit code that tells.
  static func run(
    _ files: [String], options: ImportOptions, in workspace: Workspace, jobs: Int?, problems: Int,
    reporter: ProgressReporter
  ) throws {
    StopSignal.watch()
    let cores = ProcessInfo.processInfo.activeProcessorCount
    // A video in the works takes some 50 MB: many cores are given more threads each, not more videos.
    let atOnce = max(1, min(jobs ?? min(cores, 16), files.count))
    let job = ImportJob(
      workspace: workspace, options: options, decoderThreads: max(1, cores / atOnce))
    let start = ContinuousClock.now
    var summary = try ImportRun(job: job, files: files, reporter: reporter).run(atOnce: atOnce)
    summary.problems += problems
    if files.count > 1 { reporter.say(summary.text(seconds: start.secondsToNow)) }
    if let name = options.identity { try workspace.excludeAgain([name]) }
    if options.isAgain { try workspace.warnOfOrphans() }
    if summary.wasStopped { warn("stopped; run the same command again to go on") }
    if summary.problems > 0 || summary.wasStopped {
      let isAnythingIn = summary.imported + summary.unchanged > 0 || summary.wasStopped
      throw isAnythingIn ? ExitCode.partly : ExitCode.failure
    }
  }

  private func nextFile() -> Int? {
    state.withLock { state in
      guard state.fatal == nil, !StopSignal.isRequested, state.next < files.count else {
        if StopSignal.isRequested, state.next < files.count { state.summary.wasStopped = true }
        return nil
      }
      defer { state.next += 1 }
      return state.next
    }
  }

  private func importFile(_ index: Int) {
    let file = files[index]
    let start = ContinuousClock.now
    do {
      let outcome = try job.run(path: file) { report($0, of: index) }
      end(index, outcome, seconds: start.secondsToNow)
    } catch  where ImportRun.endsAll(error) {
      state.withLock { $0.fatal = error }
    } catch {
      reporter.note("Error: \(error)")
      state.withLock { $0.summary.problems += 1 }
    }
  }

  /// Whether all other files would fail, too.
  private static func endsAll(_ error: any Error) -> Bool {
    switch error {
    case let error as CatalogError: [.readOnly, .diskFull].contains(error.code)
    case let error as AlignError: error.code == .missingModel || error.code == .badModel
    default: false
    }
  }

  private func end(_ index: Int, _ outcome: ImportJob.Outcome, seconds: Double) {
    let name = (files[index] as NSString).lastPathComponent
      .replacingOccurrences(of: "\n", with: "\\n")
    let title = files.count > 1 ? "[\(index + 1)/\(files.count)] \(name)" : name
    state.withLock { state in
      switch outcome {
      case .imported(let frames, let faces, _):
        state.summary.imported += 1
        state.summary.frames += frames
        state.summary.faces += faces
      case .unchanged: state.summary.unchanged += 1
      case .partial(let frames, let faces, _):
        state.summary.imported += frames > 0 ? 1 : 0
        state.summary.frames += frames
        state.summary.faces += frames > 0 ? faces : 0
        state.summary.problems += 1
      case .stopped: state.summary.wasStopped = true
      }
    }
    switch outcome {
    case .imported(let frames, let faces, let carried):
      let rate = Double(frames) / max(1e-3, seconds)
      reporter.say("\(title): \(frames) frames, \(faces) faces, \(rate.text(0)) frames/s")
      if let carried {
        reporter.say(
          "\(title): in the place of \(carried.before) faces of before; \(carried.named) have a name, "
            + "\(carried.rejected) stay rejected")
      }
      if faces == 0 { reporter.note("Warning: \(files[index]): no face found") }
    case .unchanged(let note):
      if files.count == 1 { reporter.say("\(title): unchanged") }
      if let note { reporter.note("Warning: \(files[index]): \(note)") }
    case .partial(_, let faces, let reason):
      reporter.say("\(title): \(faces) faces")
      reporter.note("Error: \(files[index]): \(reason); what could be read is in")
    case .stopped:
      reporter.say("\(title): stopped; import it again to go on")
    }
  }

  /// All files together: what is not opened yet counts by its bytes, at the frames a byte of those
  /// that are.
  private func report(_ progress: Progress, of index: Int) {
    let sum = state.withLock { state in
      state.done[index] = progress
      let opened = state.done.keys.reduce(0) { $0 + sizes[$1] }
      let rest = sizes[min(state.next, sizes.count)...].reduce(0, +)
      let done = state.done.values.reduce(0) { $0 + $1.done }
      let known = state.done.values.reduce(0) { $0 + max($1.done, $1.total ?? 0) }
      let expected = opened > 0 ? Double(known) * Double(rest) / Double(opened) : 0
      return Progress(done: done, total: known + Int(expected))
    }
    reporter.report(sum)
  }
}
