public import FaceCore

/// One decoded picture of a video.
///
/// Its pixels stay as the decoder made them until they are asked for, and only the part that is
/// asked for is converted.
public struct VideoFrame: Sendable {
  /// As the stream has it.
  public let timestamp: Timestamp
  /// 0 for the first frame that decodes, then counting every frame.
  public let ordinal: Int
  /// Size of the upright picture, in pixels.
  public let width: Int
  public let height: Int
  /// Whether it can be decoded without any other.
  public let isKeyframe: Bool
  private let picture: Picture

  init(
    _ picture: Picture, width: Int, height: Int, timestamp: Timestamp, ordinal: Int,
    isKeyframe: Bool
  ) {
    self.picture = picture
    (self.width, self.height) = (width, height)
    (self.timestamp, self.ordinal, self.isKeyframe) = (timestamp, ordinal, isKeyframe)
  }

  /// The whole picture, upright RGB.
  public var image: Image {
    image(in: PixelRegion(x: 0, y: 0, width: width, height: height))
  }

  /// The same bytes as that rectangle of `image`.
  ///
  /// Traps unless the region lies inside the picture and is not empty.
  public func image(in region: PixelRegion) -> Image {
    precondition(
      region.x >= 0 && region.y >= 0 && region.width > 0 && region.height > 0
        && region.x + region.width <= width && region.y + region.height <= height,
      "a region lies inside its picture")
    return picture.image(in: region)
  }

  /// The luma of the stream, upright, brought to 0 to 255; of pictures without luma and chroma what
  /// BT.601 makes of the colours.
  public var luma: GrayImage { picture.luma }
}
