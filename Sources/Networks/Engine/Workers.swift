internal import Dispatch
internal import Synchronization

/// Runs the pieces of a job on a number of threads.
///
/// The pieces are cut by the size of the job alone and each writes its own part of the result,
/// so the number of threads does not change a bit of it.
struct Workers {
  let threads: Int

  func run(_ count: Int, _ piece: (Int) -> Void) {
    run(count) { index, _ in piece(index) }
  }

  /// The same with the number of the worker, below `threads`, for memory of its own.
  func run(_ count: Int, _ piece: (_ index: Int, _ worker: Int) -> Void) {
    guard threads > 1, count > 1 else {
      for index in 0..<count { piece(index, 0) }
      return
    }
    let next = Atomic(0)
    withoutActuallyEscaping(piece) { piece in
      // The pieces write to memory of their own, which the compiler cannot see.
      nonisolated(unsafe) let work = piece
      DispatchQueue.concurrentPerform(iterations: min(threads, count)) { worker in
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < count else { return }
          work(index, worker)
        }
      }
    }
  }

  /// Cuts `0..<count` into ranges of `size`, the last one shorter.
  func run(over count: Int, by size: Int, _ piece: (Range<Int>) -> Void) {
    run((count + size - 1) / size) { piece($0 * size..<min(count, ($0 + 1) * size)) }
  }
}
