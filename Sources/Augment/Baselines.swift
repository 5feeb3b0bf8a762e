import FaceCore

/// Other ways to choose, to hold ours against.
extension Selection {
  /// As many as asked for, drawn by lot.
  public static func random(_ count: Int, from pool: [Candidate], seed: UInt64) -> [Candidate] {
    let lots = pool.map { (lot: $0.id.lot(seed: seed), face: $0) }
    return lots.sorted { ($0.lot, $0.face.id) < ($1.lot, $1.face.id) }.prefix(count).map(\.face)
  }

  /// In the manner of DeepFaceLab's "best faces": 128 bins of yaw within ±1.2 radians, of each bin the
  /// best ten times its share, and of those one after the other from each bin of pitch.
  ///
  /// What a bin lacks is spread over all alike, round by round, until as many are chosen as asked for:
  /// theirs makes one round, and returns fewer. Pictures are compared there by their histograms; here
  /// the best of a pitch bin comes first.
  public static func bestFaces(_ count: Int, from pool: [Candidate]) -> [Candidate] {
    let bins = 128
    let share = max(1, count / bins)
    var yaws = [[Candidate]](repeating: [], count: bins)
    for face in pool {
      let place = (face.place.yaw / 1.2 + 1) / 2 * Double(bins)
      yaws[max(0, min(bins - 1, Int(place)))].append(face)
    }
    var queues = yaws.map { faces -> [Candidate] in
      let best = faces.sorted { ($1.quality, $0.id) < ($0.quality, $1.id) }.prefix(10 * share)
      var pitches: [Int: [Candidate]] = [:]
      for face in best { pitches[Int((face.place.pitch * 20).rounded()), default: []].append(face) }
      let rows = pitches.sorted { $0.key < $1.key }.map(\.value)
      let rounds = rows.map(\.count).max() ?? 0
      return (0..<rounds).flatMap { round in rows.compactMap { $0.dropFirst(round).first } }
    }
    var chosen: [Candidate] = []
    var part = share
    while chosen.count < count, queues.contains(where: { !$0.isEmpty }) {
      for bin in queues.indices {
        let given = min(part, queues[bin].count, count - chosen.count)
        chosen += queues[bin].prefix(given)
        queues[bin].removeFirst(given)
      }
      part = 1
    }
    return chosen
  }
}
