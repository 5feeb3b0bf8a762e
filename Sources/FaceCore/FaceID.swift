/// The name of a face outside the catalogue: `VIDEO:ORDINAL:POSITION`, the first 16 digits of the
/// video's SHA-256, the frame's ordinal, and the face's place in that frame.
///
/// It follows from the video's content alone, so it is the same in every workspace.
public struct FaceID: Hashable, Sendable {
  /// What the 16 digits say.
  private let digits: UInt64
  private let frame: Int32
  private let place: Int32

  public init(videoSHA256: String, ordinal: Int, position: Int) {
    precondition(videoSHA256.utf8.count >= 16, "a SHA-256 has 64 digits")
    guard let digits = UInt64(videoSHA256.prefix(16), radix: 16) else {
      preconditionFailure("a SHA-256 is written in hexadecimal")
    }
    self.digits = digits
    (frame, place) = (Int32(clamping: ordinal), Int32(clamping: position))
  }

  /// Nil unless the text has the form above.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 16,
      parts[0].utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
      let ordinal = Int32(parts[1]), let position = Int32(parts[2]), ordinal >= 0, position >= 0
    else { return nil }
    self.init(
      videoSHA256: String(parts[0]), ordinal: Int(ordinal), position: Int(position))
  }

  /// 16 lower-case hexadecimal digits.
  public var video: String {
    let text = String(digits, radix: 16)
    return String(repeating: "0", count: 16 - text.utf8.count) + text
  }

  public func isOfVideo(of other: FaceID) -> Bool { digits == other.digits }

  public var ordinal: Int { Int(frame) }
  public var position: Int { Int(place) }
}

/// By video, frame and place.
extension FaceID: Comparable, CustomStringConvertible {
  public static func < (left: FaceID, right: FaceID) -> Bool {
    (left.digits, left.frame, left.place) < (right.digits, right.frame, right.place)
  }

  public var description: String { "\(video):\(ordinal):\(position)" }

  /// A number that a seed draws for this face: SplitMix64's mixing of both.
  public func lot(seed: UInt64) -> UInt64 {
    let frames = UInt64(bitPattern: Int64(frame)) << 24 ^ UInt64(bitPattern: Int64(place))
    return FaceID.mixed(FaceID.mixed(digits ^ FaceID.mixed(seed)) ^ frames)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
