import CPixels

extension Image {
  /// Scaled down so that each result pixel is the mean of exactly the area it covers.
  ///
  /// Traps on a size larger than the image's.
  package func shrunk(width newWidth: Int, height newHeight: Int) -> Image {
    shrunk(
      PixelRegion(x: 0, y: 0, width: width, height: height), width: newWidth, height: newHeight)
  }

  /// The same for a part of the picture.
  func shrunk(_ part: PixelRegion, width newWidth: Int, height newHeight: Int) -> Image {
    precondition(newWidth > 0 && newWidth <= part.width, "shrinking makes it no wider")
    precondition(newHeight > 0 && newHeight <= part.height, "shrinking makes it no higher")
    if newWidth == width, newHeight == height { return self }
    if newWidth == part.width, newHeight == part.height { return cut(part) }
    let columns = Taps.area(from: part.width, to: newWidth)
    let rows = Taps.area(from: part.height, to: newHeight)
    let lines = Lines(
      bytes: bytes, start: (part.y * width + part.x) * 3, stride: width * 3,
      length: part.width * 3)
    return Image(
      width: newWidth, height: newHeight,
      bytes: lines.weighed(rows: rows, columns: columns, channels: 3))
  }
}

extension Image {
  /// The rectangle by itself.
  ///
  /// Traps unless it lies inside.
  package func cut(_ part: PixelRegion) -> Image {
    var cut: [UInt8] = []
    cut.reserveCapacity(part.width * part.height * 3)
    for y in part.y..<part.y + part.height {
      let start = (y * width + part.x) * 3
      cut += bytes[start..<start + part.width * 3]
    }
    return Image(width: part.width, height: part.height, bytes: cut)
  }
}
