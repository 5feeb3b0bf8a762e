public import FaceCore

/// A picture in 256 bits: of a grid of 17 × 16 means, whether each is brighter than the one to its
/// left.
///
/// Equal pictures have equal bits, and alike ones nearly so. On aligned crops 64 bits are too few:
/// of ordinary footage more than half of the faces share theirs with another.
///
/// Source: Krawetz, "Kind of Like That", 2013 (the difference hash), with a finer grid.
public struct CropHash: Hashable, Sendable {
  private let bits: SIMD4<UInt64>

  public init(_ image: Image) {
    let small = image.shrunk(width: min(17, image.width), height: min(16, image.height))
    func luma(_ x: Int, _ y: Int) -> Int {
      let at = 3 * (min(y, small.height - 1) * small.width + min(x, small.width - 1))
      return 299 * Int(small.bytes[at]) + 587 * Int(small.bytes[at + 1])
        + 114 * Int(small.bytes[at + 2])
    }
    var bits = SIMD4<UInt64>.zero
    for place in 0..<256 where luma(place % 16, place / 16) < luma(place % 16 + 1, place / 16) {
      bits[place / 64] |= 1 << UInt64(place % 64)
    }
    self.bits = bits
  }

  /// Bits that differ, 0 to 256.
  public func distance(to other: CropHash) -> Int {
    let difference = bits ^ other.bits
    return difference[0].nonzeroBitCount + difference[1].nonzeroBitCount
      + difference[2].nonzeroBitCount + difference[3].nonzeroBitCount
  }
}
