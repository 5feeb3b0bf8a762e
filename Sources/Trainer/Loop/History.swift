import FaceCore
import Foundation
import Networks

/// `history.jsonl`: one line a step, appended.
struct History {
  struct Line: Codable, Equatable {
    /// Steps done.
    let step: Int
    let source: Float
    let target: Float
    /// Steps a second.
    let rate: Double
    /// Share of the time that the engine waited for data, 0 to 1.
    let wait: Double
    /// Losses over faces that are never learned, in the steps that have a preview.
    var heldOutSource: Float?
    var heldOutTarget: Float?
    /// What was measured in the steps that have a preview.
    var quality: PreviewQuality?
  }

  private let url: URL
  /// Closes itself.
  private let file: FileHandle
  private let encoder = JSONEncoder()

  /// Opens the file and drops the lines after `step`, in one stroke: the steps that a resumed
  /// run will do again, and a last line that was cut off.
  init(_ url: URL, keepingThrough step: Int) throws {
    // A run that has not begun has no history; one that cannot be read is not written over.
    let isThere = FileManager.default.fileExists(atPath: url.path)
    let lines =
      isThere
      ? try FileError.naming(url.path, "cannot be read") { try Data(contentsOf: url) }
        .split(separator: UInt8(ascii: "\n")) : []
    let decoder = JSONDecoder()
    let kept = lines.filter { line in
      // A line that cannot be read is one that was cut off.
      guard let read = try? decoder.decode(Line.self, from: Data(line)) else { return false }
      return read.step <= step
    }
    var data = Data(kept.joined(separator: [UInt8(ascii: "\n")]))
    if !kept.isEmpty { data.append(UInt8(ascii: "\n")) }
    try AtomicFile.write(data, to: url.path)
    self.url = url
    file = try FileError.naming(url.path) {
      let file = try FileHandle(forWritingTo: url)
      try file.seekToEnd()
      return file
    }
    encoder.outputFormatting = .sortedKeys
  }

  func append(_ line: Line) throws {
    let data = try encoder.encode(line) + Data("\n".utf8)
    try FileError.naming(url.path) { try file.write(contentsOf: data) }
  }

  /// Returns when the disk has all lines.
  func synchronize() throws { try FileError.naming(url.path) { try file.synchronize() } }
}

extension History.Line {
  init(_ report: TrainingReport) {
    self.init(
      step: report.step, source: report.source.loss, target: report.target.loss,
      rate: report.rate, wait: report.wait, heldOutSource: report.heldOut?.source,
      heldOutTarget: report.heldOut?.target, quality: report.quality)
  }

  var heldOut: HeldOutLoss? {
    guard let heldOutSource, let heldOutTarget else { return nil }
    return HeldOutLoss(source: heldOutSource, target: heldOutTarget)
  }

  /// Whether something was measured in this step.
  var isLook: Bool { heldOutSource != nil || quality != nil }
}

extension History {
  /// Bytes that are looked through for a line; a preview is rarely so many steps ago.
  private static let reach = 4 << 20

  /// The last whole line of a file, from its end; nil where there is none.
  static func lastLine(of url: URL) throws -> Line? {
    try lastLine(of: url, reach: 8192) { _ in true }
  }

  /// The last line in which something was measured; nil where there is none near the end.
  static func lastLook(of url: URL) throws -> Line? {
    try lastLine(of: url, reach: reach, where: \.isLook)
  }

  private static func lastLine(
    of url: URL, reach: Int, where isWanted: (Line) -> Bool
  ) throws -> Line? {
    // A run that has not begun has no history.
    guard let file = try? FileHandle(forReadingFrom: url) else { return nil }
    let size = Int(try file.seekToEnd())
    try file.seek(toOffset: UInt64(max(0, size - reach)))
    let end = try file.readToEnd() ?? Data()
    return end.split(separator: UInt8(ascii: "\n")).reversed().lazy.compactMap {
      try? JSONDecoder().decode(Line.self, from: Data($0))  // Cut off by a kill.
    }.first(where: isWanted)
  }
}
