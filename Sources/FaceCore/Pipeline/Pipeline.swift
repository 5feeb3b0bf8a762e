import Dispatch
import Synchronization

/// Stages on threads of their own, joined by bounded queues: the slowest sets the speed, and what
/// is in flight stays bounded.
///
/// Elements keep their order.
///
/// The first error of any stage stops all of them; `finish` throws it.
package final class Pipeline<Element: Sendable>: Sendable {
  package typealias Queue = BoundedQueue<Element>

  private struct State {
    var error: (any Error)?
    var stages: [StageStatistics] = []
    var queues: [Queue] = []
  }

  // A bare closure in a `Mutex` gets one more layer of conversion at each use, until the stack is
  // full of them; in a struct it stays what it is.
  private struct Source { let body: () throws -> Element? }
  private struct Change { let body: (inout [Element]) throws -> Void }

  private let state = Mutex(State())
  private let running = DispatchGroup()
  private let queueLimit: Int

  package init(queueLimit: Int) { self.queueLimit = queueLimit }

  /// Starts a stage without input; `body` gives an element at a time, nil at the end.
  package func source(_ name: String, _ body: sending @escaping () throws -> Element?) -> Queue {
    let output = makeQueue()
    let work = Mutex(Source(body: body))
    start(name) { timing in
      while let element = try timing.busy({ try work.withLock { try $0.body() } }) {
        timing.frames += 1
        guard timing.waitingForOutput({ output.push(element) }) else { return }
      }
      output.close()
    }
    return output
  }

  /// How many elements a stage takes at once.
  package enum Gather: Sendable {
    /// One, and up to this many if they are there.
    case ready(Int)
    /// Until the condition holds, or the end.
    case until(@Sendable ([Element]) -> Bool)
  }

  /// Starts a stage that changes elements in place.
  ///
  /// Nothing else holds them meanwhile, so a picture inside is not copied.
  package func stage(
    _ name: String, from input: Queue, gather: Gather,
    _ body: sending @escaping (inout [Element]) throws -> Void
  ) -> Queue {
    let output = makeQueue()
    let work = Mutex(Change(body: body))
    start(name) { timing in
      while true {
        var elements = timing.waitingForInput { self.gathered(gather, from: input) }
        if elements.isEmpty { break }
        try timing.busy { try work.withLock { try $0.body(&elements) } }
        timing.frames += elements.count
        elements.reverse()
        while let element = elements.popLast() {
          guard timing.waitingForOutput({ output.push(element) }) else { return }
        }
      }
      output.close()
    }
    return output
  }

  private func gathered(_ gather: Gather, from input: Queue) -> [Element] {
    var elements: [Element] = []
    while let next = elements.isEmpty || gather.waits ? input.pop() : input.popIfReady() {
      elements.append(next)
      if gather.isEnough(elements) { break }
    }
    return elements
  }

  /// Takes all elements on the caller's thread, waits for every stage to end and throws the
  /// first error.
  package func finish(
    _ name: String, from input: Queue, _ body: (Element) throws -> Void
  ) throws -> [StageStatistics] {
    run(place: place(of: name)) { timing in
      while let element = timing.waitingForInput({ input.pop() }) {
        try timing.busy { try body(element) }
        timing.frames += 1
      }
    }
    running.wait()
    let (error, stages) = state.withLock { ($0.error, $0.stages) }
    if let error { throw error }
    return stages
  }

  /// The most elements any queue ever held.
  package var longestQueue: Int {
    state.withLock { $0.queues }.map(\.longest).max() ?? 0
  }

  private func makeQueue() -> Queue {
    let queue = Queue(limit: queueLimit)
    let hasFailed = state.withLock { state in
      state.queues.append(queue)
      return state.error != nil
    }
    if hasFailed { queue.cancel() }
    return queue
  }

  private func start(
    _ name: String, _ body: sending @escaping (inout StageStatistics) throws -> Void
  ) {
    let body = Mutex(body)
    let place = place(of: name)
    // A serial queue of its own is a thread of its own.
    DispatchQueue(label: name).async(group: running) {
      self.run(place: place) { timing in try body.withLock { try $0(&timing) } }
    }
  }

  /// Stages are listed in the order they were started, not in the order they end.
  private func place(of name: String) -> Int {
    state.withLock { state in
      state.stages.append(StageStatistics(name: name))
      return state.stages.count - 1
    }
  }

  private func run(place: Int, _ body: (inout StageStatistics) throws -> Void) {
    var timing = state.withLock { $0.stages[place] }
    do {
      try body(&timing)
    } catch {
      let queues = state.withLock { state in
        if state.error == nil { state.error = error }
        return state.queues
      }
      for queue in queues { queue.cancel() }
    }
    state.withLock { $0.stages[place] = timing }
  }
}

extension Pipeline.Gather {
  fileprivate var waits: Bool {
    if case .until = self { true } else { false }
  }

  fileprivate func isEnough(_ elements: [Element]) -> Bool {
    switch self {
    case .ready(let count): elements.count >= count
    case .until(let condition): condition(elements)
    }
  }
}
