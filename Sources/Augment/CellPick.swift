import FaceCore

/// Takes faces of one cell, best first, none nearer than `spacing` frames to another of its track
/// while that gives enough; what is lacking is taken at half the spacing, and so on.
func pick(_ count: Int, from pool: [Candidate], spacing: Int, seed: UInt64) -> [Candidate] {
  guard count > 0 else { return [] }
  var waiting = ranked(pool, seed: seed)
  var taken: [Candidate] = []
  var spacing = spacing
  while true {
    var timeline = Timeline(of: taken, spacing: spacing)
    var rest: [Candidate] = []
    for candidate in waiting {
      if taken.count < count, timeline.place(candidate) {
        taken.append(candidate)
      } else {
        rest.append(candidate)
      }
    }
    if taken.count == count || rest.isEmpty { return taken }
    waiting = rest
    spacing /= 2
  }
}

/// Best first; equals in an order that only the seed and their ids decide.
private func ranked(_ pool: [Candidate], seed: UInt64) -> [Candidate] {
  pool.map { (lot: lot(of: $0.id, seed: seed), candidate: $0) }
    .sorted {
      let (left, right) = ($0.candidate, $1.candidate)
      if left.quality != right.quality { return left.quality > right.quality }
      return $0.lot != $1.lot ? $0.lot < $1.lot : left.id < right.id
    }
    .map(\.candidate)
}

/// The taken frames of each track, in stretches as long as the spacing: what is nearer to a frame
/// than that lies in its stretch or beside it.
private struct Timeline {
  private struct Stretch: Hashable {
    let track: String
    let index: Int
  }

  private let spacing: Int
  private var frames: [Stretch: [Int]] = [:]

  init(of taken: [Candidate], spacing: Int) {
    self.spacing = spacing
    guard spacing > 0 else { return }
    for candidate in taken { frames[stretch(of: candidate), default: []].append(candidate.frame) }
  }

  /// Notes the face, unless another is too near.
  mutating func place(_ candidate: Candidate) -> Bool {
    guard spacing > 0 else { return true }
    let own = stretch(of: candidate)
    for step in -1...1 {
      let near = frames[Stretch(track: own.track, index: own.index + step)] ?? []
      if near.contains(where: { abs($0 - candidate.frame) < spacing }) { return false }
    }
    frames[own, default: []].append(candidate.frame)
    return true
  }

  private func stretch(of candidate: Candidate) -> Stretch {
    let below = candidate.frame < 0 ? spacing - 1 : 0
    return Stretch(track: candidate.track, index: (candidate.frame - below) / spacing)
  }
}

/// A number that the seed draws for an id: FNV-1a over its bytes, then the generator.
func lot(of id: String, seed: UInt64) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  var generator = SeededGenerator(seed: seed, stream: hash)
  return generator.next()
}
