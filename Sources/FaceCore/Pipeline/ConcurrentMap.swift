import Dispatch
import Synchronization

/// The results of `body` for all items, in their order, made on up to `threads` threads at once; whoever
/// is free takes the next item.
///
/// Throws the error of the first item that has one.
package func concurrentMap<Item: Sendable, Made: Sendable, Failure: Error>(
  _ items: [Item], threads: Int, _ body: @Sendable (Item) throws(Failure) -> Made
) throws(Failure) -> [Made] {
  let workers = min(threads, items.count)
  if workers <= 1 { return try items.map(body) }
  let made = Mutex([Result<Made, Failure>?](repeating: nil, count: items.count))
  let next = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
    while true {
      let place = next.add(1, ordering: .relaxed).oldValue
      guard place < items.count else { return }
      let result = Result { () throws(Failure) in try body(items[place]) }
      made.withLock { $0[place] = result }
    }
  }
  var results: [Made] = []
  results.reserveCapacity(items.count)
  for result in made.withLock({ $0 }) {
    guard let result else { preconditionFailure("every place is filled") }
    results.append(try result.get())
  }
  return results
}

extension Array where Element: Sendable {
  /// Changes every element in place, on up to `threads` threads at once; what an element alone
  /// holds is not copied.
  ///
  /// Throws the error of the first element that has one.
  package mutating func changeEach(
    threads: Int, _ body: @Sendable (inout Element) throws -> Void
  ) throws {
    let workers = Swift.min(threads, count)
    if workers <= 1 {
      for index in indices { try body(&self[index]) }
      return
    }
    let total = count
    let slots = Mutex(map { (element: Element?.some($0), error: (any Error)?.none) })
    self = []
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for place in stride(from: worker, to: total, by: workers) {
        guard var element = slots.withLock({ $0[place].element.take() }) else { continue }
        let result = Result { try body(&element) }
        slots.withLock { slots in
          slots[place].element = element
          if case .failure(let error) = result { slots[place].error = error }
        }
      }
    }
    let changed = slots.withLock { $0 }
    if let error = changed.lazy.compactMap(\.error).first { throw error }
    self = changed.compactMap(\.element)
  }
}
