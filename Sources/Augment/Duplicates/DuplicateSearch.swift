import FaceCore

/// Which faces may be duplicates of which.
///
/// Hashes propose, and decide nothing. Along a track each face is compared with the next few; between
/// tracks, with what looks most alike in each. Where two tracks turn out to show one footage
/// (`TrackAlignments`), time decides what is one frame, and measures only have to be as near as
/// copies of a frame are; elsewhere they have to be as near as within a track.
public struct DuplicateSearch: Sendable {
  /// Hashes of a lower quality say too little to compare faces of different tracks by.
  ///
  /// PDQ's own 50 is meant for whole pictures; a face by itself has fewer edges, a dark one the fewest.
  public static let leastQuality = 35
  /// Up to which change a frame is the one before shown again, but for what an encoder does to it.
  static let stillness: Float = 0.06
  /// With how many faces after it in its track a face is compared.
  static let reach = 8

  public let faces: [FaceTraits]
  /// A number for the track of each face, among all videos.
  let tracks: [Int32]
  /// The faces of each track, by time.
  let members: [[Int]]
  private(set) var alignments: TrackAlignments
  /// The best matches of faces in other tracks.
  private(set) var matches: [TrackMatch]

  /// Looks at all pairs of hashes that differ in at most `distance` bits.
  ///
  /// The result depends on the order of the faces and on nothing else, whatever `threads` is. Traps
  /// unless they are in the order of their videos and frames.
  public init(_ faces: [FaceTraits], distance: Int, threads: Int = 1) {
    precondition(
      zip(faces, faces.dropFirst()).allSatisfy { ($0.video, $0.frame) <= ($1.video, $1.frame) },
      "faces come by video and frame")
    self.faces = faces
    var numbers: [SIMD2<Int>: Int32] = [:]
    var members: [[Int]] = []
    tracks = faces.enumerated().map { index, face in
      let track = SIMD2(face.video, face.track)
      let number = numbers[track] ?? Int32(numbers.count)
      if numbers.updateValue(number, forKey: track) == nil { members.append([]) }
      members[Int(number)].append(index)
      return number
    }
    self.members = members
    matches = Self.matches(of: faces, tracks: tracks, distance: distance, threads: threads)
    alignments = Self.alignments(of: matches, faces: faces, tracks: tracks, members: members)
  }

  private static func alignments(
    of matches: [TrackMatch], faces: [FaceTraits], tracks: [Int32], members: [[Int]]
  ) -> TrackAlignments {
    TrackAlignments(
      of: matches, faces: faces, tracks: tracks, spacing: members.map { spacing($0, faces) })
  }

  /// The search that a smaller distance would have made: tracks are put beside each other by what it finds.
  func limited(to distance: Int) -> DuplicateSearch {
    var limited = self
    limited.matches.removeAll { $0.distance > distance }
    limited.alignments = Self.alignments(
      of: limited.matches, faces: faces, tracks: tracks, members: members)
    return limited
  }

  /// Pairs that are near by these limits, the nearest first.
  public func edges(within limits: DuplicateLimits) -> [DuplicateEdge] {
    var edges: Set<DuplicateEdge> = []
    func add(_ a: Int, _ b: Int) {
      guard let separation = separation(a, b, within: limits) else { return }
      edges.insert(DuplicateEdge(first: min(a, b), second: max(a, b), separation: separation))
    }
    var seen: [SIMD2<UInt64>: Int] = [:]
    for (index, face) in faces.enumerated() {
      if let earlier = seen.updateValue(index, forKey: face.content) { add(earlier, index) }
    }
    for track in members {
      for (place, face) in track.enumerated() {
        for other in track[(place + 1)...].prefix(Self.reach) { add(face, other) }
      }
    }
    // Between tracks of one footage time says which pairs there are.
    for match in matches
    where alignments.gap(
      faces[match.face], tracks[match.face], faces[match.other], tracks[match.other]) == nil
    {
      add(match.face, match.other)
    }
    for key in alignments.byTracks.keys {
      for pair in pairsInTime(key) { add(pair.face, pair.other) }
    }
    return edges.sorted()
  }

