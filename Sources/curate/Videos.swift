import ArgumentParser
import Catalog
import FaceCore

struct Videos: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the videos of the catalogue and how far their import is.")

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  /// One line of the result.
  private struct Line: Encodable {
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
    let lines = try workspace.open(.readOnly).videos().map { video in
      Line(
        id: video.key, name: video.name, path: video.facts.path, sha256: video.facts.sha256,
        state: video.state.rawValue, error: video.error, width: video.facts.width,
        height: video.facts.height, codec: video.facts.codec,
        seconds: video.facts.duration.seconds, frames: video.nextOrdinal, faces: video.faceCount,
        tracks: video.trackCount)
    }
    try output.show(
      lines,
      [
        Column("video") { $0.name },
        Column("state") { $0.state },
        Column("size") { "\($0.width)×\($0.height)" },
        Column("codec") { $0.codec },
        Column("time", number: true) { ProgressReporter.clock($0.seconds) },
        Column("frames", number: true) { "\($0.frames)" },
        Column("faces", number: true) { "\($0.faces)" },
        Column("tracks", number: true) { "\($0.tracks)" },
        Column("problem") { $0.error ?? "" },
      ])
  }
}
