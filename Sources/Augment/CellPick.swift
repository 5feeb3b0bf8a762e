import FaceCore

/// A face in the order in which those of a cell are taken.
struct Pick: Hashable, Sendable {
  /// Its place in the pool.
  let index: Int
  /// To the nearest that is taken before it, in degrees; infinite for the first.
  let distance: Float
}

/// The order in which faces of one cell are taken, at most `limit` of them: those of `first` that are far
/// enough apart, then the best, none nearer than r to another that is taken; when no more can be, r
/// shrinks by √2, from 32° or `spacing` down to `spacing` and, where that is nil, until all are taken.
///
/// So the first n are the best set of n with large gaps that a greedy search finds, whatever the limit,
/// and what lies apart comes before what is a little better but alike. Of equals the seed decides.
///
/// Source of the aim, best quality with nothing closer than r: Fahrbach et al., "GIST: Greedy
/// Independent Set Thresholding for Max-Min Diversification", 2024.
func spreadOrder(
  of cell: [Int], in pool: [Candidate], first: [Int] = [], limit: Int, spacing: Float?, seed: UInt64
) -> [Pick] {
  guard limit > 0 else { return [] }
  var picks: [Pick] = []
  let least = (spacing ?? 0) * (spacing ?? 0)
  for index in first.prefix(limit) {
    var face = Waiting(index: index)
    if face.isApart(from: picks, in: pool, by: least) {
      picks.append(Pick(index: index, distance: face.near.squareRoot()))
    }
  }
  let taken = Set(picks.map(\.index))
  var waiting = ranked(cell, in: pool, seed: seed).filter { !taken.contains($0) }
    .map { Waiting(index: $0) }
  var radius = max(32, spacing ?? 0)
  while true {
    let squared = radius * radius
    var rest: [Waiting] = []
    rest.reserveCapacity(waiting.count)
    for var face in waiting {
      if picks.count < limit, face.isApart(from: picks, in: pool, by: squared) {
        picks.append(Pick(index: face.index, distance: face.near.squareRoot()))
      } else {
        rest.append(face)
      }
    }
    waiting = rest
    if picks.count == limit || waiting.isEmpty || radius == max(0, spacing ?? 0) { return picks }
    radius /= Float(2).squareRoot()
    // Below a quarter of a degree, faces are the same.
    if radius < max(0.25, spacing ?? 0) { radius = max(0, spacing ?? 0) }
  }
}

/// A face that is not taken yet, and what is known of its nearest neighbour among those that are.
private struct Waiting {
  let index: Int
  /// Degrees squared to the nearest of the first `seen` picks.
  var near = Float.infinity
  var seen = 0

  /// Another take counts this much, degrees squared: it was lit, dressed and focused anew.
  static let otherTake: Float = 16

  init(index: Int) { self.index = index }

  /// Whether no pick is nearer; looks only as far as it must.
  mutating func isApart(from picks: [Pick], in pool: [Candidate], by squared: Float) -> Bool {
    guard near >= squared else { return false }
    let face = pool[index]
    while seen < picks.count {
      let other = pool[picks[seen].index]
      seen += 1
      var distance = face.place.squaredDistance(to: other.place)
      if !face.isOfTrack(of: other) { distance += Waiting.otherTake }
      near = min(near, distance)
      if near < squared { return false }
    }
    return true
  }
}

/// Best first; equals in an order that only the seed and their ids decide.
private func ranked(_ cell: [Int], in pool: [Candidate], seed: UInt64) -> [Int] {
  struct Key {
    let quality: Float
    let lot: UInt64
    let id: FaceID
    let index: Int
  }
  return cell.map { index in
    let face = pool[index]
    return Key(quality: face.quality, lot: face.id.lot(seed: seed), id: face.id, index: index)
  }
  .sorted {
    if $0.quality != $1.quality { return $0.quality > $1.quality }
    return $0.lot != $1.lot ? $0.lot < $1.lot : $0.id < $1.id
  }
  .map(\.index)
}
