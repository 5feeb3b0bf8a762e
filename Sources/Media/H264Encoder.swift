import CFFmpeg
import FaceCore

/// RGB images in, H.264 packets out, through x264.
struct H264Encoder: ~Copyable {
  private let codec: Codec
  private let scaler: Scaler
  private let canvas: Frame
  private let picture: Frame
  private let width: Int
  private let height: Int
  private let subject: String

  init(_ settings: VideoSettings, globalHeader: Bool, subject: String) throws(MediaError) {
    _ = libavIsSilent
    let (width, height) = (settings.width & ~1, settings.height & ~1)
    guard width > 0, height > 0 else {
      throw MediaError(
        code: .unsupported, subject: subject, reason: "a video is at least 2 × 2 pixels")
    }
    try MediaLimits.check(width: width, height: height, subject: subject)
    let source = Scaler.Shape(
      width: width, height: height, format: AV_PIX_FMT_RGB24.rawValue, matrix: 1,
      isFullRange: true)
    let target = Scaler.Shape(
      width: width, height: height, format: AV_PIX_FMT_YUV420P.rawValue,
      matrix: settings.colors.resolvedMatrix(width: width, height: height),
      isFullRange: settings.colors.isFullRange ?? false)
    let flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_BITEXACT
    let scaler = try Scaler(from: source, to: target, flags: flags, subject: subject)
    let canvas = try Frame.picture(format: AV_PIX_FMT_RGB24, width: width, height: height)
    let picture = try Frame.picture(format: AV_PIX_FMT_YUV420P, width: width, height: height)
    let codec = try H264Encoder.open(
      settings, width: width, height: height, globalHeader: globalHeader, subject: subject)
    self.codec = codec
    self.scaler = scaler
    self.canvas = canvas
    self.picture = picture
    self.width = width
    self.height = height
    self.subject = subject
  }

  var timebase: AVRational { codec.context.pointee.time_base }

  func describe(to stream: UnsafeMutablePointer<AVStream>) {
    avcodec_parameters_from_context(stream.pointee.codecpar, codec.context)
    stream.pointee.time_base = timebase
    stream.pointee.avg_frame_rate = codec.context.pointee.framerate
    stream.pointee.sample_aspect_ratio = codec.context.pointee.sample_aspect_ratio
  }

  /// Hands over a picture for the moment `ticks`.
  func send(_ image: Image, ticks: Int64) throws(MediaError) {
    guard let base = cff_plane(canvas.pointer, 0) else { throw .outOfMemory }
    let stride = Int(cff_stride(canvas.pointer, 0))
    image.bytes.withUnsafeBufferPointer { bytes in
      guard let from = bytes.baseAddress else { return }
      for y in 0..<height {
        (base + y * stride).update(from: from + y * image.width * 3, count: width * 3)
      }
    }
    try check(av_frame_make_writable(picture.pointer))
    try check(scaler.convert(canvas.pointer, into: picture.pointer))
    picture.pointer.pointee.pts = ticks
    try check(avcodec_send_frame(codec.context, picture.pointer))
  }

  /// Says that no more pictures come.
  func close() throws(MediaError) { try check(avcodec_send_frame(codec.context, nil)) }

  /// Fills the packet; false when the encoder wants more pictures or has given its last.
  func receive(into packet: borrowing Packet) throws(MediaError) -> Bool {
    let status = avcodec_receive_packet(codec.context, packet.pointer)
    if status == cff_error_again || status == cff_error_eof { return false }
    try check(status)
    return true
  }

  private func check(_ status: Int32) throws(MediaError) {
    guard status >= 0 else {
      throw MediaError(code: .cannotWrite, subject: subject, reason: libavReason(status))
    }
  }

  private static func open(
    _ settings: VideoSettings, width: Int, height: Int, globalHeader: Bool, subject: String
  ) throws(MediaError) -> Codec {
    guard let encoder = avcodec_find_encoder_by_name("libx264") else {
      throw MediaError(
        code: .unsupported, subject: subject, reason: "libavcodec was built without libx264")
    }
    let codec = try Codec(encoder)
    let context = codec.context
    context.pointee.width = Int32(width)
    context.pointee.height = Int32(height)
    context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    context.pointee.time_base = settings.timebase.libav
    if let rate = settings.frameRate { context.pointee.framerate = rate.libav }
    context.pointee.sample_aspect_ratio = settings.pixelAspect.libav
    context.pointee.thread_count = Int32(settings.threads)
    if globalHeader { context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
    settings.colors.describe(to: context)
    var options: OpaquePointer?
    av_dict_set(&options, "crf", String(settings.quality), 0)
    av_dict_set(&options, "preset", settings.preset.rawValue, 0)
    let status = avcodec_open2(context, encoder, &options)
    av_dict_free(&options)
    guard status >= 0 else {
      throw MediaError(
        code: .unsupported, subject: subject, reason: "x264: \(libavReason(status))")
    }
    return codec
  }
}

extension ColorTags {
  /// Matrix 0 says RGB, which the pictures written are not: it is left unspecified.
  func describe(to context: UnsafeMutablePointer<AVCodecContext>) {
    let isRGB = matrix == 0
    context.pointee.color_range =
      isFullRange.map { $0 ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG } ?? AVCOL_RANGE_UNSPECIFIED
    context.pointee.colorspace =
      isRGB ? AVCOL_SPC_UNSPECIFIED : AVColorSpace(rawValue: UInt32(matrix))
    context.pointee.color_primaries = AVColorPrimaries(rawValue: UInt32(primaries))
    context.pointee.color_trc = AVColorTransferCharacteristic(rawValue: UInt32(transfer))
  }
}
