import CFFmpeg

/// One audio stream decoded and encoded again as AAC.
final class AudioTranscoder {
  let encoder: AACEncoder
  private let decoder: Codec
  private let frame: Frame

  init(
    _ stream: UnsafeMutablePointer<AVStream>, globalHeader: Bool, path: String
  ) throws(MediaError) {
    let parameters = stream.pointee.codecpar.pointee
    let decoder = try Codec.decoding(stream, threads: 1, subject: path)
    let frame = try Frame()
    encoder = try AACEncoder(
      rate: parameters.sample_rate, channels: parameters.ch_layout.nb_channels,
      globalHeader: globalHeader, subject: path)
    self.decoder = decoder
    self.frame = frame
  }

  /// Damaged packets are left out: the picture matters more than a click in the sound.
  func transcode(
    _ packet: borrowing Packet, stream: Int, into muxer: borrowing Muxer
  ) throws(MediaError) {
    guard avcodec_send_packet(decoder.context, packet.pointer) >= 0 else { return }
    try drain(stream: stream, into: muxer)
  }

  func finish(stream: Int, into muxer: borrowing Muxer) throws(MediaError) {
    avcodec_send_packet(decoder.context, nil)
    try drain(stream: stream, into: muxer)
    try encode(nil, stream: stream, into: muxer)
  }

  private func drain(stream: Int, into muxer: borrowing Muxer) throws(MediaError) {
    while avcodec_receive_frame(decoder.context, frame.pointer) >= 0 {
      try encode(frame.pointer, stream: stream, into: muxer)
    }
  }

  private func encode(
    _ frame: UnsafeMutablePointer<AVFrame>?, stream: Int, into muxer: borrowing Muxer
  ) throws(MediaError) {
    let ticks = frame?.pointee.best_effort_timestamp ?? 0
    let start =
      ticks == cff_no_pts
      ? 0 : av_rescale_q(ticks, decoder.context.pointee.pkt_timebase, encoder.timebase)
    try encoder.encode(frame, start: start) { (packet: borrowing Packet) throws(MediaError) in
      try muxer.write(packet, stream: stream, timebase: encoder.timebase)
    }
  }
}
