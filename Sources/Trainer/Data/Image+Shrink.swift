package import FaceCore

extension Image {
  /// Scaled down so that each result pixel is the mean of exactly the area it covers.
  ///
  /// Traps on a size larger than the image's.
  package func shrunk(width newWidth: Int, height newHeight: Int) -> Image {
    precondition(newWidth > 0 && newWidth <= width, "shrinking makes it no wider")
    precondition(newHeight > 0 && newHeight <= height, "shrinking makes it no higher")
    if newWidth == width, newHeight == height { return self }
    let columns = AreaTaps(from: width, to: newWidth)
    let rows = AreaTaps(from: height, to: newHeight)
    let source = bytes.span
    var lines = [Float](repeating: 0, count: height * newWidth * 3)
    for y in 0..<height {
      for x in 0..<newWidth {
        var sum = SIMD3<Float>.zero
        var at = (y * width + columns.starts[x]) * 3
        for tap in columns.offsets[x]..<columns.offsets[x + 1] {
          sum +=
            SIMD3(Float(source[at]), Float(source[at + 1]), Float(source[at + 2]))
            * columns.weights[tap]
          at += 3
        }
        let to = (y * newWidth + x) * 3
        (lines[to], lines[to + 1], lines[to + 2]) = (sum.x, sum.y, sum.z)
      }
    }
    return Image(
      width: newWidth, height: newHeight,
      bytes: rows.meanOfLines(lines, length: newWidth * 3))
  }
}

/// Which source pixels one output pixel covers along a line, and how much of each.
private struct AreaTaps {
  var starts: [Int] = []
  /// The taps of output i are `weights[offsets[i]..<offsets[i + 1]]`.
  var offsets: [Int] = [0]
  var weights: [Float] = []

  init(from count: Int, to newCount: Int) {
    let ratio = Double(count) / Double(newCount)
    for index in 0..<newCount {
      let left = Double(index) * ratio
      let right = min(Double(count), left + ratio)
      let first = Int(left)
      let last = max(first + 1, Int((right - 1e-9).rounded(.up)))
      starts.append(first)
      for pixel in first..<last {
        let covered = min(right, Double(pixel + 1)) - max(left, Double(pixel))
        weights.append(Float(covered / ratio))
      }
      offsets.append(weights.count)
    }
  }

  /// Weighted means of whole lines, rounded to bytes.
  func meanOfLines(_ lines: [Float], length: Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: starts.count * length)
    var sums = [Float](repeating: 0, count: length)
    for index in 0..<starts.count {
      for at in 0..<length { sums[at] = 0.5 }
      for tap in offsets[index]..<offsets[index + 1] {
        let line = (starts[index] + tap - offsets[index]) * length
        let weight = weights[tap]
        for at in 0..<length { sums[at] += lines[line + at] * weight }
      }
      for at in 0..<length { result[index * length + at] = UInt8(min(255, sums[at])) }
    }
    return result
  }
}
