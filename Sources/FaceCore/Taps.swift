import CPixels

/// For each pixel of one axis of a result, the source pixels it is made from and their weights.
struct Taps {
  /// Weights of a pixel; those of pixel `i` start at `i · width`.
  ///
  /// They sum to 1.
  let width: Int
  var starts: [Int32] = []
  var weights: [Float] = []

  var count: Int { starts.count }

  /// Each pixel the mean of exactly the part it covers; `newCount` is not larger than `count`.
  static func area(from count: Int, to newCount: Int) -> Taps {
    let ratio = Double(count) / Double(newCount)
    var taps = Taps(width: min(count, Int(ratio.rounded(.up)) + 1))
    taps.weights = [Float](repeating: 0, count: newCount * taps.width)
    for index in 0..<newCount {
      let left = Double(index) * ratio
      let right = min(Double(count), left + ratio)
      let first = Int(left)
      let last = max(first + 1, min(count, Int((right - 1e-9).rounded(.up))))
      let origin = min(first, count - taps.width)
      for pixel in first..<last {
        let covered = min(right, Double(pixel + 1)) - max(left, Double(pixel))
        taps.weights[index * taps.width + pixel - origin] = Float(covered / ratio)
      }
      taps.starts.append(Int32(origin))
    }
    return taps
  }

  /// Each pixel a triangle about its centre, as wide as the coarser of source and result.
  ///
  /// `start` and `length` in source pixels, edges counted from 0; the pixel of the edge goes on
  /// outside.
  static func triangle(start: Double, length: Double, count: Int, limit: Int) -> Taps {
    let step = length / Double(count)
    let reach = max(1, step)
    var taps = Taps(width: min(limit, Int((2 * reach).rounded(.up)) + 1))
    taps.weights = [Float](repeating: 0, count: count * taps.width)
    taps.starts.reserveCapacity(count)
    for index in 0..<count {
      let center = start + (Double(index) + 0.5) * step - 0.5
      let first = Int((center - reach).rounded(.up))
      let last = Int((center + reach).rounded(.down))
      let origin = max(0, min(limit - taps.width, first))
      var total: Float = 0
      for source in first...max(first, last) {
        let weight = Float(max(0, 1 - abs(Double(source) - center) / reach))
        let at = max(0, min(taps.width - 1, max(0, min(limit - 1, source)) - origin))
        taps.weights[index * taps.width + at] += weight
        total += weight
      }
      for tap in 0..<taps.width { taps.weights[index * taps.width + tap] /= total }
      taps.starts.append(Int32(origin))
    }
    return taps
  }

  /// Means about `nodes` places that lie evenly from edge to edge, each from the place before to the
  /// place after; the pixel of the edge goes on outside.
  static func nodes(_ nodes: Int, count: Int) -> Taps {
    let step = Double(count) / Double(nodes - 1)
    var taps = Taps(width: min(count, Int((2 * step).rounded(.up)) + 1))
    taps.weights = [Float](repeating: 0, count: nodes * taps.width)
    taps.starts.reserveCapacity(nodes)
    for index in 0..<nodes {
      let left = Double(index - 1) * step
      let right = Double(index + 1) * step
      let first = Int(left.rounded(.down))
      let last = Int((right - 1e-9).rounded(.up))
      let origin = max(0, min(count - taps.width, first))
      for pixel in first..<max(first + 1, last) {
        let covered = min(right, Double(pixel + 1)) - max(left, Double(pixel))
        let at = max(0, min(count - 1, pixel)) - origin
        taps.weights[index * taps.width + at] += Float(covered / (right - left))
      }
      taps.starts.append(Int32(origin))
    }
    return taps
  }

  private init(width: Int) { self.width = width }

  func moved(by distance: Int) -> Taps {
    var moved = self
    for index in moved.starts.indices { moved.starts[index] += Int32(distance) }
    return moved
  }
}

/// Lines of bytes inside a picture.
struct Lines {
  let bytes: [UInt8]
  /// The first byte of the first line, and from one line to the next.
  let start: Int
  let stride: Int
  /// Bytes of a line.
  let length: Int

  /// First lines are summed up, then the pixels in them, which have so many bytes each.
  ///
  /// Traps unless all that the taps ask for is there.
  func weighed(rows: Taps, columns: Taps, channels: Int) -> [UInt8] {
    let endOfRows = Int(rows.starts.max() ?? 0) + rows.width
    let endOfColumns = Int(columns.starts.max() ?? 0) + columns.width
    precondition(rows.starts.allSatisfy { $0 >= 0 } && columns.starts.allSatisfy { $0 >= 0 })
    precondition(
      endOfColumns * channels <= length && start + (endOfRows - 1) * stride + length <= bytes.count,
      "lines lie inside their picture")
    // One more, for colours are read four at a time.
    var sums = [Float](repeating: 0, count: length + 1)
    let row = columns.count * channels
    return unsafe [UInt8](unsafeUninitializedCapacity: rows.count * row) { result, count in
      guard let target = result.baseAddress else { return }
      unsafe bytes.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        for y in 0..<rows.count {
          for index in 0..<length { sums[index] = 0 }
          for tap in 0..<rows.width {
            let weight = rows.weights[y * rows.width + tap]
            if weight == 0 { continue }
            unsafe cpx_add(
              source + start + (Int(rows.starts[y]) + tap) * stride, weight, &sums, length)
          }
          unsafe cpx_weigh(
            sums, columns.starts, columns.weights, Int32(columns.width), Int32(channels),
            target + y * row, columns.count)
        }
      }
      count = rows.count * row
    }
  }
}
