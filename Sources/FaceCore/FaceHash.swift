import Foundation

/// What a picture looks like in 256 bits: pictures that look alike differ in few of them.
///
/// The bits say which of 256 frequencies of a 64 × 64 picture of luma are above their median, so a
/// change of brightness or contrast moves none of them, and noise only those near the median. A
/// mirror image has other bits.
///
/// Source: PDQ as Meta describes it, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
/// Algorithm", 2019. There 31 bits are "alike", and a quality below 50 is "do not ask".
public struct FaceHash: Hashable, Sendable {
  public static let bitCount = 256
  /// Side of the picture it is made from, in pixels.
  public static let side = 64
  /// Grows when the same picture gives other bits.
  public static let version = 1

  /// Frequency (row, column), from (1, 1), is bit `16 · (row − 1) + column − 1`, from the lowest of
  /// the first word.
  public let words: SIMD4<UInt64>
  /// 0 for a plain or dark picture, whose bits are noise, to 100.
  public let quality: Int

  public init(words: SIMD4<UInt64>, quality: Int) {
    precondition((0...100).contains(quality), "quality is 0 to 100")
    (self.words, self.quality) = (words, quality)
  }

  /// Traps unless the picture is 64 × 64.
  public init(of picture: GrayImage) {
    precondition(
      picture.width == FaceHash.side && picture.height == FaceHash.side,
      "a hash is made from 64 × 64 pixels")
    let values = FaceHash.frequencies(of: picture)
    let median = values.sorted()[values.count / 2 - 1]
    var words = SIMD4<UInt64>()
    for (bit, value) in values.enumerated() where value > median {
      words[bit / 64] |= 1 << UInt64(bit % 64)
    }
    self.init(words: words, quality: FaceHash.quality(of: picture))
  }

  /// In how many bits the two differ, 0 to 256.
  @inlinable
  public func distance(to other: FaceHash) -> Int {
    let different = words ^ other.words
    return different[0].nonzeroBitCount + different[1].nonzeroBitCount
      + different[2].nonzeroBitCount + different[3].nonzeroBitCount
  }

  /// Rows and columns 1 to 16 of the two-dimensional cosine transform, row by row.
  private static func frequencies(of picture: GrayImage) -> [Float] {
    // First along each row, then down.
    var across = [Float](repeating: 0, count: side * 16)
    for y in 0..<side {
      for x in 0..<side {
        let value = Float(picture.bytes[y * side + x])
        for column in 0..<16 { across[y * 16 + column] += value * cosines[x * 16 + column] }
      }
    }
    var result = [Float](repeating: 0, count: 256)
    for y in 0..<side {
      for row in 0..<16 {
        let weight = cosines[y * 16 + row]
        for column in 0..<16 { result[row * 16 + column] += weight * across[y * 16 + column] }
      }
    }
    return result
  }

  /// For each pixel its part in frequencies 1 to 16.
  private static let cosines: [Float] = (0..<side).flatMap { pixel in
    (1...16).map { frequency in
      let angle = Double.pi / Double(2 * side) * Double(frequency * (2 * pixel + 1))
      return Float((2 / Double(side)).squareRoot() * cos(angle))
    }
  }

  /// The sum of all steps between neighbours, in percent of full range each, over 90.
  private static func quality(of picture: GrayImage) -> Int {
    let bytes = picture.bytes.span
    var sum = 0
    for y in 0..<side {
      for x in 0..<side {
        let at = y * side + x
        if x + 1 < side { sum += abs(Int(bytes[at]) - Int(bytes[at + 1])) * 100 / 255 }
        if y + 1 < side { sum += abs(Int(bytes[at]) - Int(bytes[at + side])) * 100 / 255 }
      }
    }
    return min(100, sum / 90)
  }
}

/// As 32 bytes, each word from its lowest byte.
extension FaceHash {
  public var bytes: [UInt8] {
    (0..<32).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(8 * ($0 % 8))) }
  }

  /// Nil unless there are 32 bytes and the quality is 0 to 100.
  public init?(bytes: some Collection<UInt8>, quality: Int) {
    guard bytes.count == 32, (0...100).contains(quality) else { return nil }
    var words = SIMD4<UInt64>()
    for (index, byte) in bytes.enumerated() {
      words[index / 8] |= UInt64(byte) << UInt64(8 * (index % 8))
    }
    self.init(words: words, quality: quality)
  }
}
