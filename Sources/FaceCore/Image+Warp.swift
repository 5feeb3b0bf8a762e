import CPixels

extension Image {
  /// What lies outside the picture when it is sampled there.
  public enum Border: Sendable {
    case black
    /// The nearest pixel of the edge goes on.
    case replicate
  }

  /// The picture seen through `transform`, which maps this image's pixels to the result's.
  ///
  /// Bilinear when it enlarges. When it shrinks, the part that is seen is first reduced to the
  /// result's scale, each pixel the mean of the area it covers, so nothing aliases.
  public func warped(
    by transform: AffineTransform, width: Int, height: Int, border: Border = .black
  ) -> Image {
    let seen = PixelRegion(
      seenBy: transform, width: width, height: height, ofPictureWidth: self.width,
      height: self.height)
    guard let seen else {
      return sampled(by: transform, width: width, height: height, border: border)
    }
    return warped(
      seen, from: (seen.x, seen.y), by: transform, width: width, height: height, border: border)
  }

  /// The same from a picture of which this image is only the part the result sees:
  /// `PixelRegion(seenBy:…)` of the whole picture says which part that is.
  public func warped(
    seen region: PixelRegion, by transform: AffineTransform, width: Int, height: Int
  ) -> Image {
    precondition(
      (self.width, self.height) == (region.width, region.height), "the image is that region")
    return warped(
      PixelRegion(x: 0, y: 0, width: region.width, height: region.height),
      from: (region.x, region.y), by: transform, width: width, height: height, border: .black)
  }

  /// Reduces `part`, whose corner `transform` knows as `origin`, to the scale of the result and
  /// samples that.
  private func warped(
    _ part: PixelRegion, from origin: (x: Int, y: Int), by transform: AffineTransform, width: Int,
    height: Int, border: Border
  ) -> Image {
    let scale = min(1, transform.meanScale)
    let newWidth = max(1, Int((Double(part.width) * scale).rounded()))
    let newHeight = max(1, Int((Double(part.height) * scale).rounded()))
    let back = AffineTransform(
      a: Double(part.width) / Double(newWidth), b: 0, tx: Double(origin.x), c: 0,
      d: Double(part.height) / Double(newHeight), ty: Double(origin.y))
    return shrunk(part, width: newWidth, height: newHeight)
      .sampled(by: back.then(transform), width: width, height: height, border: border)
  }

  /// Scaled to a new size, each axis by its own factor.
  public func resized(width: Int, height: Int) -> Image {
    if width <= self.width, height <= self.height { return shrunk(width: width, height: height) }
    return warped(
      by: AffineTransform(
        a: Double(width) / Double(self.width), b: 0, tx: 0,
        c: 0, d: Double(height) / Double(self.height), ty: 0),
      width: width, height: height, border: .replicate)
  }

  /// One bilinear sample for each pixel of the result.
  private func sampled(
    by transform: AffineTransform, width: Int, height: Int, border: Border
  ) -> Image {
    let back = transform.inverse
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: width * height * 3) { result, count in
      guard let target = result.baseAddress else { return }
      for y in 0..<height {
        let v = Double(y) + 0.5
        unsafe cpx_sample(
          self.bytes, Int32(self.width), Int32(self.height),
          Float(back.a * 0.5 + back.b * v + back.tx - 0.5),
          Float(back.c * 0.5 + back.d * v + back.ty - 0.5), Float(back.a), Float(back.c),
          border == .replicate ? 1 : 0, target + y * width * 3, Int32(width))
      }
      count = width * height * 3
    }
    return Image(width: width, height: height, bytes: bytes)
  }
}

extension PixelRegion {
  /// The pixels of a picture that a result of `width` × `height` reads when the picture is warped by
  /// `transform`, with a rim of two; nil when it sees none.
  public init?(
    seenBy transform: AffineTransform, width: Int, height: Int, ofPictureWidth pictureWidth: Int,
    height pictureHeight: Int
  ) {
    let back = transform.inverse
    let corners = [(0, 0), (width, 0), (0, height), (width, height)].map {
      back.apply(Point(x: Float($0.0), y: Float($0.1)))
    }
    let box = Box(around: corners)
    guard box.x.isFinite, box.y.isFinite, box.width.isFinite, box.height.isFinite else {
      return nil
    }
    func limited(_ value: Float, _ limit: Int) -> Int { Int(max(0, min(Float(limit), value))) }
    let left = limited(box.x.rounded(.down) - 2, pictureWidth)
    let top = limited(box.y.rounded(.down) - 2, pictureHeight)
    let right = limited((box.x + box.width).rounded(.up) + 2, pictureWidth)
    let bottom = limited((box.y + box.height).rounded(.up) + 2, pictureHeight)
    guard right > left, bottom > top else { return nil }
    self.init(x: left, y: top, width: right - left, height: bottom - top)
  }
}
