/// A picture: 8-bit sRGB, three bytes a pixel, rows top to bottom.
public struct Image: Hashable, Sendable {
  public let width: Int
  public let height: Int
  /// `width · height · 3` bytes, R G B.
  public var bytes: [UInt8]

  /// Traps unless the bytes fill the picture.
  public init(width: Int, height: Int, bytes: [UInt8]) {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    precondition(bytes.count == width * height * 3, "an image has three bytes a pixel")
    self.width = width
    self.height = height
    self.bytes = bytes
  }

  /// One colour everywhere; black unless told.
  public init(width: Int, height: Int, red: UInt8 = 0, green: UInt8 = 0, blue: UInt8 = 0) {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    self.width = width
    self.height = height
    if red == green, green == blue {
      bytes = [UInt8](repeating: red, count: width * height * 3)
    } else {
      bytes = (0..<width * height).flatMap { _ in [red, green, blue] }
    }
  }

  /// Grey: luma in all three colours.
  package init(_ luma: GrayImage) {
    var bytes = [UInt8](repeating: 0, count: 3 * luma.bytes.count)
    for (index, level) in luma.bytes.enumerated() {
      for colour in 0..<3 { bytes[3 * index + colour] = level }
    }
    self.init(width: luma.width, height: luma.height, bytes: bytes)
  }

  /// Left for right.
  public func mirrored() -> Image {
    var result = self
    for y in 0..<height {
      for x in 0..<width {
        let from = (y * width + width - 1 - x) * 3
        let to = (y * width + x) * 3
        result.bytes[to] = bytes[from]
        result.bytes[to + 1] = bytes[from + 1]
        result.bytes[to + 2] = bytes[from + 2]
      }
    }
    return result
  }

  /// Copies a picture into this one with its corner at (x, y); what falls outside is dropped.
  public mutating func draw(_ other: Image, x: Int, y: Int) {
    let left = max(0, -x)
    let right = min(other.width, width - x)
    guard right > left else { return }
    for row in max(0, -y)..<max(max(0, -y), min(other.height, height - y)) {
      let to = ((y + row) * width + x + left) * 3
      let from = (row * other.width + left) * 3
      bytes.replaceSubrange(
        to..<to + (right - left) * 3, with: other.bytes[from..<from + (right - left) * 3])
    }
  }
}
