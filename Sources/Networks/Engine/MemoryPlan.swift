/// Places buffers in one piece of memory so that those in use at the same time do not overlap.
struct MemoryPlan {
  struct Buffer {
    let count: Int
    /// First and last moment of use.
    let use: ClosedRange<Int>
  }

  /// Where each buffer starts, in numbers.
  let offsets: [Int]
  let count: Int

  /// The largest first, each at the lowest place that is free for all its time.
  init(_ buffers: [Buffer]) {
    var offsets = [Int](repeating: 0, count: buffers.count)
    var placed: [Int] = []
    var count = 0
    for index in buffers.indices.sorted(by: { buffers[$0].count > buffers[$1].count }) {
      let size = (buffers[index].count + 15) / 16 * 16
      let taken = placed.filter { buffers[$0].use.overlaps(buffers[index].use) }
        .map { (start: offsets[$0], end: offsets[$0] + buffers[$0].count) }
        .sorted { $0.start < $1.start }
      var start = 0
      for other in taken {
        if start + size <= other.start { break }
        start = max(start, (other.end + 15) / 16 * 16)
      }
      offsets[index] = start
      placed.append(index)
      count = max(count, start + size)
    }
    (self.offsets, self.count) = (offsets, count)
  }
}
