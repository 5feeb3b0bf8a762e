public import FaceCore

/// Groups tracks by person.
///
/// Average linkage: two groups become one where the mean cosine between a track of one and a track of
/// the other exceeds what it takes the most, for both. That is the threshold, and more for tracks that look
/// like strangers, too: a face that is like many says little. Tracks that one name was given to
/// are one group from the beginning; groups of two names, or with tracks that are in one picture, never
/// become one. The result depends on nothing but the tracks and their order. Memory grows with the
/// number of tracks, time with its square.
///
/// Sources: Matějka et al., "Analysis of Score Normalization in Multilingual Speaker Recognition", 2017
/// (likeness to the strangers nearest to each side tells what a likeness is worth); Benzécri, "Construction d'une classification ascendante hiérarchique par la recherche en
/// chaîne des voisins réciproques", 1982 (chains of nearest neighbours); that they find what merging
/// the nearest two again and again finds is true of links that merging never lengthens, as the mean is.
public struct PersonGrouping: Hashable, Sendable {
  /// Mean cosine from which two groups are one person, −1 to 1.
  public var threshold: Float
  /// Embeddings of people whom nobody films, at length 1; nil for a network of which none are known.
  public var strangers: FloatRows?

  /// Strangers that are looked at, the most alike.
  private static let nearest = 5
  /// What a likeness must exceed that to those by.
  private static let margin: Float = 0.08
  /// What is enough whoever it is: no two rendered people of three sets came to 0.98.
  private static let enough: Float = 0.98

  public init(threshold: Float, strangers: FloatRows? = nil) {
    (self.threshold, self.strangers) = (threshold, strangers)
  }

  /// The mean cosine that a track must have with others to be one person with them.
  private func least(for track: PersonTrack) -> Float {
    guard let strangers, strangers.count >= Self.nearest else { return threshold }
    let nearest = strangers.products(with: track.embedding).sorted(by: >).prefix(Self.nearest)
    let asked = nearest.reduce(0, +) / Float(Self.nearest) + Self.margin
    return max(threshold, min(Self.enough, asked))
  }

  /// All tracks in groups, those of the first track first.
  ///
  /// `apart` holds pairs of tracks that are two people. Traps unless embeddings are of one length.
  public func groups(of tracks: [PersonTrack], apart: [(Int, Int)]) -> [PersonGroup] {
    guard let first = tracks.first else { return [] }
    var state = Groups(length: first.embedding.count)
    for (index, track) in tracks.enumerated() {
      state.add(track, index: index, least: least(for: track))
    }
    for (one, other) in apart { state.keepApart(one, other) }
    state.link()
    return state.result
  }

  private struct Group {
    var tracks: [Int]
    var person: Int?
    /// First tracks of groups that are other people.
    var apart: Set<Int> = []
    /// Mean over the tracks of what it takes to be one person with them.
    var least: Float

    var first: Int { tracks[0] }
  }

  /// Groups that may still grow, and those that are done.
  private struct Groups {
    /// Of each open group the mean of its tracks' embeddings.
    private var means: FloatRows
    private var open: [Group] = []
    private var done: [Group] = []
    private var likenesses: [Int: Float] = [:]
    /// Where the open group of a first track is.
    private var place: [Int: Int] = [:]
    /// The first track of a track's group.
    private var firstOf: [Int] = []
    private var firstOfPerson: [Int: Int] = [:]

    init(length: Int) { means = FloatRows(length: length) }

    mutating func add(_ track: PersonTrack, index: Int, least: Float) {
      let known = track.person.flatMap { firstOfPerson[$0] }
      firstOf.append(known ?? index)
      if let known, let at = place[known] {
        let count = open[at].tracks.count
        means[at] = mean(of: means[at], count, track.embedding, 1)
        open[at].least += (least - open[at].least) / Float(count + 1)
        open[at].tracks.append(index)
        return
      }
      if let person = track.person { firstOfPerson[person] = index }
      place[index] = open.count
      open.append(Group(tracks: [index], person: track.person, least: least))
      means.append(track.embedding)
    }

