import CFFmpeg

/// How the numbers of a video stand for colours, as the stream says it.
///
/// Code points are those of ITU-T H.273, where 2 is "unspecified".
public struct ColorTags: Hashable, Sendable, Codable {
  /// True when luma runs from 0 to 255, false from 16 to 235, nil when the stream does not say.
  public var isFullRange: Bool?
  /// 1 is BT.709, 5 and 6 BT.601, 9 BT.2020.
  public var matrix: Int
  public var primaries: Int
  /// 1 is BT.709, 13 sRGB, 16 PQ, 18 HLG.
  ///
  /// Never applied: pixels come out as coded.
  public var transfer: Int

  public init(
    isFullRange: Bool? = nil, matrix: Int = 2, primaries: Int = 2, transfer: Int = 2
  ) {
    self.isFullRange = isFullRange
    self.matrix = matrix
    self.primaries = primaries
    self.transfer = transfer
  }

  public static let unspecified = ColorTags()
  /// High definition: BT.709, limited range.
  public static let hd = ColorTags(isFullRange: false, matrix: 1, primaries: 1, transfer: 1)

  init(
    range: AVColorRange, matrix: AVColorSpace, primaries: AVColorPrimaries,
    transfer: AVColorTransferCharacteristic
  ) {
    self.init(
      isFullRange: range == AVCOL_RANGE_UNSPECIFIED ? nil : range == AVCOL_RANGE_JPEG,
      matrix: Int(matrix.rawValue), primaries: Int(primaries.rawValue),
      transfer: Int(transfer.rawValue))
  }

  /// The matrix that turns luma and chroma into RGB for pictures of this size.
  ///
  /// Where the stream does not say, large pictures are BT.709 and small ones BT.601, the way
  /// players guess; the rule is the same for a picture on its side and one cut to even sizes.
  func resolvedMatrix(width: Int, height: Int) -> Int {
    let isStated = matrix != Int(AVCOL_SPC_UNSPECIFIED.rawValue) && matrix != 0
    if isStated { return matrix }
    return max(width, height) >= 1280 || min(width, height) >= 578 ? 1 : 6
  }

  /// libswscale's number for a matrix; nil for one it does not know (YCgCo, ICtCp).
  static func scalerMatrix(_ matrix: Int) -> Int32? {
    switch matrix {
    case 1: SWS_CS_ITU709
    case 4: SWS_CS_FCC
    case 5, 6: SWS_CS_ITU601
    case 7: SWS_CS_SMPTE240M
    case 9, 10: SWS_CS_BT2020
    default: nil
    }
  }
}
