/// How far a job has come, in units of its own.
public struct Progress: Hashable, Sendable {
  public var done: Int
  /// Nil when nobody knows, as for a video without a frame count.
  public var total: Int?

  public init(done: Int, total: Int?) {
    self.done = done
    self.total = total
  }
}
