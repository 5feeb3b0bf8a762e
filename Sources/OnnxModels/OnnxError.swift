/// What went wrong with an installed network or with the library that runs it.
///
/// Prints as one line: the subject, then what is wrong and what to do.
public struct OnnxError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// No library of ONNX Runtime can be opened.
    case noRuntime
    /// No network that the library can read.
    case badModel
    /// A network, but none of the kinds that are known, or of another kind than asked for.
    case unknownKind
    /// A network that gave something else than its kind promises.
    case badOutput
    /// Bytes that are not those of the recorded hash.
    case altered
    /// A name that cannot be a folder's.
    case badName
    case nameTaken
    case notInstalled
    /// An address that cannot be asked, or a download that failed.
    case download
    /// The file system's own failures.
    case file
  }

  public let code: Code
  /// A model's name, a path or an address.
  public let subject: String
  public let reason: String

  public init(code: Code, subject: String, reason: String) {
    self.code = code
    self.subject = subject
    self.reason = reason
  }

  public var description: String { "\(subject): \(reason)" }
}
