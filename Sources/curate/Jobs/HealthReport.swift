import Catalog
import FaceCore

/// What a query's faces are like, in numbers.
struct HealthReport: Encodable {
  var counts: Counts
  var rejected: [Tally]
  var lights: [Tally]
  var cells: [Tally]
  var measures: [Measure]
  var worst: [Worst]
  /// The same as the catalogue knows them, for the page; no part of what is printed.
  let worstFaces: [WorstFace]

  private enum CodingKeys: CodingKey {
    case counts, rejected, lights, cells, measures, worst
  }

  struct Counts: Encodable {
    var videos, tracks, faces, named, people, rejected: Int
    /// Faces marked as near-duplicates, and the faces they are duplicates of.
    var duplicates, duplicateClusters: Int
  }

  struct Tally: Encodable {
    var value: String
    var faces: Int
  }

  struct Measure: Encodable {
    var name: String
    var faces: Int
    var p0, p1, p5, p25, p50, p75, p95, p99, p100: Double
    var bars: [Int]
  }

  struct Worst: Encodable {
    var id: String
    var video: String
    var seconds: Double
    var reasons: [String]
  }

  init(of workspace: Workspace, _ query: FaceQuery, worst count: Int) throws {
    let health = try workspace.healthCounts(matching: query)
    rejected = try workspace.rejections(matching: query).map {
      Tally(value: $0.reason, faces: $0.faces)
    }
    counts = Counts(
      videos: health.videos, tracks: health.tracks, faces: health.faces, named: health.named,
      people: health.people, rejected: rejected.reduce(0) { $0 + $1.faces },
      duplicates: health.duplicates, duplicateClusters: health.duplicateClusters)
    let facets = try workspace.facets(matching: query)
    lights = facets.lights.map { Tally(value: $0.value?.rawValue ?? "unknown", faces: $0.count) }
    cells = facets.cells.map { Tally(value: $0.value.name, faces: $0.count) }
    measures = try workspace.measureSpreads(matching: query).map { spread in
      let p = spread.percentiles
      return Measure(
        name: spread.name, faces: spread.count, p0: p[0], p1: p[1], p5: p[2], p25: p[3],
        p50: p[4], p75: p[5], p95: p[6], p99: p[7], p100: p[8], bars: spread.bars)
    }
    worstFaces = try workspace.worstFaces(matching: query, count: count)
    worst = worstFaces.map {
      Worst(
        id: $0.face.id.description, video: $0.face.video, seconds: $0.face.time.seconds,
        reasons: $0.reasons)
    }
  }

  /// For a terminal.
  var text: String {
    let counted = """
      \(counts.faces) faces in \(counts.tracks) tracks of \(counts.videos) videos
      \(counts.named) faces have a name, of \(counts.people) people
      \(counts.duplicates) faces are near-duplicates of \(counts.duplicateClusters) better ones
      \(counts.rejected) more are rejected\
      \(rejected.isEmpty ? "" : ": " + rejected.map { "\($0.value) \($0.faces)" }.joined(separator: ", "))
      """
    let spreads = Column.table(
      measures,
      [
        Column("measure") { $0.name },
        Column("p5", number: true) { Self.number($0.p5) },
        Column("p25", number: true) { Self.number($0.p25) },
        Column("p50", number: true) { Self.number($0.p50) },
        Column("p75", number: true) { Self.number($0.p75) },
        Column("p95", number: true) { Self.number($0.p95) },
        Column("") { Self.bars($0.bars) },
      ])
    let light = Column.table(
      lights, [Column("light") { $0.value }, Column("faces", number: true) { "\($0.faces)" }])
    let bad = Column.table(
      worst,
      [
        Column("worst faces") { $0.id }, Column("video") { $0.video },
        Column("time", number: true) { $0.seconds.text(2) },
        Column("for") { $0.reasons.joined(separator: ", ") },
      ])
    return [counted, spreads, light, bad].joined(separator: "\n\n")
  }

  /// Three digits that count, or as many as there are before the point.
  static func number(_ value: Double) -> String {
    let size = abs(value)
    return value.text(size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
  }

  private static func bars(_ bars: [Int]) -> String {
    let most = max(1, bars.max() ?? 1)
    let steps = Array("▁▂▃▄▅▆▇█")
    return String(bars.map { $0 == 0 ? " " : steps[$0 * (steps.count - 1) / most] })
  }
}
