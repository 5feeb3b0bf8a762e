import ArgumentParser
import Catalog
import FaceCore

/// How a query is written, for the help of every command that takes one.
let queryHelp = """
  A query compares fields: identity, video (its file's name), path, track, shot, yaw, pitch, roll (degrees; yaw + to image \
  right, pitch + up), cell (y0p0 to y8p4), light (flat, or left, up-left, up … with -soft or \
  -hard), size (inter-eye distance, px), sharpness, blur (motion, px), blur_angle, noise, upscaled, \
  blockiness, interlaced, outside, occluded, doubt, jitter, luminance, luminance_variance, exposure (stops), \
  dynamic_range, uniformity, under_exposed, over_exposed, warmth, tint, colour_cast, mouth, eyes, \
  brows, inter_eye, landmark_misfit, score, loss (of the model that learned it last), seconds, ordinal, id, \
  rejected, duplicate; occluded alone is occluded > 0.1. Comparisons are = != < <= > >=, in -20..20, in (a, b), ~ "glob*"; they combine with and, or, not and parentheses. p40 \
  stands for the 40th percentile among faces of the same identity and cell. Rejected faces are \
  left out unless the query speaks of rejected.

    curate faces 'identity = alice and yaw in -60..-20 and sharpness >= p50 and not video ~ "old*"'
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

  @Flag(help: "Print how many match by identity, video, pose cell and light.")
  var facets = false

  @Flag(help: "Print the SQL the query becomes, and how SQLite goes about it.")
  var explain = false

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
    var light: String?
    var measures: [String: Double]
    var box: Box
    var crop: String
    var rejected: String?
    var loss: Double?

    init(_ face: FaceRecord) {
      (id, identity, video) = (face.id.description, face.identity, face.video)
      (track, ordinal, seconds) = (face.track, face.id.ordinal, face.time.seconds)
      (yaw, pitch, roll) = (face.pose.yaw, face.pose.pitch, face.pose.roll)
      (size, score, measures) = (face.size, face.score, face.measures)
      (light, loss) = (face.lightBin?.rawValue, face.loss)
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
    let order = try sortOrder()
    if explain {
      let sql = try opened.explain(faceQuery, sort: order)
      return try output.show(["sql": sql]) { sql }
    }
    if facets { return try output.show(FacetLine.lines(of: opened, faceQuery), FacetLine.columns) }
    let total = try opened.count(matching: faceQuery)
    if count { return try output.show(["count": total]) { "\(total)" } }
    let lines = try opened.faces(
      matching: faceQuery, sort: order, limit: limit == 0 ? nil : limit, offset: offset
    ).map(Line.init)
    let names = Set(lines.flatMap(\.measures.keys))
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
        Column("light") { $0.light ?? "-" },
        Column("sharpness", number: true) { $0.measures["sharpness"]?.text(1) ?? "-" },
      ]
        + (order.contains { $0.field == .loss }
          ? [Column("loss", number: true) { $0.loss?.text(4) ?? "-" }] : [])
        + order.map(\.field.rawValue).filter { $0 != "sharpness" && names.contains($0) }.map {
          name in
          Column(name, number: true) { $0.measures[name]?.text(3) ?? "-" }
        })
    if lines.count < total { warn("\(lines.count) of \(total) faces; --limit 0 prints all") }
  }

  /// A mistake in it is wrong usage, as in a query.
  private func sortOrder() throws -> [FaceSort] {
    guard let sort else { return [] }
    do {
      return try FaceSort.parsing(sort)
    } catch {
      warn("Error: --sort: \(error)")
      if let excerpt = error.excerpt { warn(excerpt) }
      throw ExitCode.usage
    }
  }
}

/// One count of a faceted result.
private struct FacetLine: Encodable {
  var by: String
  var value: String?
  var faces: Int

  static var columns: [Column<FacetLine>] {
    [
      Column<FacetLine>("by") { $0.by }, Column("value") { $0.value ?? "-" },
      Column("faces", number: true) { "\($0.faces)" },
    ]
  }

  static func lines(of workspace: Workspace, _ query: FaceQuery) throws -> [FacetLine] {
    let facets = try workspace.facets(matching: query)
    return [FacetLine(by: "all", value: nil, faces: facets.total)]
      + facets.identities.map { FacetLine(by: "identity", value: $0.value, faces: $0.count) }
      + facets.videos.map { FacetLine(by: "video", value: $0.value, faces: $0.count) }
      + facets.lights.map { FacetLine(by: "light", value: $0.value?.rawValue, faces: $0.count) }
      + facets.cells.map { FacetLine(by: "cell", value: $0.value.name, faces: $0.count) }
  }
}
