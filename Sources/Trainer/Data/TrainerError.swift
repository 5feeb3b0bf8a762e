/// What went wrong in training or applying: prints as one line, `000123: why`.
public struct TrainerError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Hashable, Sendable {
    /// There is nothing to draw samples from.
    case noSamples
    /// A crop is not what the sample says it is.
    case badCrop
    /// An array or an image has another shape than agreed.
    case badShape
    /// Landmarks or the map of a face are no finite numbers.
    case badFace
    /// A checkpoint, configuration or history cannot be read.
    case badFile
    /// The loss is no longer a finite number.
    case diverged
    /// Another training has the folder.
    case busy
    /// The device has no room for the batch.
    case noMemory
    /// One of the processes that train together is gone.
    case processGone
  }

  public let code: Code
  /// The sample, frame, file or step it is about.
  public let subject: String
  public let reason: String

  public init(code: Code, subject: String, reason: String) {
    (self.code, self.subject, self.reason) = (code, subject, reason)
  }

  public var description: String { "\(subject): \(reason)" }
}
