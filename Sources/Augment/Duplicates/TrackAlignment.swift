import FaceCore

/// Says that a track shows the footage of another: what is at t in the one is at t + `shift` in the
/// other.
struct TrackAlignment: Hashable, Sendable {
  /// In seconds.
  var shift: Double
  /// How far from `shift` two faces of one frame may lie, in seconds.
  var tolerance: Double
}

/// Whose faces are a copy of whose: the faces that look most alike in two tracks of one footage are
/// all the same time apart, and in others they are not.
package struct TrackAlignments: Sendable {
  /// Two tracks, the lower number first.
  struct Key: Hashable, Sendable {
    var first: Int32
    var second: Int32
  }

  private(set) var byTracks: [Key: TrackAlignment] = [:]

  /// From the best match of each face in each other track.
  ///
  /// `tracks` says which track each face is of, `spacing` how far its faces lie apart, in seconds.
  init(
    of matches: [TrackMatch], faces: [FaceTraits], tracks: [Int32], spacing: [Double]
  ) {
    var shifts: [Key: [Double]] = [:]
    for match in matches {
      let (a, b) = (tracks[match.face], tracks[match.other])
      let shift = faces[match.other].seconds - faces[match.face].seconds
      let key = Key(first: min(a, b), second: max(a, b))
      shifts[key, default: []].append(a < b ? shift : -shift)
    }
    for (key, votes) in shifts {
      let step = max(spacing[Int(key.first)], spacing[Int(key.second)])
      if let shift = Self.agreed(votes.sorted(), within: step) {
        byTracks[key] = TrackAlignment(shift: shift, tolerance: 0.75 * step)
      }
    }
  }

  /// The shift that most agree on to within `step`, seconds like the votes, where half or more are
  /// within four steps of each other: a head that moves slowly looks the same in the next frames.
  ///
  /// Nil where too few vote, or do not agree: not one footage, or nothing in it moves.
  package static func agreed(_ votes: [Double], within step: Double) -> Double? {
    guard votes.count >= 8 else { return nil }
    let most = votes[densest(votes[...], width: 4 * step)]
    guard 2 * most.count >= votes.count else { return nil }
    let exact = densest(most, width: step / 2)
    return votes[(exact.lowerBound + exact.upperBound) / 2]
  }

  /// Which of these sorted numbers are the most that lie within `width`.
  private static func densest(_ votes: ArraySlice<Double>, width: Double) -> Range<Int> {
    var best = votes.startIndex..<votes.startIndex
    var low = votes.startIndex
    for high in votes.indices {
      while votes[high] - votes[low] > width { low += 1 }
      if high + 1 - low > best.count { best = low..<high + 1 }
    }
    return best
  }

  /// Where the two are tracks of one footage: by how much `other` is later than `face` would have to
  /// be for both to be one frame, and the tolerance, in seconds.
  func gap(_ face: FaceTraits, _ a: Int32, _ other: FaceTraits, _ b: Int32) -> (Double, Double)? {
    let key = Key(first: min(a, b), second: max(a, b))
    guard let alignment = byTracks[key] else { return nil }
    let shift = a < b ? alignment.shift : -alignment.shift
    return (other.seconds - face.seconds - shift, alignment.tolerance)
  }
}

/// A face of another track that looks most like a face.
struct TrackMatch: Hashable, Sendable {
  var face: Int
  var other: Int
  var distance: Int
}
