/// Which faces are to be marked as duplicates, and of which.
public struct DuplicateMarks: Hashable, Sendable {
  public struct Mark: Hashable, Sendable {
    public var face: Int
    /// The one that is kept.
    public var best: Int
  }

  /// By face.
  public let marks: [Mark]

  /// Of each cluster the best face is kept; so is each that a person accepted.
  public init(_ clusters: DuplicateClusters, merits: [FaceMerit]) {
    marks = clusters.clusters.flatMap { cluster in
      let best = cluster[cluster.map { merits[$0] }.bestIndex]
      return cluster.filter { $0 != best && !merits[$0].isAccepted }
        .map { Mark(face: $0, best: best) }
    }.sorted { $0.face < $1.face }
  }
}
