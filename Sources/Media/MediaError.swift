import CFFmpeg

/// What went wrong with a file.
///
/// Prints as one line: `clip.mp4: No such file or directory`.
public struct MediaError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    case notFound
    case isFolder
    case notPermitted
    /// The file has no bytes.
    case empty
    /// Neither a video nor a picture that the libraries know.
    case notMedia
    /// A media file without a video stream: sound only, or sound with cover art.
    case noVideo
    /// Known, but not something this build reads or writes.
    case unsupported
    /// More pixels than `MediaLimits` allows.
    case tooLarge
    /// Data that contradict themselves or end too early.
    case corrupt
    case cannotWrite
    case outOfMemory
  }

  public let code: Code
  /// The path, or a word for data that came without one.
  public let subject: String
  /// The library's own reason, or ours.
  public let reason: String

  public init(code: Code, subject: String, reason: String) {
    self.code = code
    self.subject = subject
    self.reason = reason
  }

  public var description: String { "\(subject): \(reason)" }
}

/// Sizes beyond which a picture is taken for an attack or a mistake.
public enum MediaLimits {
  /// Pixels on a side.
  public static let side = 16384
  /// Pixels in all.
  public static let pixels = 134_217_728

  /// Throws `tooLarge` for a size beyond the limits, `corrupt` for one without pixels.
  static func check(width: Int, height: Int, subject: String) throws(MediaError) {
    guard width > 0, height > 0 else {
      throw MediaError(
        code: .corrupt, subject: subject, reason: "a picture of \(width) × \(height) pixels")
    }
    guard width <= side, height <= side, width * height <= pixels else {
      throw MediaError(
        code: .tooLarge, subject: subject,
        reason: "\(width) × \(height) pixels are more than the \(side) a side or "
          + "\(pixels / 1_000_000) million in all that are read")
    }
  }
}

/// libav's words for a status code.
func libavReason(_ status: Int32) -> String {
  var text = [CChar](repeating: 0, count: 128)
  av_strerror(status, &text, text.count)
  return string(of: text)
}

/// The text before the terminating zero.
func string(of text: [CChar]) -> String {
  String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Touched by every entry to libav, so that nothing is ever printed.
let libavIsSilent: Void = cff_silence()
