import Augment
import FaceCore
import Testing

@Suite struct DuplicateClusterTests {
  /// Points in the plane; two are near within 1.
  private static func points(_ count: Int, seed: UInt64) -> [SIMD2<Double>] {
    var random = SeededGenerator(seed: seed)
    let extent = Double(count).squareRoot() / Double.random(in: 1...6, using: &random)
    return (0..<count).map { _ in
      SIMD2(.random(in: 0...extent, using: &random), .random(in: 0...extent, using: &random))
    }
  }

  private static func distance(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
    ((a - b) * (a - b)).sum().squareRoot()
  }

  /// An edge for each two that are near, some of them left out.
  private static func edges(_ points: [SIMD2<Double>], seed: UInt64) -> [DuplicateEdge] {
    var random = SeededGenerator(seed: seed, stream: 1)
    return points.indices.flatMap { a in
      points.indices[(a + 1)...].compactMap { b in
        let separation = distance(points[a], points[b])
        guard separation <= 1, Double.random(in: 0...1, using: &random) < 0.8 else { return nil }
        return DuplicateEdge(first: a, second: b, separation: Float(separation))
      }
    }
  }

  @Test(arguments: 0..<60)
  func anyTwoOfAClusterAreNear(seed: Int) {
    let points = Self.points(120, seed: UInt64(seed))
    let edges = Self.edges(points, seed: UInt64(seed))
    func isNear(_ a: Int, _ b: Int) -> Bool { Self.distance(points[a], points[b]) <= 1 }
    let clusters = DuplicateClusters(count: points.count, edges: edges, isNear: isNear).clusters
    for cluster in clusters {
      #expect(cluster.count > 1 && cluster == cluster.sorted())
      for a in cluster { for b in cluster { #expect(isNear(a, b)) } }
    }
    #expect(Set(clusters.joined()).count == clusters.joined().count, "each face is in one")
    // Nothing that could be joined is left apart.
    var names = Array(0..<points.count)
    for cluster in clusters { for face in cluster { names[face] = cluster[0] } }
    for edge in edges where names[edge.first] != names[edge.second] {
      let (mine, theirs) = (names[edge.first], names[edge.second])
      let both = names.indices.filter { names[$0] == mine || names[$0] == theirs }
      #expect(both.contains { a in both.contains { !isNear(a, $0) } })
    }
  }

  @Test(arguments: 0..<10)
  func theOrderOfTheEdgesDoesNotMatter(seed: Int) {
    let points = Self.points(80, seed: UInt64(seed))
    let edges = Self.edges(points, seed: UInt64(seed))
    var random = SeededGenerator(seed: UInt64(seed), stream: 2)
    func clusters(_ edges: [DuplicateEdge]) -> DuplicateClusters {
      DuplicateClusters(count: points.count, edges: edges) {
        Self.distance(points[$0], points[$1]) <= 1
      }
    }
    #expect(clusters(edges) == clusters(edges.shuffled(using: &random)))
  }

  @Test func aChainIsNotOneCluster() {
    let edges = (0..<9).map { DuplicateEdge(first: $0, second: $0 + 1, separation: 0.9) }
    let clusters = DuplicateClusters(count: 10, edges: edges) { abs($0 - $1) <= 1 }.clusters
    #expect(clusters == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]])
  }

  @Test func theKeptFaceFollowsTheStatedOrder() {
    let plain = FaceMerit(interEye: 100, sharpness: 10)
    func best(_ change: (inout FaceMerit) -> Void, _ other: (inout FaceMerit) -> Void = { _ in })
      -> Int
    {
      var (first, second) = (plain, plain)
      other(&first)
      change(&second)
      return [first, second].bestIndex
    }
    #expect(best { _ in } == 0, "the first of equals")
    #expect(best({ $0.isAccepted = true }, { $0.interEye = 200 }) == 1)
    #expect(best({ $0.interEye = 20 }, { $0.isRejected = true }) == 1)
    #expect(best({ $0.interEye = 120 }, { $0.sharpness = 20 }) == 1)
    #expect(
      best({ $0.interEye = 105 }, { $0.sharpness = 20 }) == 0, "within a tenth sharper counts")
    #expect(best({ $0.sharpness = 12 }, { $0.cropSize = 512 }) == 1)
    #expect(best({ $0.misfit = 0.1 }, { $0.badlyExposed = 0.3 }) == 1)
    #expect(best({ $0.cropSize = 512 }) == 1)
    #expect(best({ $0.sharpness = 10.5 }) == 1)
  }

  @Test func whatAPersonAcceptedIsNeverMarked() {
    let clusters = DuplicateClusters(
      count: 4, edges: (1..<4).map { DuplicateEdge(first: 0, second: $0, separation: 0) }
    ) { _, _ in true }
    var merits = [FaceMerit](repeating: FaceMerit(interEye: 100, sharpness: 10), count: 4)
    merits[0].sharpness = 50
    (merits[2].isAccepted, merits[3].isAccepted) = (true, true)
    let marks = DuplicateMarks(clusters, merits: merits).marks
    #expect(marks.map(\.face) == [0, 1] && marks.allSatisfy { $0.best == 2 })
  }
}
