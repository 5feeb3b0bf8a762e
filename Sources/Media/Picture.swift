import CFFmpeg
import FaceCore

/// The pixels of a decoded frame, upright.
enum Picture: Sendable {
  /// As decoded; colours are computed for the part that is asked for.
  case planar(PlanarPicture)
  /// Of a layout that libswscale had to convert as a whole.
  case converted(Image)

  func image(in region: PixelRegion) -> Image {
    switch self {
    case .planar(let picture): picture.image(in: region)
    case .converted(let image): image.cut(region)
    }
  }

  var luma: GrayImage {
    switch self {
    case .planar(let picture): picture.luma
    case .converted(let image): GrayImage(image)
    }
  }
}

/// A frame as the decoder made it, kept until the last who needs it lets go.
///
/// Nobody writes to it, so any number of threads may read.
final class PlanarPicture: @unchecked Sendable {
  private let frame: UnsafeMutablePointer<AVFrame>
  private let conversion: PlanarConversion
  private let orientation: Orientation

  /// Shares the pixels of `source`, which may be used for the next frame afterwards.
  init(
    _ source: UnsafeMutablePointer<AVFrame>, conversion: PlanarConversion,
    orientation: Orientation
  ) throws(MediaError) {
    guard let clone = av_frame_clone(source) else { throw .outOfMemory }
    frame = clone
    self.conversion = conversion
    self.orientation = orientation
  }

  deinit {
    var freeing: UnsafeMutablePointer<AVFrame>? = frame
    av_frame_free(&freeing)
  }

  private var width: Int { Int(frame.pointee.width) }
  private var height: Int { Int(frame.pointee.height) }

  func image(in region: PixelRegion) -> Image {
    let stored = orientation.stored(region, width: width, height: height)
    let bytes = conversion.rgb(of: frame, in: stored)
    guard orientation != .upright else {
      return Image(width: region.width, height: region.height, bytes: bytes)
    }
    return orientation.image(
      from: bytes, stride: stored.width * 3, width: stored.width, height: stored.height)
  }

  var luma: GrayImage {
    let bytes = conversion.luma(of: frame)
    guard orientation != .upright else {
      return GrayImage(width: width, height: height, bytes: bytes)
    }
    return orientation.gray(from: bytes, width: width, height: height)
  }
}
