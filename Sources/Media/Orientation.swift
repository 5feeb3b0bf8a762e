import FaceCore

/// One of the eight ways a picture can lie in storage, and how to set it upright.
struct Orientation: Hashable, Sendable {
  /// Rows become columns, before the flips.
  var isTransposed = false
  /// Left for right in the upright picture.
  var isFlippedX = false
  /// Top for bottom in the upright picture.
  var isFlippedY = false

  static let upright = Orientation()

  init(isTransposed: Bool = false, isFlippedX: Bool = false, isFlippedY: Bool = false) {
    self.isTransposed = isTransposed
    self.isFlippedX = isFlippedX
    self.isFlippedY = isFlippedY
  }

  /// From the EXIF tag 0x0112, 1 to 8.
  init(exif: Int) {
    self.init(
      isTransposed: exif >= 5, isFlippedX: [2, 3, 6, 7].contains(exif),
      isFlippedY: [3, 4, 7, 8].contains(exif))
  }

  /// From the linear part of an ISO display matrix: x' = a·x + c·y, y' = b·x + d·y.
  init(a: Int32, b: Int32, c: Int32, d: Int32) {
    if a.magnitude >= c.magnitude {
      self.init(isTransposed: false, isFlippedX: a < 0, isFlippedY: d < 0)
    } else {
      self.init(isTransposed: true, isFlippedX: c < 0, isFlippedY: b < 0)
    }
  }

  /// Degrees clockwise; a mirrored picture counts as its unmirrored twin.
  var rotation: Int {
    isTransposed ? (isFlippedX ? 90 : 270) : (isFlippedX && isFlippedY ? 180 : 0)
  }

  func upright(width: Int, height: Int) -> (width: Int, height: Int) {
    isTransposed ? (height, width) : (width, height)
  }

  /// Where a rectangle of the upright picture lies in the stored one, whose size is given.
  func stored(_ region: PixelRegion, width: Int, height: Int) -> PixelRegion {
    let size = upright(width: width, height: height)
    let column = isFlippedX ? size.width - region.x - region.width : region.x
    let row = isFlippedY ? size.height - region.y - region.height : region.y
    return isTransposed
      ? PixelRegion(x: row, y: column, width: region.height, height: region.width)
      : PixelRegion(x: column, y: row, width: region.width, height: region.height)
  }

  /// The upright picture from stored luma.
  func gray(from stored: [UInt8], width: Int, height: Int) -> GrayImage {
    let size = upright(width: width, height: height)
    let bytes = [UInt8](unsafeUninitializedCapacity: width * height) { buffer, count in
      count = width * height
      for y in 0..<size.height {
        let row = isFlippedY ? size.height - 1 - y : y
        for x in 0..<size.width {
          let column = isFlippedX ? size.width - 1 - x : x
          let from = isTransposed ? column * width + row : row * width + column
          buffer[y * size.width + x] = stored[from]
        }
      }
    }
    return GrayImage(width: size.width, height: size.height, bytes: bytes)
  }

  /// The upright picture from stored RGB rows that start `stride` bytes apart.
  func image(
    from base: UnsafePointer<UInt8>, stride: Int, width: Int, height: Int
  ) -> Image {
    let size = upright(width: width, height: height)
    let bytes = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      count = width * height * 3
      guard let out = buffer.baseAddress else { return }
      guard self != .upright else {
        for y in 0..<height {
          (out + y * width * 3).update(from: base + y * stride, count: width * 3)
        }
        return
      }
      for y in 0..<size.height {
        let row = isFlippedY ? size.height - 1 - y : y
        for x in 0..<size.width {
          let column = isFlippedX ? size.width - 1 - x : x
          let from = base + (isTransposed ? column * stride + row * 3 : row * stride + column * 3)
          let to = out + (y * size.width + x) * 3
          (to[0], to[1], to[2]) = (from[0], from[1], from[2])
        }
      }
    }
    return Image(width: size.width, height: size.height, bytes: bytes)
  }
}
