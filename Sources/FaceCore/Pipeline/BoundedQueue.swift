import Dispatch
import Synchronization

/// First in, first out, between threads, and never longer than its limit.
package final class BoundedQueue<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var isCancelled = false
    var longest = 0
  }

  private let state = Mutex(State())
  private let free = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)

  package init(limit: Int) {
    precondition(limit > 0, "a queue holds something")
    for _ in 0..<limit { free.signal() }
  }

  /// The most elements it ever held.
  package var longest: Int { state.withLock { $0.longest } }

  /// Waits for room.
  ///
  /// False when the queue was cancelled.
  package func push(_ element: Element) -> Bool {
    free.wait()
    let isAccepted = state.withLock { state in
      guard !state.isCancelled else { return false }
      state.elements.append(element)
      state.longest = max(state.longest, state.elements.count)
      return true
    }
    (isAccepted ? filled : free).signal()
    return isAccepted
  }

  /// Waits for an element.
  ///
  /// Nil when the queue was closed and is empty, or was cancelled.
  package func pop() -> Element? {
    filled.wait()
    return take()
  }

  /// An element if one is there.
  package func popIfReady() -> Element? {
    filled.wait(timeout: .now()) == .success ? take() : nil
  }

  private func take() -> Element? {
    let element = state.withLock { $0.elements.isEmpty ? nil : $0.elements.removeFirst() }
    // The signal of `close` and `cancel` is handed on to whoever asks next.
    (element == nil ? filled : free).signal()
    return element
  }

  /// Nothing more is pushed.
  package func close() { filled.signal() }

  /// Drops what is inside and wakes who waits.
  package func cancel() {
    state.withLock { state in
      state.elements = []
      state.isCancelled = true
    }
    filled.signal()
    free.signal()
  }
}
