import FaceCore
import Media

/// Cuts squares from frames; only the part of the frame that is seen is converted to colours.
struct CropCutter: Sendable {
  let size: Int

  /// Black where the square reaches outside the frame.
  func crop(of frame: VideoFrame, by transform: FaceCore.AffineTransform) -> Image {
    let seen = PixelRegion(
      seenBy: transform, width: size, height: size, ofPictureWidth: frame.width,
      height: frame.height)
    guard let seen else { return Image(width: size, height: size) }
    return frame.image(in: seen).warped(seen: seen, by: transform, width: size, height: size)
  }
}