    mutating func keepApart(_ one: Int, _ other: Int) {
      let (a, b) = (firstOf[one], firstOf[other])
      // Somebody has said that they are one.
      guard a != b, let atA = place[a], let atB = place[b] else { return }
      open[atA].apart.insert(b)
      open[atB].apart.insert(a)
    }

    /// Follows nearest neighbours until two are each other's, makes them one and goes on from there.
    mutating func link() {
      var chain: [Int] = []
      while let any = chain.last ?? open.first?.first {
        if chain.isEmpty { chain = [any] }
        guard let near = nearest(to: any, before: chain.dropLast().last) else {
          finish(any)
          chain.removeLast()
          continue
        }
        guard near == chain.dropLast().last else {
          chain.append(near)
          continue
        }
        chain.removeLast(2)
        merge(near, any)
      }
    }

    /// The group whose likeness to that of a first track exceeds what it takes the most; where several do, the
    /// one before it in the chain, else the first.
    private func nearest(to first: Int, before: Int?) -> Int? {
      guard let at = place[first] else { return nil }
      let own = open[at]
      var best: (excess: Float, first: Int)?
      for (index, likeness) in means.products(with: means[at]).enumerated() {
        let excess = likeness - (own.least + open[index].least) / 2
        guard index != at, excess >= best?.excess ?? 0, mayJoin(own, open[index]) else { continue }
        let other = open[index].first
        if let best, best.excess == excess, best.first == before || best.first < other,
          other != before
        {
          continue
        }
        best = (excess, other)
      }
      return best?.first
    }

    private func mayJoin(_ one: Group, _ other: Group) -> Bool {
      if let person = one.person, let another = other.person, person != another { return false }
      return !one.apart.contains(other.first)
    }

    private mutating func merge(_ one: Int, _ other: Int) {
      guard let atOne = place[one], let atOther = place[other] else { return }
      let (a, b) = (open[atOne], open[atOther])
      let mean = mean(of: means[atOne], a.tracks.count, means[atOther], b.tracks.count)
      let share = Float(b.tracks.count) / Float(a.tracks.count + b.tracks.count)
      let joined = Group(
        tracks: (a.tracks + b.tracks).sorted(), person: a.person ?? b.person,
        apart: a.apart.union(b.apart), least: a.least + share * (b.least - a.least))
      for neighbour in joined.apart {
        guard let at = place[neighbour] else { continue }
        open[at].apart.remove(one)
        open[at].apart.remove(other)
        open[at].apart.insert(joined.first)
      }
      place[one] = nil
      place[other] = nil
      let (stays, goes) = (min(atOne, atOther), max(atOne, atOther))
      open[stays] = joined
      means[stays] = mean
      place[joined.first] = stays
      remove(at: goes)
    }

    /// The last open group takes the place.
    private mutating func remove(at index: Int) {
      let last = open.removeLast()
      let mean = means[open.count]
      means.removeLast()
      guard index < open.count else { return }
      open[index] = last
      means[index] = mean
      place[last.first] = index
    }

    private mutating func finish(_ first: Int) {
      guard let at = place[first] else { return }
      let group = open[at]
      let count = Float(group.tracks.count)
      if count > 1 {
        let square = means[at].reduce(0) { $0 + $1 * $1 }
        likenesses[first] = (square * count - 1) / (count - 1)
      }
      done.append(group)
      place[first] = nil
      remove(at: at)
    }

    var result: [PersonGroup] {
      done.sorted { $0.first < $1.first }.map {
        PersonGroup(tracks: $0.tracks, person: $0.person, likeness: likenesses[$0.first])
      }
    }
  }
}

/// The mean of so many rows whose mean is `a` and so many whose mean is `b`.
private func mean(of a: [Float], _ countA: Int, _ b: [Float], _ countB: Int) -> [Float] {
  let share = Float(countB) / Float(countA + countB)
  return zip(a, b).map { $0 + share * ($1 - $0) }
}
