/// One person followed through a shot, as far as it takes to tell people apart.
public struct PersonTrack: Hashable, Sendable {
  /// Who it is, as embeddings of some of its faces say it: their mean, at length 1.
  public var embedding: [Float]
  /// Who it is, as somebody said; nil where nobody did.
  public var person: Int?

  public init(embedding: [Float], person: Int? = nil) {
    (self.embedding, self.person) = (embedding, person)
  }
}

/// Tracks that are taken for one person.
public struct PersonGroup: Hashable, Sendable {
  /// Indices, ascending.
  public var tracks: [Int]
  /// Who it is, where somebody named one of them.
  public var person: Int?
  /// Mean cosine between two of its tracks, −1 to 1; nil for one track.
  public var likeness: Float?
}

/// The one that is most like all of them: the largest mean cosine; the first where several are.
///
/// Nil where there is none. Traps unless embeddings are of one length.
public func medoid(of embeddings: [[Float]]) -> Int? {
  guard let first = embeddings.first else { return nil }
  var sum = [Float](repeating: 0, count: first.count)
  for embedding in embeddings {
    precondition(embedding.count == sum.count, "embeddings are of one length")
    for index in sum.indices { sum[index] += embedding[index] }
  }
  let likeness = embeddings.map { zip($0, sum).reduce(0) { $0 + $1.0 * $1.1 } }
  return likeness.indices.max { (likeness[$0], $1) < (likeness[$1], $0) }
}
