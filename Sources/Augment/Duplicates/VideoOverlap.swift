/// How much of a video is in another: this trailer is 62 % inside that film.
public struct VideoOverlap: Hashable, Sendable {
  /// Numbers of the videos, as the faces name them.
  public var video: Int
  public var other: Int
  /// Faces of `video` that are in `other`, too.
  public var shared: Int
  /// Of all its faces, 0 to 1.
  public var share: Double
  /// Where they are in `video`, and the same footage in `other`, in seconds.
  public var ranges: [Range]

  public struct Range: Hashable, Sendable {
    public var here: ClosedRange<Double>
    public var there: ClosedRange<Double>

    public init(here: ClosedRange<Double>, there: ClosedRange<Double>) {
      (self.here, self.there) = (here, there)
    }
  }

  /// A range ends where nothing is shared for longer, in seconds, or where one video jumps by more
  /// against the other.
  static let (pause, jump) = (1.0, 0.5)

  /// Both ways for each two videos that share so many faces, the fullest first.
  public static func all(
    of search: DuplicateSearch, within limits: DuplicateLimits, atLeast least: Int = 5
  ) -> [VideoOverlap] {
    let faces = search.faces
    var counts: [Int: Int] = [:]
    for face in faces { counts[face.video, default: 0] += 1 }
    // The nearest edge of a face to each other video.
    var partners: [SIMD2<Int>: [Int: Int]] = [:]
    for edge in search.edges(within: limits) {
      for (a, b) in [(edge.first, edge.second), (edge.second, edge.first)] {
        let videos = SIMD2(faces[a].video, faces[b].video)
        guard videos.x != videos.y, partners[videos]?[a] == nil else { continue }
        partners[videos, default: [:]][a] = b
      }
    }
    return partners.filter { $0.value.count >= least }.map { videos, partners in
      VideoOverlap(
        video: videos.x, other: videos.y, shared: partners.count,
        share: Double(partners.count) / Double(counts[videos.x] ?? 1),
        ranges: ranges(
          partners.map { (faces[$0].seconds, faces[$1].seconds) }.sorted { $0 < $1 }))
    }.sorted {
      ($1.share, $0.video, $0.other) < ($0.share, $1.video, $1.other)
    }
  }

  /// Times of pairs, by the first, joined while both go on together; what is one pair by itself is left out
  /// where there is more than that.
  private static func ranges(_ times: [(here: Double, there: Double)]) -> [Range] {
    var runs: [[(here: Double, there: Double)]] = []
    for time in times {
      if let last = runs.last?.last, time.here - last.here <= pause,
        abs(time.there - last.there - (time.here - last.here)) <= jump
      {
        runs[runs.count - 1].append(time)
      } else {
        runs.append([time])
      }
    }
    let longer = runs.filter { $0.count > 1 }
    return (longer.isEmpty ? runs : longer).map { run in
      let (here, there) = (run.map(\.here), run.map(\.there))
      return Range(
        here: (here.min() ?? 0)...(here.max() ?? 0), there: (there.min() ?? 0)...(there.max() ?? 0))
    }
  }
}
