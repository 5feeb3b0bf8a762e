import Augment
import Catalog
import Foundation

/// The result of a search for near-duplicates, as it is printed: faces, pairs, clusters and videos are
/// counted apart.
struct DedupReport: Encodable {
  /// The largest distance of near faces, in bits.
  var distance: Int
  /// Faces that were looked at, and the videos they are of.
  var faces: Int
  var videos: Int
  /// Pairs of faces that are near.
  var pairs: Int
  /// Groups of faces any two of which are near.
  var clusters: Int
  /// Faces that are duplicates of a better one, and by what they share with it.
  var marked: Int
  var sameCrop = 0
  var sameTrack = 0
  var sameVideo = 0
  var otherVideo = 0
  /// Faces that are not marked.
  var kept: Int
  /// Faces whose mark this run made or changed, and took away; would, for a dry run.
  var newlyMarked = 0
  var lifted = 0
  var dryRun = false
  var histogram: [HistogramLine]?
  var overlap: [OverlapLine]?

  struct HistogramLine: Encodable {
    /// Bits.
    var from: Int
    var through: Int
    /// Faces whose nearest one along the track, or in another track, is so far away.
    var alongTrack: Int
    var elsewhere: Int
    /// What `through` as --distance would mark, and in how many clusters.
    var marked: Int
    var clusters: Int
  }

  struct OverlapLine: Encodable {
    var video: String
    var inside: String
    /// Faces of `video` that are in the other, and in percent of its faces.
    var faces: Int
    var percent: Double
    var ranges: [RangeLine]
  }

  /// Seconds: of `video`, and of the video it is inside of.
  struct RangeLine: Encodable {
    var from: Double
    var to: Double
    var insideFrom: Double
    var insideTo: Double
  }

  private var videoRows: [Int64]

  private enum CodingKeys: String, CodingKey {
    case distance, faces, videos, pairs, clusters, marked, sameCrop, sameTrack, sameVideo,
      otherVideo
    case kept, newlyMarked, lifted, dryRun, histogram, overlap
  }

  init(
    _ job: DedupJob, _ search: DuplicateSearch, _ clusters: DuplicateClusters,
    _ limits: DuplicateLimits
  ) {
    let marks = DuplicateMarks(clusters, merits: job.merits).marks
    distance = limits.distance
    (faces, videos) = (job.faces.count, job.videos.count)
    pairs = search.edges(within: limits).count
    self.clusters = clusters.clusters.count
    (marked, kept) = (marks.count, job.faces.count - marks.count)
    videoRows = job.videos
    for mark in marks {
      switch job.kind(of: mark) {
      case .sameCrop: sameCrop += 1
      case .sameTrack: sameTrack += 1
      case .sameVideo: sameVideo += 1
      case .otherVideo: otherVideo += 1
      }
    }
  }

  mutating func addHistogram(_ search: DuplicateSearch, _ limits: DuplicateLimits) {
    histogram = DistanceHistogram(search, within: limits, upTo: limits.distance).rows.map {
      HistogramLine(
        from: $0.distances.lowerBound, through: $0.distances.upperBound,
        alongTrack: $0.alongTrack, elsewhere: $0.elsewhere, marked: $0.marked,
        clusters: $0.clusters)
    }
  }

  mutating func addOverlap(
    _ search: DuplicateSearch, _ limits: DuplicateLimits, names: [Int64: String]
  ) {
    func name(_ video: Int) -> String { names[videoRows[video]] ?? "?" }
    overlap = VideoOverlap.all(of: search, within: limits).map { found in
      OverlapLine(
        video: name(found.video), inside: name(found.other), faces: found.shared,
        percent: (1000 * found.share).rounded() / 10,
        ranges: found.ranges.map {
          RangeLine(
            from: $0.here.lowerBound, to: $0.here.upperBound, insideFrom: $0.there.lowerBound,
            insideTo: $0.there.upperBound)
        })
    }
  }

  mutating func add(_ change: DuplicateChange, isDryRun: Bool) {
    (newlyMarked, lifted, dryRun) = (change.marked, change.lifted, isDryRun)
  }

  /// For people.
  var text: String {
    let counts: [(String, Int)] = [
      ("faces", faces), ("videos", videos), ("near pairs", pairs), ("clusters", clusters),
      ("duplicates", marked), ("  of the same crop", sameCrop), ("  of the same track", sameTrack),
      ("  of another track of the video", sameVideo), ("  of another video", otherVideo),
      ("kept", kept),
    ]
    var parts = [
      Column.table(
        counts,
        [Column("what") { $0.0 }, Column("number", number: true) { "\($0.1)" }])
    ]
    if let histogram { parts.append(Self.table(histogram)) }
    if let overlap {
      parts.append(overlap.isEmpty ? "no video is in another" : Self.table(overlap))
    }
    return parts.joined(separator: "\n\n")
  }

  /// What became of the marks, in a line.
  var outcome: String {
    if dryRun {
      return "\(newlyMarked) faces would be marked and \(lifted) marks lifted; nothing was changed"
    }
    return newlyMarked + lifted == 0
      ? "all faces looked at anew; nothing changed"
      : "all faces looked at anew: \(newlyMarked) marked, \(lifted) marks lifted; "
        + "curate undo takes it back"
  }

  private static func table(_ lines: [HistogramLine]) -> String {
    Column.table(
      lines,
      [
        Column("bits") { "\($0.from)–\($0.through)" },
        Column("nearest along track", number: true) { "\($0.alongTrack)" },
        Column("nearest elsewhere", number: true) { "\($0.elsewhere)" },
        Column("--distance", number: true) { "\($0.through)" },
        Column("would mark", number: true) { "\($0.marked)" },
        Column("clusters", number: true) { "\($0.clusters)" },
      ])
  }

  private static func table(_ lines: [OverlapLine]) -> String {
    Column.table(
      lines,
      [
        Column("video") { $0.video },
        Column("inside", number: true) { $0.percent.text(1) + " %" },
        Column("of") { $0.inside },
        Column("faces", number: true) { "\($0.faces)" },
        Column("seconds") { line in
          line.ranges.prefix(3).map {
            "\($0.from.text(1))–\($0.to.text(1)) at \($0.insideFrom.text(1))–\($0.insideTo.text(1))"
          }.joined(separator: ", ") + (line.ranges.count > 3 ? ", …" : "")
        },
      ])
  }
}
