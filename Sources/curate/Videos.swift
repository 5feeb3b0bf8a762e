import ArgumentParser
import Catalog
import FaceCore
import Foundation

struct Videos: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the videos of the catalogue and how far their import is.")

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Flag(help: "List only what is not wholly in, with the reason, and files that could not be read.")
  var failed = false

  /// One line of the result.
  fileprivate struct Line: Encodable {
    var id: String
    var name: String
    var path: String
    var sha256: String
    var state: String
    var error: String?
    var width: Int
    var height: Int
    var codec: String
    var seconds: Double
    var frames: Int
    var faces: Int
    var tracks: Int
  }

  func run() throws {
    let opened = try workspace.open(.readOnly)
    let videos = try opened.videos(
      in: failed ? [.pending, .importing, .failed, .partial] : [])
    var lines = videos.map { video in
      Line(
        id: video.key, name: video.name, path: video.facts.path, sha256: video.facts.sha256,
        state: video.isWithdrawn ? "undone" : video.state.rawValue, error: video.error,
        width: video.facts.width,
        height: video.facts.height, codec: video.facts.codec,
        seconds: video.facts.duration.seconds, frames: video.nextOrdinal, faces: video.faceCount,
        tracks: video.trackCount)
    }
    if failed {
      lines += try opened.unreadableFiles().map {
        Line(unreadable: $0.path, reason: $0.reason)
      }
    }
    try output.show(
      lines,
      [
        Column("video") { $0.name },
        Column("state") { $0.state },
        Column("size") { $0.width > 0 ? "\($0.width)×\($0.height)" : "-" },
        Column("codec") { $0.codec },
        Column("time", number: true) { ProgressReporter.clock($0.seconds) },
        Column("frames", number: true) { "\($0.frames)" },
        Column("faces", number: true) { "\($0.faces)" },
        Column("tracks", number: true) { "\($0.tracks)" },
        Column("problem") { $0.error ?? "" },
      ])
  }
}

extension Videos.Line {
  /// A file of which nothing is known but what is wrong with it.
  fileprivate init(unreadable path: String, reason: String) {
    self.init(
      id: "", name: (path as NSString).lastPathComponent, path: path, sha256: "",
      state: "unreadable", error: reason, width: 0, height: 0, codec: "-", seconds: 0, frames: 0,
      faces: 0, tracks: 0)
  }
}
