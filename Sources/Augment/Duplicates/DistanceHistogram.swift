import FaceCore

/// What looks most like each face, and what each limit of the distance would mark.
public struct DistanceHistogram: Hashable, Sendable {
  public struct Row: Hashable, Sendable {
    /// The distances that are counted, in bits; the highest is the limit that is tried.
    public var distances: ClosedRange<Int>
    /// Faces whose nearest one along their track is so far away, and whose nearest one elsewhere.
    public var alongTrack: Int
    public var elsewhere: Int
    /// What the limit would mark, and in how many clusters.
    public var marked: Int
    public var clusters: Int
  }

  public let rows: [Row]

  /// In steps of four bits up to the search's own distance; `limits` but for the distance.
  public init(_ search: DuplicateSearch, within limits: DuplicateLimits, upTo distance: Int) {
    var along: [Int: Int] = [:]
    for track in search.members {
      var nearest = [Int](repeating: .max, count: track.count)
      for place in track.indices {
        for next in track.indices[(place + 1)...].prefix(DuplicateSearch.reach) {
          let distance = search.faces[track[place]].hash
            .distance(to: search.faces[track[next]].hash)
          nearest[place] = min(nearest[place], distance)
          nearest[next] = min(nearest[next], distance)
        }
      }
      for distance in nearest { along[distance, default: 0] += 1 }
    }
    var elsewhere: [Int: Int] = [:]
    for match in search.matches {
      elsewhere[match.face] = min(elsewhere[match.face] ?? .max, match.distance)
    }
    let far = elsewhere.values.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
    rows = stride(from: 0, through: distance, by: 4).map { low in
      let range = low...min(low + 3, distance)
      var tried = limits
      tried.distance = range.upperBound
      let clusters = DuplicateClusters(search.limited(to: tried.distance), within: tried).clusters
      return Row(
        distances: range, alongTrack: range.reduce(0) { $0 + along[$1, default: 0] },
        elsewhere: range.reduce(0) { $0 + far[$1, default: 0] },
        marked: clusters.reduce(0) { $0 + $1.count - 1 }, clusters: clusters.count)
    }
  }
}
