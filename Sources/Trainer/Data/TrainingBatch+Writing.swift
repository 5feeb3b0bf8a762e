import Dispatch
import Synchronization

extension TrainingBatch {
  /// Writes one face of a batch into its parts of the arrays: input, target, and the mask, which
  /// comes as zeros.
  ///
  /// Fills its parts and may be called from several threads at once.
  typealias Writer =
    @Sendable (
      _ place: Int, _ input: inout MutableSpan<Float>, _ target: inout MutableSpan<Float>,
      _ mask: inout MutableSpan<Float>
    ) throws -> Void

  /// Makes the arrays and has every face written into its place, on up to `threads` threads at once.
  ///
  /// Throws the error of the first face that has one.
  init(faces: [Int], resolution: Int, threads: Int, write: Writer) throws {
    let area = resolution * resolution
    let total = area * faces.count
    var outcome = Result<Void, any Error>.success(())
    var (target, mask): ([Float], [Float]) = ([], [])
    // Every part is written by one thread alone, and all of them before an array is read.
    let input = unsafe [Float](unsafeUninitializedCapacity: 3 * total) { input, inputCount in
      target = unsafe [Float](unsafeUninitializedCapacity: 3 * total) { target, targetCount in
        mask = unsafe [Float](unsafeUninitializedCapacity: total) { mask, maskCount in
          nonisolated(unsafe) let (inputs, targets, masks) = unsafe (input, target, mask)
          outcome = Result {
            try Self.each(of: faces.count, threads: threads) { place in
              let pixels = unsafe inputs.part(place, of: 3 * area)
              let answer = unsafe targets.part(place, of: 3 * area)
              let weights = unsafe masks.part(place, of: area)
              unsafe weights.initialize(repeating: 0)
              var inputSpan = unsafe pixels.mutableSpan
              var targetSpan = unsafe answer.mutableSpan
              var maskSpan = unsafe weights.mutableSpan
              try write(place, &inputSpan, &targetSpan, &maskSpan)
            }
          }
          maskCount = total
        }
        targetCount = 3 * total
      }
      inputCount = 3 * total
    }
    try outcome.get()
    self.init(
      count: faces.count, resolution: resolution, input: input, target: target, mask: mask,
      faces: faces)
  }

  private static func each(
    of count: Int, threads: Int, _ body: @Sendable (Int) throws -> Void
  ) throws {
    let workers = min(threads, count)
    if workers <= 1 { return try (0..<count).forEach(body) }
    let errors = Mutex<[Int: any Error]>([:])
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for place in stride(from: worker, to: count, by: workers) {
        do {
          try body(place)
        } catch {
          errors.withLock { $0[place] = error }
        }
      }
    }
    if let first = errors.withLock({ $0.min { $0.key < $1.key } }) { throw first.value }
  }
}

extension UnsafeMutableBufferPointer {
  /// The n-th of parts of one size.
  fileprivate func part(_ index: Int, of size: Int) -> UnsafeMutableBufferPointer {
    unsafe UnsafeMutableBufferPointer(rebasing: self[index * size..<(index + 1) * size])
  }
}
