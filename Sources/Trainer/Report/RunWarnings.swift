import FaceCore
public import Foundation

/// Something that is going wrong, in words.
public struct RunWarning: Hashable, Sendable, Codable {
  /// Steps done when it was found; 0 before the first.
  public let step: Int
  /// What it is about: each thing is told once in a run.
  public let about: String
  /// One sentence.
  public let text: String
}

/// The warnings of a run, kept in its folder: `warnings.jsonl`, one a line.
public final class RunWarnings {
  static let name = "warnings.jsonl"

  private let url: URL
  private let history: URL
  private var kept: [RunWarning]
  /// Whether the file holds something else.
  private var isStale: Bool
  /// Knows the steps before; nil until the first of this session.
  private var watch: TrainingWatch?
  private var lastStep = 0

  /// Opens the warnings of a run that goes on from `step`: later ones are dropped, for what they are
  /// about will be seen again.
  public init(run: URL, step: Int) {
    (url, history) = (run.appending(path: Self.name), run.appending(path: "history.jsonl"))
    let found = Self.read(run: run)
    kept = found.filter { $0.step <= step }
    isStale = kept != found
  }

  /// Those of a run's folder, the first first; lines that cannot be read are passed over.
  package static func read(run: URL) -> [RunWarning] {
    // A run without a warning has no file.
    let data = (try? Data(contentsOf: run.appending(path: name))) ?? Data()
    return data.split(separator: UInt8(ascii: "\n")).compactMap {
      try? JSONDecoder().decode(RunWarning.self, from: Data($0))
    }
  }

  /// What the manifest gives reason for; kept with the first step, when the run has its folder for
  /// itself.
  ///
  /// - Returns: What was not told before.
  public func add(_ advice: TrainingAdvice) -> [RunWarning] {
    let new = unknown(
      // The numbers may be others when it is resumed.
      advice.warnings.map { RunWarning(step: 0, about: $0.filter { !$0.isNumber }, text: $0) })
    kept += new
    isStale = isStale || !new.isEmpty
    return new
  }

  /// What a step gives reason for.
  ///
  /// - Returns: What was not told before.
  public func add(_ report: TrainingReport) throws -> [RunWarning] {
    if report.step <= lastStep {
      // The run has gone back: what it did since is not in the history any more.
      watch = nil
      let found = kept.count
      kept.removeAll { $0.step >= report.step }
      isStale = isStale || kept.count < found
    }
    lastStep = report.step
    var watch = self.watch ?? TrainingWatch(history: history, before: report.step)
    let found = watch.warnings(after: History.Line(report))
    self.watch = watch
    let new = unknown(found)
    guard !new.isEmpty || isStale else { return [] }
    kept += new
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let lines = try kept.map { try encoder.encode($0) + Data("\n".utf8) }
    try AtomicFile.write(lines.reduce(Data(), +), to: url.path)
    isStale = false
    return new
  }

  private func unknown(_ warnings: [RunWarning]) -> [RunWarning] {
    let known = Set(kept.map(\.about))
    return warnings.filter { !known.contains($0.about) }
  }
}
