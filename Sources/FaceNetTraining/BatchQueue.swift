import Dispatch
import Synchronization

/// Makes the batches of the next steps on threads of its own while the engine works.
package final class BatchQueue<Batch: Sendable>: Sendable {
  private struct State {
    var made: [Int: Batch] = [:]
    var next: Int
    var isOver = false
  }

  private let state: Mutex<State>
  private let made = DispatchSemaphore(value: 0)
  private let room: DispatchSemaphore
  private let threads: Int

  /// Batches are made by `threads` threads, up to three for each of them ahead.
  package init(
    from first: Int, to end: Int, threads: Int, make: @escaping @Sendable (Int) -> Batch
  ) {
    state = Mutex(State(next: first))
    room = DispatchSemaphore(value: 0)
    self.threads = threads
    for _ in 0..<3 * threads { room.signal() }
    for _ in 0..<threads {
      DispatchQueue.global().async { [self] in
        while true {
          room.wait()
          let step = state.withLock { state -> Int? in
            guard state.next < end, !state.isOver else { return nil }
            state.next += 1
            return state.next - 1
          }
          guard let step else { return }
          let batch = make(step)
          state.withLock { $0.made[step] = batch }
          made.signal()
        }
      }
    }
  }

  /// The batch of a step; steps are taken in order.
  package func take(_ step: Int) -> Batch {
    while true {
      if let batch = state.withLock({ $0.made.removeValue(forKey: step) }) {
        room.signal()
        return batch
      }
      made.wait()
    }
  }

  /// Lets the threads end.
  package func finish() {
    state.withLock { $0.isOver = true }
    for _ in 0..<threads { room.signal() }
  }
}
