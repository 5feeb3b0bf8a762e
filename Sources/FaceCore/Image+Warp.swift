extension Image {
  /// What lies outside the picture when it is sampled there.
  public enum Border: Sendable {
    case black
    /// The nearest pixel of the edge goes on.
    case replicate
  }

  /// The picture seen through `transform`, which maps this image's pixels to the result's.
  ///
  /// Bilinear when it enlarges. When it shrinks, each result pixel is the mean of a grid of
  /// samples as fine as the source, so nothing aliases.
  public func warped(
    by transform: AffineTransform, width: Int, height: Int, border: Border = .black
  ) -> Image {
    let back = transform.inverse
    let grid = min(16, max(1, Int((1 / transform.meanScale - 1e-6).rounded(.up))))
    let step = 1 / Double(grid)
    var result = [UInt8](repeating: 0, count: width * height * 3)
    let weight = 1 / Float(grid * grid)
    for y in 0..<height {
      for x in 0..<width {
        var sum = SIMD3<Float>.zero
        for row in 0..<grid {
          let v = Double(y) + (Double(row) + 0.5) * step
          for column in 0..<grid {
            let u = Double(x) + (Double(column) + 0.5) * step
            sum += sample(
              x: Float(back.a * u + back.b * v + back.tx) - 0.5,
              y: Float(back.c * u + back.d * v + back.ty) - 0.5, border: border)
          }
        }
        let color = sum * weight + 0.5
        let at = (y * width + x) * 3
        result[at] = UInt8(color.x)
        result[at + 1] = UInt8(color.y)
        result[at + 2] = UInt8(color.z)
      }
    }
    return Image(width: width, height: height, bytes: result)
  }

  /// Scaled to a new size, each axis by its own factor.
  public func resized(width: Int, height: Int) -> Image {
    warped(
      by: AffineTransform(
        a: Double(width) / Double(self.width), b: 0, tx: 0,
        c: 0, d: Double(height) / Double(self.height), ty: 0),
      width: width, height: height, border: .replicate)
  }

  /// Bilinear value at a position counted in pixel indices (a centre is a whole number), 0 to 255.
  @inline(__always)
  func sample(x: Float, y: Float, border: Border) -> SIMD3<Float> {
    if border == .black {
      guard x > -1, y > -1, x < Float(width), y < Float(height) else { return .zero }
    }
    let clampedX = max(-1, min(Float(width), x))
    let clampedY = max(-1, min(Float(height), y))
    let floorX = clampedX.rounded(.down)
    let floorY = clampedY.rounded(.down)
    let fx = clampedX - floorX
    let fy = clampedY - floorY
    let left = Int(floorX)
    let top = Int(floorY)
    if left >= 0, top >= 0, left + 1 < width, top + 1 < height {
      let at = (top * width + left) * 3
      let below = at + width * 3
      let upper = pixel(at: at) * (1 - fx) + pixel(at: at + 3) * fx
      let lower = pixel(at: below) * (1 - fx) + pixel(at: below + 3) * fx
      return upper * (1 - fy) + lower * fy
    }
    let upper = edge(left, top, border) * (1 - fx) + edge(left + 1, top, border) * fx
    let lower = edge(left, top + 1, border) * (1 - fx) + edge(left + 1, top + 1, border) * fx
    return upper * (1 - fy) + lower * fy
  }

  @inline(__always)
  private func pixel(at index: Int) -> SIMD3<Float> {
    SIMD3(Float(bytes[index]), Float(bytes[index + 1]), Float(bytes[index + 2]))
  }

  private func edge(_ x: Int, _ y: Int, _ border: Border) -> SIMD3<Float> {
    let inside = x >= 0 && y >= 0 && x < width && y < height
    if border == .black, !inside { return .zero }
    let column = max(0, min(width - 1, x))
    let row = max(0, min(height - 1, y))
    return pixel(at: (row * width + column) * 3)
  }
}
