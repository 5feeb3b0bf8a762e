import Dispatch
import Synchronization

/// Work that goes on on another thread until its result is asked for.
final class Background<Made: Sendable>: Sendable {
  private let result = Mutex<Result<Made, any Error>?>(nil)
  private let isDone = DispatchSemaphore(value: 0)

  init(_ work: @escaping @Sendable () throws -> Made) {
    DispatchQueue.global().async {
      let made = Result { try work() }
      self.result.withLock { $0 = made }
      self.isDone.signal()
    }
  }

  /// Waits for the end.
  ///
  /// Call it once. Throws what the work threw.
  func get() throws -> Made {
    isDone.wait()
    guard let made = result.withLock({ $0 }) else {
      preconditionFailure("the work is done when it says so")
    }
    return try made.get()
  }
}
