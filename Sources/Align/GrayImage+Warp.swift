import FaceCore

extension GrayImage {
  /// Luma of a square crop, only where asked and one pixel around it; the rest is black.
  ///
  /// `transform` maps pixels of the image to pixels of the crop; `rows` has for each row of the crop
  /// the columns wanted. As `Image.warped`: bilinear when it enlarges, the mean of a grid of samples
  /// when it shrinks, black outside the image.
  init(_ image: Image, through transform: AffineTransform, size: Int, rows: [Range<Int>]) {
    let back = transform.inverse
    let grid = min(16, max(1, Int((1 / transform.meanScale - 1e-6).rounded(.up))))
    let step = 1 / Double(grid)
    var luma = [UInt8](repeating: 0, count: size * size)
    let weight = 1 / Float(grid * grid)
    for y in 0..<size {
      let wanted = GrayImage.reach(of: rows, at: y)
      for x in wanted {
        var sum: Float = 0.5
        for row in 0..<grid {
          let v = Double(y) + (Double(row) + 0.5) * step
          for column in 0..<grid {
            let u = Double(x) + (Double(column) + 0.5) * step
            let sample = GrayImage.luma(
              of: image, x: Float(back.a * u + back.b * v + back.tx - 0.5),
              y: Float(back.c * u + back.d * v + back.ty - 0.5))
            sum += sample * weight
          }
        }
        luma[y * size + x] = UInt8(sum)
      }
    }
    self.init(width: size, height: size, bytes: luma)
  }

  /// The columns wanted in a row or next to one wanted in it or in a neighbouring row.
  private static func reach(of rows: [Range<Int>], at row: Int) -> Range<Int> {
    let near = rows[max(0, row - 1)...min(rows.count - 1, row + 1)].filter { !$0.isEmpty }
    guard let low = near.map(\.lowerBound).min(), let high = near.map(\.upperBound).max() else {
      return 0..<0
    }
    return max(0, low - 1)..<min(rows.count, high + 1)
  }

  /// Bilinear luma at a position counted in pixel indices, 0 to 255; black outside.
  @inline(__always)
  private static func luma(of image: Image, x: Float, y: Float) -> Float {
    guard x >= -0.5, y >= -0.5, x <= Float(image.width) - 0.5, y <= Float(image.height) - 0.5,
      image.width > 1, image.height > 1
    else { return 0 }
    let left = max(0, min(image.width - 2, Int(x)))
    let top = max(0, min(image.height - 2, Int(y)))
    let fx = max(0, min(1, x - Float(left)))
    let fy = max(0, min(1, y - Float(top)))
    let bytes = image.bytes.span
    func at(_ index: Int) -> Float {
      (77 * Float(bytes[index]) + 150 * Float(bytes[index + 1]) + 29 * Float(bytes[index + 2]))
        * (1 / 256)
    }
    let above = (top * image.width + left) * 3
    let below = above + image.width * 3
    let upper = at(above) * (1 - fx) + at(above + 3) * fx
    let lower = at(below) * (1 - fx) + at(below + 3) * fx
    return upper * (1 - fy) + lower * fy
  }
}
