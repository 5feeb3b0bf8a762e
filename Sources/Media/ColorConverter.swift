import CFFmpeg
import FaceCore

/// A libswscale context for one kind of picture.
struct Scaler: ~Copyable {
  /// All that the conversion depends on.
  struct Shape: Hashable {
    var width: Int
    var height: Int
    var format: AVPixelFormat.RawValue
    /// H.273; only luma and chroma need it.
    var matrix: Int
    var isFullRange: Bool
  }

  private let context: OpaquePointer

  /// Throws `unsupported` for pixel formats and matrices libswscale does not know.
  init(from source: Shape, to target: Shape, flags: Int32, subject: String) throws(MediaError) {
    guard let from = ColorTags.scalerMatrix(source.matrix),
      let to = ColorTags.scalerMatrix(target.matrix)
    else {
      throw MediaError(
        code: .unsupported, subject: subject, reason: "unknown colour matrix \(source.matrix)")
    }
    guard let allocated = sws_alloc_context() else { throw .outOfMemory }
    let options: [(String, Int)] = [
      ("srcw", source.width), ("srch", source.height), ("src_format", Int(source.format)),
      ("dstw", target.width), ("dsth", target.height), ("dst_format", Int(target.format)),
      ("sws_flags", Int(flags)),
      // Chroma stands on the left luma column, as every codec here has it unless it says else.
      ("src_h_chr_pos", 0), ("dst_h_chr_pos", 0),
    ]
    let raw = UnsafeMutableRawPointer(allocated)
    for (name, value) in options { av_opt_set_int(raw, name, Int64(value), 0) }
    guard sws_init_context(allocated, nil, nil) >= 0 else {
      sws_freeContext(allocated)
      throw MediaError(
        code: .unsupported, subject: subject, reason: "no conversion for this pixel format")
    }
    // A negative status means that neither side has luma and chroma: nothing to set.
    _ = sws_setColorspaceDetails(
      allocated, sws_getCoefficients(from), source.isFullRange ? 1 : 0,
      sws_getCoefficients(to), target.isFullRange ? 1 : 0, 0, 1 << 16, 1 << 16)
    context = allocated
  }

  deinit { sws_freeContext(context) }

  func convert(
    _ source: UnsafeMutablePointer<AVFrame>, into target: UnsafeMutablePointer<AVFrame>
  ) -> Int32 {
    sws_scale_frame(context, target, source)
  }
}

/// Turns decoded frames into upright RGB of one size.
struct ColorConverter: ~Copyable {
  /// Within one level of the equations; the faster default is up to three levels off and gives two
  /// neighbours one colour.
  private static let flags = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT

  private let width: Int
  private let height: Int
  private let colors: ColorTags
  private let subject: String
  /// For the common layouts; the others go through libswscale, onto the canvas.
  private var planar: PlanarConversion?
  private var scaler: Scaler?
  private var canvas: Frame?
  private var shape: Scaler.Shape?

  /// `width` and `height` of the coded picture, before it is set upright.
  ///
  /// `colors` holds where a frame does not say.
  init(width: Int, height: Int, colors: ColorTags, subject: String) {
    self.width = width
    self.height = height
    self.colors = colors
    self.subject = subject
  }

  /// The frame's pixels, which are read when they are asked for.
  ///
  /// A frame whose size differs from the stream's is scaled to it.
  mutating func picture(
    from frame: UnsafeMutablePointer<AVFrame>, orientation: Orientation
  ) throws(MediaError) -> Picture {
    let source = try sourceShape(of: frame.pointee)
    if source != shape {
      try prepare(for: source)
      shape = source
    }
    guard let planar else {
      return .converted(try scaledImage(from: frame, orientation: orientation))
    }
    return .planar(try PlanarPicture(frame, conversion: planar, orientation: orientation))
  }

  /// Chooses the way for frames of a new shape.
  private mutating func prepare(for source: Scaler.Shape) throws(MediaError) {
    let hasOwnSize = source.width == width && source.height == height
    planar = hasOwnSize ? PlanarConversion(for: source) : nil
    guard planar == nil else { return }
    let target = Scaler.Shape(
      width: width, height: height, format: AV_PIX_FMT_RGB24.rawValue, matrix: 1,
      isFullRange: true)
    scaler = try Scaler(from: source, to: target, flags: ColorConverter.flags, subject: subject)
    canvas = try Frame.picture(format: AV_PIX_FMT_RGB24, width: width, height: height)
  }

  private mutating func scaledImage(
    from frame: UnsafeMutablePointer<AVFrame>, orientation: Orientation
  ) throws(MediaError) -> Image {
    guard let target = canvas?.pointer, let status = scaler?.convert(frame, into: target),
      let base = cff_plane(target, 0)
    else { throw .outOfMemory }
    guard status >= 0 else {
      throw MediaError(code: .corrupt, subject: subject, reason: libavReason(status))
    }
    return orientation.image(
      from: base, stride: Int(cff_stride(target, 0)), width: width, height: height)
  }

  private func sourceShape(of frame: AVFrame) throws(MediaError) -> Scaler.Shape {
    let (frameWidth, frameHeight) = (Int(frame.width), Int(frame.height))
    try MediaLimits.check(width: frameWidth, height: frameHeight, subject: subject)
    let own = ColorTags(
      range: frame.color_range, matrix: frame.colorspace, primaries: frame.color_primaries,
      transfer: frame.color_trc)
    var (format, isFull) = ColorConverter.plain(AVPixelFormat(frame.format))
    isFull = isFull || own.isFullRange ?? colors.isFullRange ?? false
    let stated = own.matrix == ColorTags.unspecified.matrix ? colors : own
    return Scaler.Shape(
      width: frameWidth, height: frameHeight, format: format.rawValue,
      matrix: stated.resolvedMatrix(width: frameWidth, height: frameHeight), isFullRange: isFull)
  }

  /// The old "J" formats are the plain ones in full range.
  private static func plain(_ format: AVPixelFormat) -> (AVPixelFormat, Bool) {
    switch format {
    case AV_PIX_FMT_YUVJ420P: (AV_PIX_FMT_YUV420P, true)
    case AV_PIX_FMT_YUVJ422P: (AV_PIX_FMT_YUV422P, true)
    case AV_PIX_FMT_YUVJ444P: (AV_PIX_FMT_YUV444P, true)
    case AV_PIX_FMT_YUVJ440P: (AV_PIX_FMT_YUV440P, true)
    default: (format, false)
    }
  }
}
