import CFFmpeg

/// Raw sound in, AAC packets out.
///
/// A class because a file holds several of them in an array.
final class AACEncoder {
  /// Rates AAC knows, in Hz (ISO/IEC 14496-3, table 1.18).
  private static let rates: [Int32] = [
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
  ]

  private let codec: Codec
  private let packet: Packet
  private let waiting: OpaquePointer
  private var resampler: OpaquePointer?
  private let subject: String
  /// Where the next chunk starts, in samples; nil before the first.
  private var position: Int64?

  /// `rate` in Hz; one that AAC does not know becomes 48 000.
  init(rate: Int32, channels: Int32, globalHeader: Bool, subject: String) throws(MediaError) {
    guard let encoder = avcodec_find_encoder(AV_CODEC_ID_AAC) else {
      throw MediaError(code: .unsupported, subject: subject, reason: "no AAC encoder")
    }
    let codec = try Codec(encoder)
    let context = codec.context
    let used = AACEncoder.rates.contains(rate) ? rate : 48000
    context.pointee.sample_rate = used
    context.pointee.sample_fmt = AV_SAMPLE_FMT_FLTP
    av_channel_layout_default(&context.pointee.ch_layout, channels)
    context.pointee.bit_rate = Int64(channels) * 96000
    context.pointee.time_base = AVRational(num: 1, den: used)
    if globalHeader { context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
    let status = avcodec_open2(context, encoder, nil)
    guard status >= 0 else {
      throw MediaError(code: .unsupported, subject: subject, reason: "AAC: \(libavReason(status))")
    }
    let packet = try Packet()
    guard let fifo = av_audio_fifo_alloc(AV_SAMPLE_FMT_FLTP, channels, 4096) else {
      throw .outOfMemory
    }
    self.codec = codec
    self.packet = packet
    self.subject = subject
    waiting = fifo
  }

  deinit {
    av_audio_fifo_free(waiting)
    swr_free(&resampler)
  }

  var timebase: AVRational { codec.context.pointee.time_base }

  func describe(to stream: UnsafeMutablePointer<AVStream>) {
    avcodec_parameters_from_context(stream.pointee.codecpar, codec.context)
    stream.pointee.time_base = timebase
  }

  /// Encodes a frame of any format; nil says that no more come.
  ///
  /// `start` is the frame's time in samples, looked at for the first frame only: later ones follow
  /// without a gap.
  func encode(
    _ frame: UnsafeMutablePointer<AVFrame>?, start: Int64 = 0,
    write: (borrowing Packet) throws(MediaError) -> Void
  ) throws(MediaError) {
    if position == nil { position = start }
    try resample(frame)
    let size = codec.context.pointee.frame_size
    while av_audio_fifo_size(waiting) >= size
      || (frame == nil && av_audio_fifo_size(waiting) > 0)
    {
      try sendChunk(of: min(size, av_audio_fifo_size(waiting)))
      try receive(write)
    }
    guard frame == nil else { return }
    try check(avcodec_send_frame(codec.context, nil))
    try receive(write)
  }

  /// Converts to what the encoder takes and queues it.
  private func resample(_ frame: UnsafeMutablePointer<AVFrame>?) throws(MediaError) {
    if let frame, frame.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
      let channels = frame.pointee.ch_layout.nb_channels
      av_channel_layout_default(&frame.pointee.ch_layout, channels)
    }
    if resampler == nil {
      guard let frame else { return }
      var layout = frame.pointee.ch_layout
      try check(
        swr_alloc_set_opts2(
          &resampler, &codec.context.pointee.ch_layout, AV_SAMPLE_FMT_FLTP,
          codec.context.pointee.sample_rate, &layout, AVSampleFormat(frame.pointee.format),
          frame.pointee.sample_rate, 0, nil))
      try check(swr_init(resampler))
    }
    let result = try Frame()
    prepare(result.pointer)
    try check(swr_convert_frame(resampler, result.pointer, frame))
    let count = result.pointer.pointee.nb_samples
    guard count > 0 else { return }
    try queue(result.pointer, count: count)
  }

  private func queue(
    _ frame: UnsafeMutablePointer<AVFrame>, count: Int32
  ) throws(MediaError) {
    let wrote = withPlanes(of: frame) { av_audio_fifo_write(waiting, $0, count) }
    guard wrote == count else { throw .outOfMemory }
  }

  private func sendChunk(of count: Int32) throws(MediaError) {
    let chunk = try Frame()
    prepare(chunk.pointer)
    chunk.pointer.pointee.nb_samples = count
    try check(av_frame_get_buffer(chunk.pointer, 0))
    _ = withPlanes(of: chunk.pointer) { av_audio_fifo_read(waiting, $0, count) }
    let start = position ?? 0
    chunk.pointer.pointee.pts = start
    position = start + Int64(count)
    try check(avcodec_send_frame(codec.context, chunk.pointer))
  }

  private func receive(
    _ write: (borrowing Packet) throws(MediaError) -> Void
  ) throws(MediaError) {
    while true {
      let status = avcodec_receive_packet(codec.context, packet.pointer)
      if status == cff_error_again || status == cff_error_eof { return }
      try check(status)
      try write(packet)
    }
  }

  private func prepare(_ frame: UnsafeMutablePointer<AVFrame>) {
    frame.pointee.format = AV_SAMPLE_FMT_FLTP.rawValue
    frame.pointee.sample_rate = codec.context.pointee.sample_rate
    av_channel_layout_copy(&frame.pointee.ch_layout, &codec.context.pointee.ch_layout)
  }

  private func withPlanes(
    of frame: UnsafeMutablePointer<AVFrame>,
    _ body: (UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Int32
  ) -> Int32 {
    var planes = (0..<8).map { index in
      frame.pointee.extended_data[index].map { UnsafeMutableRawPointer($0) }
    }
    return body(&planes)
  }

  private func check(_ status: Int32) throws(MediaError) {
    guard status >= 0 else {
      throw MediaError(code: .corrupt, subject: subject, reason: "sound: \(libavReason(status))")
    }
  }
}
