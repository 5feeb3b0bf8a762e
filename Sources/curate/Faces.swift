import ArgumentParser
import Catalog
import FaceCore

/// How a query is written, for the help of every command that takes one.
let queryHelp = """
  A query compares fields: identity, video, track, yaw, pitch, roll (degrees; yaw + to image \
  right, pitch + up), size (inter-eye distance, px), sharpness, luminance, score, mouth, eyes, \
  seconds, ordinal, id, rejected. Comparisons are = != < <= > >=, in -20..20, in (a, b), \
  ~ "glob*"; they combine with and, or, not and parentheses. Rejected faces are left out unless \
  the query speaks of rejected.

    curate faces 'identity = alice and yaw in -20..20 and not video ~ "old*"'
  """

struct Faces: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the faces that match a query.", discussion: queryHelp)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Argument(help: "The query; all faces unless told.")
  var query = ""

  @Option(help: "Fields to sort by, as 'sharpness desc, yaw'.")
  var sort: String?

  @Option(help: "Print at most this many (0: all).")
  var limit = 50

  @Option(help: "Leave out this many first.")
  var offset = 0

  @Flag(help: "Print only how many match.")
  var count = false

  /// One line of the result; angles in degrees, lengths in pixels.
  private struct Line: Encodable {
    var id: String
    var identity: String?
    var video: String
    var track: Int
    var ordinal: Int
    var seconds: Double
    var yaw: Double
    var pitch: Double
    var roll: Double
    var size: Double
    var score: Double
    var measures: [String: Double]
    var box: Box
    var crop: String
    var rejected: String?

    init(_ face: FaceRecord) {
      (id, identity, video) = (face.id.description, face.identity, face.video)
      (track, ordinal, seconds) = (face.track, face.id.ordinal, face.time.seconds)
      (yaw, pitch, roll) = (face.pose.yaw, face.pose.pitch, face.pose.roll)
      (size, score, measures) = (face.size, face.score, face.measures)
      (box, crop, rejected) = (face.box, face.crop.name, face.rejection?.reason)
    }
  }

  func validate() throws {
    guard limit >= 0, offset >= 0 else {
      throw ValidationError("--limit and --offset are not negative")
    }
  }

  func run() throws {
    let faceQuery = try FaceQuery(typed: query)
    let opened = try workspace.open(.readOnly)
    let total = try opened.count(matching: faceQuery)
    if count { return try output.show(["count": total]) { "\(total)" } }
    let order = try sort.map { try FaceSort.parsing($0) } ?? []
    let lines = try opened.faces(
      matching: faceQuery, sort: order, limit: limit == 0 ? nil : limit, offset: offset
    ).map(Line.init)
    try output.show(
      lines,
      [
        Column("id") { $0.id },
        Column("identity") { $0.identity ?? "-" },
        Column("video") { $0.video },
        Column("track", number: true) { "\($0.track)" },
        Column("time", number: true) { $0.seconds.text(2) },
        Column("yaw", number: true) { $0.yaw.text(1) },
        Column("pitch", number: true) { $0.pitch.text(1) },
        Column("roll", number: true) { $0.roll.text(1) },
        Column("size", number: true) { $0.size.text(0) },
        Column("sharpness", number: true) { $0.measures["sharpness"]?.text(1) ?? "-" },
      ])
    if lines.count < total { warn("\(lines.count) of \(total) faces; --limit 0 prints all") }
  }
}
