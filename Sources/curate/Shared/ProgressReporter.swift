import ArgumentParser
import FaceCore
import Foundation
import Synchronization

/// Ours; Foundation has one, too.
typealias Progress = FaceCore.Progress

/// How long work reports itself, on stderr.
struct ProgressOption: ParsableArguments {
  @Flag(help: "Report progress as key=value lines, for programs.")
  var progress = false

  @Flag(name: .shortAndLong, help: "Report no progress.")
  var quiet = false

  func reporter(_ title: String, unit: String) -> ProgressReporter {
    let isTerminal = isatty(STDERR_FILENO) == 1
    let style: ProgressReporter.Style =
      quiet ? .silent : progress ? .keys : isTerminal ? .bar : .lines
    return ProgressReporter(title: title, unit: unit, style: style)
  }
}

/// A bar with rate and time left on a terminal, plain lines now and then elsewhere.
final class ProgressReporter: Sendable {
  enum Style { case silent, bar, lines, keys }

  private struct State {
    var first: Int?
    var last = Date.distantPast
    var isDrawn = false
  }

  private let title: String
  private let unit: String
  private let style: Style
  private let start = Date()
  private let state = Mutex(State())

  init(title: String, unit: String, style: Style) {
    (self.title, self.unit, self.style) = (title, unit, style)
  }

  /// Shows how far the work is, at most ten times a second on a terminal, every ten seconds else.
  func report(_ progress: Progress, note: String = "") {
    let interval = style == .bar ? 0.1 : style == .keys ? 1 : 10
    state.withLock { state in
      let now = Date()
      // What a resumed job finds done already says nothing about its speed.
      let first = state.first ?? progress.done
      state.first = first
      let elapsed = now.timeIntervalSince(start)
      if state.last == .distantPast, style == .lines { state.last = start }
      guard style != .silent, now.timeIntervalSince(state.last) >= interval else { return }
      state.last = now
      state.isDrawn = true
      let rate = elapsed > 0 ? Double(progress.done - first) / elapsed : 0
      write(progress, rate: rate, note: note)
    }
  }

  /// A line above the bar, unless nothing is to be reported.
  func say(_ line: String) {
    if style != .silent { note(line) }
  }

  /// A line above the bar that is always printed.
  func note(_ line: String) {
    state.withLock { state in
      warn((state.isDrawn && style == .bar ? "\r\u{1B}[2K" : "") + line)
      state.isDrawn = false
    }
  }

  /// Ends the bar, and says what was done.
  func finish(_ summary: String) {
    state.withLock { state in
      switch style {
      case .silent: return
      case .bar: warn((state.isDrawn ? "\r\u{1B}[2K" : "") + "\(title): \(summary)")
      case .lines: warn("\(title): \(summary)")
      case .keys: warn("title=\(title)\nsummary=\(summary)\nprogress=end")
      }
    }
  }

  private func write(_ progress: Progress, rate: Double, note: String) {
    let left = progress.total.flatMap { total in
      rate > 0 ? Double(total - progress.done) / rate : nil
    }
    if style == .keys {
      warn(
        """
        title=\(title)
        done=\(progress.done)
        total=\(progress.total.map(String.init) ?? "unknown")
        rate=\(rate.text(2))
        left_seconds=\(left?.text(0) ?? "unknown")
        progress=continue
        """)
      return
    }
    var text = "\(title)  \(progress.done)"
    if let total = progress.total { text += "/\(total)" }
    text += " \(unit)  \(rate.text(rate < 10 ? 1 : 0))/s"
    if let left { text += "  \(Self.clock(left)) left" }
    if !note.isEmpty { text += "  \(note)" }
    if style == .lines { return warn(text) }
    let bar = progress.total.map { Self.bar(Double(progress.done) / Double(max(1, $0))) } ?? ""
    FileHandle.standardError.write(Data("\r\u{1B}[2K\(bar)\(text)".utf8))
  }

  private static func bar(_ fraction: Double) -> String {
    let filled = Int(min(1, max(0, fraction)) * 20)
    return "["
      + String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled) + "] "
  }

  /// Minutes and seconds, with hours when there are any.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, rest)
      : String(format: "%d:%02d", minutes, rest)
  }
}
