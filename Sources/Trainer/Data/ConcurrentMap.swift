import Dispatch
import Synchronization

/// The results of `body` for all items, in their order, made on up to `threads` threads at once.
///
/// Throws the error of the first item that has one.
func concurrentMap<Item: Sendable, Made: Sendable>(
  _ items: [Item], threads: Int, _ body: @Sendable (Item) throws -> Made
) throws -> [Made] {
  let workers = min(threads, items.count)
  if workers <= 1 { return try items.map(body) }
  let made = Mutex([Result<Made, any Error>?](repeating: nil, count: items.count))
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    for place in stride(from: worker, to: items.count, by: workers) {
      let result = Result { try body(items[place]) }
      made.withLock { $0[place] = result }
    }
  }
  return try made.withLock { $0 }.map { result in
    guard let result else { preconditionFailure("every place is filled") }
    return try result.get()
  }
}
