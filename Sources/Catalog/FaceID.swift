/// The name of a face outside the catalogue: `VIDEO:ORDINAL:POSITION`, the first 16 digits of the
/// video's SHA-256, the frame's ordinal, and the face's place in that frame.
///
/// It follows from the video's content alone, so it is the same in every workspace.
public struct FaceID: Hashable, Sendable, CustomStringConvertible {
  /// 16 lower-case hexadecimal digits.
  public let video: String
  public let ordinal: Int
  public let position: Int

  public init(videoSHA256: String, ordinal: Int, position: Int) {
    precondition(videoSHA256.utf8.count >= 16, "a SHA-256 has 64 digits")
    self.video = String(videoSHA256.prefix(16))
    self.ordinal = ordinal
    self.position = position
  }

  /// Nil unless the text has the form above.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 16,
      parts[0].utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
      let ordinal = Int(parts[1]), let position = Int(parts[2]), ordinal >= 0, position >= 0
    else { return nil }
    self.init(videoSHA256: String(parts[0]), ordinal: ordinal, position: position)
  }

  public var description: String { "\(video):\(ordinal):\(position)" }

  /// Where its crop lies in the archive, `VIDEO/ORDINAL_POSITION.EXTENSION`.
  func cropName(fileExtension: String) -> String {
    "\(video)/\(ordinal)_\(position).\(fileExtension)"
  }
}
