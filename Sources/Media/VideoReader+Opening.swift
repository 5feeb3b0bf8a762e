import CFFmpeg

extension Codec {
  /// A decoder for the stream.
  ///
  /// `threads` 0 for one a core.
  static func decoding(
    _ stream: UnsafeMutablePointer<AVStream>, threads: Int, subject: String
  ) throws(MediaError) -> Codec {
    let parameters = stream.pointee.codecpar.pointee
    guard let decoder = avcodec_find_decoder(parameters.codec_id) else {
      let name = String(cString: avcodec_get_name(parameters.codec_id))
      throw MediaError(code: .unsupported, subject: subject, reason: "no decoder for \(name)")
    }
    let codec = try Codec(decoder)
    let context = codec.context
    avcodec_parameters_to_context(context, stream.pointee.codecpar)
    context.pointee.pkt_timebase = stream.pointee.time_base
    context.pointee.thread_count = Int32(threads)
    context.pointee.thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE
    context.pointee.max_pixels = Int64(MediaLimits.pixels)
    let status = avcodec_open2(context, decoder, nil)
    guard status >= 0 else {
      throw MediaError(code: .unsupported, subject: subject, reason: libavReason(status))
    }
    return codec
  }
}

extension Orientation {
  init(of stream: UnsafeMutablePointer<AVStream>) {
    var matrix: [Int32] = [0, 0, 0, 0]
    let isStated = cff_display_matrix(stream, &matrix) != 0
    self =
      isStated && matrix != [0, 0, 0, 0]
      ? Orientation(a: matrix[0], b: matrix[1], c: matrix[2], d: matrix[3]) : .upright
  }
}

extension VideoInfo {
  init(of demuxer: borrowing Demuxer, stream index: Int, orientation: Orientation) {
    let stream = demuxer.stream(index)
    let parameters = demuxer.parameters(index)
    let size = orientation.upright(
      width: Int(parameters.width), height: Int(parameters.height))
    let format = av_get_pix_fmt_name(AVPixelFormat(parameters.format))
    let audio = demuxer.streams(of: AVMEDIA_TYPE_AUDIO).first
    var aspect =
      Rational(known: av_guess_sample_aspect_ratio(demuxer.context, stream, nil))
      ?? Rational(numerator: 1, denominator: 1)
    if orientation.isTransposed {
      aspect = Rational(numerator: aspect.denominator, denominator: aspect.numerator)
    }
    self.init(
      codec: String(cString: avcodec_get_name(parameters.codec_id)),
      pixelFormat: format.map { String(cString: $0) } ?? "unknown",
      width: size.width, height: size.height, timebase: Rational(stream.pointee.time_base),
      frameRate: Rational(known: stream.pointee.avg_frame_rate)
        ?? Rational(known: stream.pointee.r_frame_rate),
      duration: demuxer.duration(of: index), frameCount: demuxer.frameCount(of: index),
      rotation: orientation.rotation, pixelAspect: aspect,
      audioCodec: audio.map {
        String(cString: avcodec_get_name(demuxer.parameters($0).codec_id))
      },
      colors: ColorTags(
        range: parameters.color_range, matrix: parameters.color_space,
        primaries: parameters.color_primaries, transfer: parameters.color_trc))
  }
}

extension Demuxer {
  /// Seconds; nil when neither stream nor container says.
  func duration(of index: Int) -> Double? {
    let stream = stream(index).pointee
    if stream.duration != cff_no_pts {
      return Double(stream.duration) * Rational(stream.time_base).value
    }
    let whole = context.pointee.duration
    return whole == cff_no_pts ? nil : Double(whole) / Double(AV_TIME_BASE)
  }

  /// The frames an MP4's index lists, less those an edit list hides; elsewhere what the header
  /// says, if it does.
  func frameCount(of index: Int) -> Int? {
    let format = String(cString: context.pointee.iformat.pointee.name)
    let stated = Int(stream(index).pointee.nb_frames)
    guard stated > 0 else { return nil }
    let listed = Int(cff_index_frames(stream(index)))
    return format.hasPrefix("mov") && listed > 0 ? listed : stated
  }
}
