import Dispatch
import Synchronization

/// Hashes made ready for finding all pairs that differ in few bits: exactly those that a comparison
/// of each with each would find.
///
/// The bits are dealt to 16 slots of 16. Two hashes that differ in at most `limit` bits differ in at
/// most `limit / 16` of them in some slot, so those are compared that lie in one bucket of a slot, or
/// in neighbouring ones. A pair is taken in the first slot where it can be found. Where so many lie
/// in the same buckets that this would be more work than comparing all, all are compared.
///
/// Source: Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing",
/// CVPR 2012. Bits of a slot come from 16 rows and columns of frequencies: low ones, in which faces
/// hardly differ, are in all slots alike.
public struct HashSearch: Sendable {
  /// Two hashes that are alike, by their places.
  public struct Pair: Hashable, Sendable {
    /// The lower of the two.
    public var first: Int
    public var second: Int
    /// Bits that differ.
    public var distance: Int

    public init(first: Int, second: Int, distance: Int) {
      (self.first, self.second, self.distance) = (first, second, distance)
    }
  }

  /// How pairs are looked for; they are the same either way.
  package enum Method: Sendable { case slots, all }

  static let rowsOfAPiece = 2048

  /// The bits of each hash, slot after slot.
  let codes: [SIMD4<UInt64>]

  public init(_ hashes: [FaceHash]) {
    codes = hashes.map { HashSearch.dealt($0.words) }
  }

  /// Bit (row, column) of the 16 × 16 goes to slot (row + column) modulo 16.
  static func dealt(_ words: SIMD4<UInt64>) -> SIMD4<UInt64> {
    var result = SIMD4<UInt64>()
    for row in 0..<16 {
      let bits = words[row / 4] >> UInt64(16 * (row % 4))
      for column in 0..<16 {
        let slot = (row + column) % 16
        result[slot / 4] |= ((bits >> UInt64(column)) & 1) << UInt64(16 * (slot % 4) + row)
      }
    }
    return result
  }

  /// Calls `body` with each pair of at most `limit` bits, once, on `threads` threads.
  ///
  /// Work is cut into pieces that do not depend on the number of threads, each with a state of its
  /// own that begins as `state`; returned are the states in the order of the pieces.
  public func pairs<State: Sendable>(
    within limit: Int, threads: Int = 1, from state: State,
    _ body: @Sendable (inout State, Pair) -> Void
  ) -> [State] {
    pairs(within: limit, by: cheaperMethod(within: limit), threads: threads, from: state, body)
  }

  /// All pairs in order, for few of them.
  public func pairs(within limit: Int, threads: Int = 1) -> [Pair] {
    pairs(within: limit, threads: threads, from: [Pair]()) { $0.append($1) }
      .flatMap { $0 }
      .sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }

  package func pairs<State: Sendable>(
    within limit: Int, by method: Method, threads: Int, from state: State,
    _ body: @Sendable (inout State, Pair) -> Void
  ) -> [State] {
    precondition(limit >= 0 && threads > 0, "a limit is not negative, and work takes a thread")
    let all = method == .all ? HashPlanes(codes) : HashPlanes([])
    let rows = HashSearch.rowsOfAPiece
    let pieces = method == .slots ? HashSlot.count : (codes.count + rows - 1) / rows
    let next = Atomic(0)
    let results = Mutex([State](repeating: state, count: pieces))
    DispatchQueue.concurrentPerform(iterations: min(threads, max(1, pieces))) { _ in
      while true {
        let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard piece < pieces else { return }
        var own = state
        switch method {
        case .slots: HashSlot(codes, slot: piece).forEachPair(within: limit) { body(&own, $0) }
        case .all:
          let end = min(codes.count, (piece + 1) * rows)
          all.forEachPair(of: piece * rows..<end, codes, within: limit) { body(&own, $0) }
        }
        results.withLock { $0[piece] = own }
      }
    }
    return results.withLock { $0 }
  }

  /// By how many comparisons each takes, eight at a time.
  package func cheaperMethod(within limit: Int) -> Method {
    let probes = HashSlot.probes(within: limit)
    // Beyond that, visiting buckets alone takes longer than comparing.
    guard probes.count <= 137, codes.count > 2000 else { return .all }
    var cost = 0
    for slot in 0..<HashSlot.count {
      let sizes = HashSlot.sizes(of: codes, slot: slot)
      for (bucket, size) in sizes.enumerated() where size > 0 {
        for probe in probes where bucket ^ probe >= bucket {
          cost += size * (2 + (sizes[bucket ^ probe] + 7) / 8)
        }
      }
    }
    return cost < codes.count / 16 * codes.count ? .slots : .all
  }
}
