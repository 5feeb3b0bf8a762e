/// A picture of luma, one byte a pixel, rows top to bottom.
public struct GrayImage: Hashable, Sendable {
  public let width: Int
  public let height: Int
  /// One byte a pixel, full range: 0 is black, 255 white.
  public let bytes: [UInt8]

  /// Traps unless there is one byte a pixel.
  public init(width: Int, height: Int, bytes: [UInt8]) {
    precondition(bytes.count == width * height, "a gray image has one byte a pixel")
    self.width = width
    self.height = height
    self.bytes = bytes
  }

  /// Luma of the picture, with the weights of BT.601 in 256ths.
  public init(_ image: Image) {
    let count = image.width * image.height
    var luma = [UInt8](repeating: 0, count: count)
    let colors = image.bytes.span
    var target = luma.mutableSpan
    for index in 0..<count {
      let red = UInt32(colors[3 * index]) &* 77
      let green = UInt32(colors[3 * index &+ 1]) &* 150
      let blue = UInt32(colors[3 * index &+ 2]) &* 29
      target[index] = UInt8(truncatingIfNeeded: (red &+ green &+ blue &+ 128) >> 8)
    }
    self.init(width: image.width, height: image.height, bytes: luma)
  }

  /// A rectangle of this picture at another size, as seen through a triangle filter as wide as a
  /// pixel of the coarser of the two: bilinear when it enlarges, free of aliases when it shrinks.
  ///
  /// The rectangle may reach outside, where the nearest pixel of the edge goes on.
  public func resampled(from box: Box, width newWidth: Int, height newHeight: Int) -> GrayImage {
    let columns = Taps(
      start: Double(box.x), length: Double(box.width), count: newWidth, limit: width)
    let rows = Taps(
      start: Double(box.y), length: Double(box.height), count: newHeight, limit: height)
    let first = rows.firstSource
    let between = squeezed(across: columns, rows: first..<rows.endSource)
    var result = [UInt8](repeating: 0, count: newWidth * newHeight)
    var sums = [Float](repeating: 0, count: newWidth)
    for y in 0..<newHeight {
      for x in 0..<newWidth { sums[x] = 0.5 }
      for tap in 0..<rows.width {
        let weight = rows.weights[y * rows.width + tap]
        if weight == 0 { continue }
        let source = (rows.starts[y] + tap - first) * newWidth
        for x in 0..<newWidth { sums[x] += weight * between[source + x] }
      }
      for x in 0..<newWidth { result[y * newWidth + x] = UInt8(sums[x]) }
    }
    return GrayImage(width: newWidth, height: newHeight, bytes: result)
  }

  /// The given rows at the new width.
  private func squeezed(across columns: Taps, rows: Range<Int>) -> [Float] {
    let count = columns.starts.count
    var result = [Float](repeating: 0, count: rows.count * count)
    let source = bytes.span
    for (index, row) in rows.enumerated() {
      for x in 0..<count {
        var sum: Float = 0
        let from = row * width + columns.starts[x]
        for tap in 0..<columns.width {
          sum += columns.weights[x * columns.width + tap] * Float(source[from + tap])
        }
        result[index * count + x] = sum
      }
    }
    return result
  }
}

/// For each pixel of one axis of a result, the source pixels it is made from and their weights.
private struct Taps {
  /// Weights of a pixel; those of pixel `i` start at `i · width`.
  ///
  /// They sum to 1.
  let width: Int
  var starts: [Int] = []
  var weights: [Float] = []

  /// `start` and `length` in source pixels, edges counted from 0.
  init(start: Double, length: Double, count: Int, limit: Int) {
    let step = length / Double(count)
    let reach = max(1, step)
    width = min(limit, Int((2 * reach).rounded(.up)) + 1)
    weights = [Float](repeating: 0, count: count * width)
    starts.reserveCapacity(count)
    for index in 0..<count {
      let center = start + (Double(index) + 0.5) * step - 0.5
      let first = Int((center - reach).rounded(.up))
      let last = Int((center + reach).rounded(.down))
      let origin = max(0, min(limit - width, first))
      var total: Float = 0
      for source in first...max(first, last) {
        let weight = Float(max(0, 1 - abs(Double(source) - center) / reach))
        let at = max(0, min(width - 1, max(0, min(limit - 1, source)) - origin))
        weights[index * width + at] += weight
        total += weight
      }
      for tap in 0..<width { weights[index * width + tap] /= total }
      starts.append(origin)
    }
  }

  var firstSource: Int { starts.min() ?? 0 }
  var endSource: Int { (starts.max() ?? 0) + width }
}
