/// What went wrong in this module; prints as one line, `weights.safetensors: the header …`.
public struct NetworksError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// A library or a plugin could not be opened, or lacks what is wanted of it.
    case engineUnavailable
    /// What computes has failed.
    case engineFailed
    /// One of the processes that train together is gone.
    case groupFailed
    /// The device has no room for the weights or the batch.
    case outOfMemory
    case cannotRead
    case cannotWrite
    /// A file is not what it should be.
    case damaged
    /// A tensor is missing or has another shape than the network's.
    case mismatch
  }

  public let code: Code
  /// The file or the tensor.
  public let subject: String
  public let reason: String

  public init(code: Code, subject: String, reason: String) {
    (self.code, self.subject, self.reason) = (code, subject, reason)
  }

  public var description: String { "\(subject): \(reason)" }
}
