/// Faces that show one moment, put together so that any two of a cluster are near.
///
/// Edges are taken the nearest first. An edge joins the clusters of its two ends unless some two of
/// their faces are not near: complete linkage, so nothing is chained together through what lies
/// between.
public struct DuplicateClusters: Hashable, Sendable {
  /// Of two faces or more each; the faces in order, the clusters by their first one.
  public let clusters: [[Int]]

  /// `isNear` says so of any two of `count` faces; edges may be in any order.
  public init(
    count: Int, edges: [DuplicateEdge], isNear: (Int, Int) -> Bool
  ) {
    var builder = ClusterBuilder(count: count)
    for edge in edges.sorted() { builder.join(edge.first, edge.second, isNear) }
    clusters = builder.clusters
  }

  /// The clusters of a search.
  public init(_ search: DuplicateSearch, within limits: DuplicateLimits) {
    self.init(count: search.faces.count, edges: search.edges(within: limits)) {
      search.separation($0, $1, within: limits) != nil
    }
  }
}

private struct ClusterBuilder {
  /// The cluster of each face, named by one of its faces.
  private var roots: [Int]
  /// Faces of the clusters of more than one, by name.
  private var members: [Int: [Int]] = [:]
  /// Clusters that cannot be joined: growing brings nothing nearer, so they are compared once.
  private var apart: [Int: Set<Int>] = [:]

  init(count: Int) { roots = Array(0..<count) }

  var clusters: [[Int]] {
    members.values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
  }

  mutating func join(_ a: Int, _ b: Int, _ isNear: (Int, Int) -> Bool) {
    let (first, second) = (roots[a], roots[b])
    guard first != second, apart[first]?.contains(second) != true else { return }
    let (mine, theirs) = (members[first] ?? [first], members[second] ?? [second])
    guard mine.allSatisfy({ face in theirs.allSatisfy { isNear(face, $0) } }) else {
      apart[first, default: []].insert(second)
      apart[second, default: []].insert(first)
      return
    }
    let (kept, gone) = mine.count >= theirs.count ? (first, second) : (second, first)
    for face in kept == first ? theirs : mine { roots[face] = kept }
    members[kept] = mine + theirs
    members[gone] = nil
    for other in apart.removeValue(forKey: gone) ?? [] {
      apart[other]?.remove(gone)
      apart[other]?.insert(kept)
      apart[kept, default: []].insert(other)
    }
  }
}
