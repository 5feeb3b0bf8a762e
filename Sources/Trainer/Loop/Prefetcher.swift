import Dispatch
import Synchronization

/// Makes the batches of the next steps on a thread of its own while the engine works.
final class Prefetcher: Sendable {
  typealias Batches = (source: TrainingBatch, target: TrainingBatch)

  private let make: @Sendable (Int) throws -> Batches
  private let queue = DispatchQueue(label: "trainer.batches")
  private let made = Mutex<[Int: Result<Batches, any Error>]>([:])
  private let ready = DispatchSemaphore(value: 0)
  /// Steps after this one are not wanted.
  private let end: Int

  /// Batches kept ready.
  private static let ahead = 2

  init(
    from step: Int, to end: Int, _ make: @escaping @Sendable (Int) throws -> Batches
  ) {
    (self.make, self.end) = (make, end)
    for next in step..<step + Self.ahead { prepare(next) }
  }

  private func prepare(_ step: Int) {
    guard step < end else { return }
    queue.async {
      let result = Result { try self.make(step) }
      self.made.withLock { $0[step] = result }
      self.ready.signal()
    }
  }

  /// The batches of a step; steps are taken in order.
  ///
  /// Throws what making them threw.
  func take(_ step: Int) throws -> Batches {
    ready.wait()
    let result = made.withLock { $0.removeValue(forKey: step) }
    guard let result else { preconditionFailure("steps are taken in order") }
    prepare(step + Self.ahead)
    return try result.get()
  }

  /// Returns when no batch is being made any more.
  func finish() { queue.sync {} }
}
