public import FaceCore

/// A face held out that looks like one that is trained on.
public struct SplitLeak: Hashable, Sendable, Codable {
  /// Faces held out, of those that have a hash.
  public var checked: Int
  /// Those of them that some training face is within 31 bits of.
  public var leaking: Int

  /// Counts the faces held out that have a twin among the others.
  ///
  /// - Parameters:
  ///   - hashes: Of each face, nil where there is none.
  ///   - twins: Of these hashes, as ``twins(of:threads:)`` finds them.
  ///   - isHeldOut: Of each face.
  public init(_ hashes: [FaceHash?], twins: [(Int, Int)], isHeldOut: [Bool]) {
    checked = zip(hashes, isHeldOut).count { $0 != nil && $1 }
    var leaking: Set<Int> = []
    for (first, second) in twins where isHeldOut[first] != isHeldOut[second] {
      leaking.insert(isHeldOut[first] ? first : second)
    }
    self.leaking = leaking.count
  }

  /// Pairs of places whose hashes differ in at most 31 of 256 bits, in order.
  public static func twins(of hashes: [FaceHash?], threads: Int) -> [(Int, Int)] {
    let known = hashes.indices.filter { hashes[$0] != nil }
    return HashSearch(known.compactMap { hashes[$0] }).pairs(within: 31, threads: threads)
      .map { (known[$0.first], known[$0.second]) }
  }
}
