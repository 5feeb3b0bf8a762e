import CFFmpeg

/// An MP4 or MOV file being put together from packets.
struct Muxer: ~Copyable {
  let context: UnsafeMutablePointer<AVFormatContext>
  /// The name for errors; the file written is a temporary one.
  let subject: String

  /// Creates the file.
  ///
  /// `format` is `mp4` or `mov`.
  init(path: String, format: String, subject: String) throws(MediaError) {
    _ = libavIsSilent
    var allocated: UnsafeMutablePointer<AVFormatContext>?
    avformat_alloc_output_context2(&allocated, nil, format, nil)
    guard let allocated else { throw .outOfMemory }
    let status = avio_open(&allocated.pointee.pb, "file:" + path, AVIO_FLAG_WRITE)
    guard status >= 0 else {
      avformat_free_context(allocated)
      throw Muxer.cannotWrite(subject, status)
    }
    context = allocated
    self.subject = subject
  }

  deinit {
    avio_closep(&context.pointee.pb)
    avformat_free_context(context)
  }

  var needsGlobalHeader: Bool { context.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 }

  func canHold(_ codec: AVCodecID) -> Bool {
    avformat_query_codec(context.pointee.oformat, codec, FF_COMPLIANCE_NORMAL) == 1
  }

  func addStream() throws(MediaError) -> UnsafeMutablePointer<AVStream> {
    guard let stream = avformat_new_stream(context, nil) else { throw .outOfMemory }
    return stream
  }

  func setMetadata(_ entries: [String: String]) {
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
      av_dict_set(&context.pointee.metadata, key, value, 0)
    }
  }

  /// `movieTimescale` in ticks a second is the clock of the edit list, which holds the offset
  /// between the streams.
  func writeHeader(movieTimescale: Int) throws(MediaError) {
    var options: OpaquePointer?
    av_dict_set_int(&options, "movie_timescale", Int64(movieTimescale), 0)
    let status = avformat_write_header(context, &options)
    av_dict_free(&options)
    guard status >= 0 else { throw Muxer.cannotWrite(subject, status) }
  }

  /// Takes the packet's content.
  ///
  /// `timebase` is the clock of its times.
  func write(
    _ packet: borrowing Packet, stream index: Int, timebase: AVRational
  ) throws(MediaError) {
    guard let stream = context.pointee.streams[index] else {
      preconditionFailure("no output stream \(index)")
    }
    packet.pointer.pointee.stream_index = Int32(index)
    packet.pointer.pointee.pos = -1
    av_packet_rescale_ts(packet.pointer, timebase, stream.pointee.time_base)
    let status = av_interleaved_write_frame(context, packet.pointer)
    guard status >= 0 else { throw Muxer.cannotWrite(subject, status) }
    try checkOutput()
  }

  /// Writes what is still held back, and the index.
  func finish() throws(MediaError) {
    let status = av_write_trailer(context)
    guard status >= 0 else { throw Muxer.cannotWrite(subject, status) }
    avio_flush(context.pointee.pb)
    try checkOutput()
    let closed = avio_closep(&context.pointee.pb)
    guard closed >= 0 else { throw Muxer.cannotWrite(subject, closed) }
  }

  /// Buffered writes fail later than the call that caused them.
  private func checkOutput() throws(MediaError) {
    let status = context.pointee.pb?.pointee.error ?? 0
    guard status >= 0 else { throw Muxer.cannotWrite(subject, status) }
  }

  static func cannotWrite(_ subject: String, _ status: Int32) -> MediaError {
    MediaError(
      code: .cannotWrite, subject: subject, reason: "cannot be written: \(libavReason(status))")
  }
}
