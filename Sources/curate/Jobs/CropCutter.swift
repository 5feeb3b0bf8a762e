import Align
import FaceCore
import Media

/// Cuts squares from frames; only the part of the frame that is seen is converted to colours.
struct CropCutter: Sendable {
  let size: Int

  /// Black where the square reaches outside the frame.
  func crop(of frame: VideoFrame, by transform: FaceCore.AffineTransform) -> Image {
    let region = cropRegion(
      of: transform, size: size, width: frame.width, height: frame.height)
    return Align.crop(frame.image(in: region), at: region, by: transform, size: size)
  }
}
