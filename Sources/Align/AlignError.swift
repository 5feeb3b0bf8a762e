import Networks

/// Why faces could not be found.
///
/// Prints as one line: the subject, then the reason.
public struct AlignError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// The landmark file is not there.
    case missingModel
    /// The landmark file is there but is not one, or not of 68 points.
    case badModel
    /// The detector or the predictor gave up.
    case failed
  }

  public let code: Code
  public let subject: String
  public let reason: String

  public init(code: Code, subject: String, reason: String) {
    self.code = code
    self.subject = subject
    self.reason = reason
  }

  public var description: String { "\(subject): \(reason)" }

  init(_ error: NetworksError) {
    self.init(code: .failed, subject: error.subject, reason: error.reason)
  }
}