  /// How far two faces are apart, 1 at the limit; nil when they are beyond, or must not be taken for
  /// each other: two faces of one frame, of two people with names, or plain or dark ones of different
  /// tracks.
  func separation(_ a: Int, _ b: Int, within limits: DuplicateLimits) -> Float? {
    let (first, second) = (faces[a], faces[b])
    if first.video == second.video, first.frame == second.frame { return nil }
    if let one = first.person, let other = second.person, one != other { return nil }
    if first.content == second.content { return 0 }
    if tracks[a] == tracks[b] {
      let later = first.frame < second.frame ? second : first
      if abs(first.frame - second.frame) == 1, later.change ?? 1 <= Self.stillness { return 0 }
      return limits.separation(of: first, second)
    }
    guard min(first.hash.quality, second.hash.quality) >= Self.leastQuality else { return nil }
    guard let (gap, tolerance) = alignments.gap(first, tracks[a], second, tracks[b]) else {
      return limits.separation(of: first, second)
    }
    return (abs(gap) <= tolerance ? limits.ofOneFrame : limits.ofCopies)
      .separation(of: first, second)
  }

  /// For each face of the one track the face of the other that is nearest to its time, if there is one
  /// of that frame.
  private func pairsInTime(_ key: TrackAlignments.Key) -> [(face: Int, other: Int)] {
    let others = members[Int(key.second)]
    var at = 0
    return members[Int(key.first)].compactMap { face in
      func gap(_ place: Int) -> (gap: Double, tolerance: Double) {
        let found = alignments.gap(
          faces[face], key.first, faces[others[place]], key.second)
        return (abs(found?.0 ?? .infinity), found?.1 ?? 0)
      }
      while at + 1 < others.count, gap(at + 1).gap <= gap(at).gap { at += 1 }
      let nearest = gap(at)
      return nearest.gap <= nearest.tolerance ? (face, others[at]) : nil
    }
  }

  /// The middle of the times between neighbours, in seconds.
  private static func spacing(_ track: [Int], _ faces: [FaceTraits]) -> Double {
    let steps = zip(track, track.dropFirst()).map { faces[$1].seconds - faces[$0].seconds }.sorted()
    return steps.isEmpty ? 0.04 : steps[steps.count / 2]
  }

  /// The most alike face in each other track, for each face.
  private static func matches(
    of faces: [FaceTraits], tracks: [Int32], distance: Int, threads: Int
  ) -> [TrackMatch] {
    let able = faces.indices.filter { faces[$0].hash.quality >= leastQuality }
    let search = HashSearch(able.map { faces[$0].hash })
    let found = search.pairs(within: distance, threads: threads, from: BestMatches()) {
      best, pair in
      let (a, b) = (able[pair.first], able[pair.second])
      guard tracks[a] != tracks[b] else { return }
      if let one = faces[a].person, let other = faces[b].person, one != other { return }
      if faces[a].video == faces[b].video, faces[a].frame == faces[b].frame { return }
      best.add(TrackMatch(face: a, other: b, distance: pair.distance), in: tracks[b])
      best.add(TrackMatch(face: b, other: a, distance: pair.distance), in: tracks[a])
    }
    var all = BestMatches()
    for best in found { all.add(best) }
    return all.sorted
  }
}

/// Two faces that are near.
public struct DuplicateEdge: Hashable, Sendable, Comparable {
  public var first: Int
  public var second: Int
  /// 0 for the same picture, 1 at the limit.
  public var separation: Float

  public init(first: Int, second: Int, separation: Float) {
    (self.first, self.second, self.separation) = (first, second, separation)
  }

  public static func < (a: DuplicateEdge, b: DuplicateEdge) -> Bool {
    (a.separation, a.first, a.second) < (b.separation, b.first, b.second)
  }
}

/// Of each face the nearest in each other track, the first of those that are alike.
private struct BestMatches: Sendable {
  private struct Key: Hashable {
    var face: Int
    var track: Int32
  }

  private var best: [Key: TrackMatch] = [:]

  mutating func add(_ match: TrackMatch, in track: Int32) {
    let key = Key(face: match.face, track: track)
    if let known = best[key], (known.distance, known.other) <= (match.distance, match.other) {
      return
    }
    best[key] = match
  }

  mutating func add(_ other: BestMatches) {
    for (key, match) in other.best { add(match, in: key.track) }
  }

  var sorted: [TrackMatch] {
    best.values.sorted { ($0.face, $0.other) < ($1.face, $1.other) }
  }
}
