import CPixels

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
    let size = image.width * image.height
    let luma = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      guard let target = buffer.baseAddress else { return }
      unsafe cpx_luma(image.bytes, target, size)
      count = size
    }
    self.init(width: image.width, height: image.height, bytes: luma)
  }

  /// A rectangle of this picture at another size, as seen through a triangle filter as wide as a
  /// pixel of the coarser of the two: bilinear when it enlarges, free of aliases when it shrinks.
  ///
  /// The rectangle may reach outside, where the nearest pixel of the edge goes on.
  public func resampled(from box: Box, width newWidth: Int, height newHeight: Int) -> GrayImage {
    let columns = Taps.triangle(
      start: Double(box.x), length: Double(box.width), count: newWidth, limit: width)
    let rows = Taps.triangle(
      start: Double(box.y), length: Double(box.height), count: newHeight, limit: height)
    // Only the columns that are read are summed up.
    let first = Int(columns.starts.min() ?? 0)
    let end = Int(columns.starts.max() ?? 0) + columns.width
    let lines = Lines(bytes: bytes, start: first, stride: width, length: end - first)
    return GrayImage(
      width: newWidth, height: newHeight,
      bytes: lines.weighed(rows: rows, columns: columns.moved(by: -first), channels: 1))
  }
}
