import CFFmpeg

/// Sound on its way into a file.
protocol AudioFeed: AnyObject {
  /// The clocks of the streams, in ticks a second.
  var rates: [Int] { get }

  /// Writes what sounds up to a moment of the video, or all that is left.
  func pump(until moment: Moment?, into muxer: borrowing Muxer) throws(MediaError)
}

/// A time with its clock.
struct Moment {
  let ticks: Int64
  let timebase: AVRational

  func isBefore(_ other: Moment) -> Bool {
    av_compare_ts(ticks, timebase, other.ticks, other.timebase) < 0
  }
}

/// The audio streams of another file, copied; encoded anew where the container cannot hold them.
final class CopiedAudio: AudioFeed {
  private struct Track {
    let source: Int
    let output: Int
    let transcoder: AudioTranscoder?
  }

  private let demuxer: Demuxer
  private let packet: Packet
  private var tracks: [Track] = []
  private var holdsPacket = false
  private var isAtEnd = false

  init(path: String, muxer: borrowing Muxer) throws(MediaError) {
    let demuxer = try Demuxer(path: path)
    let packet = try Packet()
    let sources = demuxer.streams(of: AVMEDIA_TYPE_AUDIO)
    demuxer.keepOnly(sources)
    var tracks: [Track] = []
    for source in sources {
      let stream = try muxer.addStream()
      let from = demuxer.stream(source)
      var transcoder: AudioTranscoder?
      if muxer.canHold(from.pointee.codecpar.pointee.codec_id) {
        avcodec_parameters_copy(stream.pointee.codecpar, from.pointee.codecpar)
        // The muxer picks its own tag: the source container's may mean nothing here.
        stream.pointee.codecpar.pointee.codec_tag = 0
        stream.pointee.time_base = from.pointee.time_base
      } else {
        let made = try AudioTranscoder(from, globalHeader: muxer.needsGlobalHeader, path: path)
        made.encoder.describe(to: stream)
        transcoder = made
      }
      stream.pointee.disposition = from.pointee.disposition
      av_dict_copy(&stream.pointee.metadata, from.pointee.metadata, 0)
      tracks.append(
        Track(source: source, output: Int(stream.pointee.index), transcoder: transcoder))
    }
    self.demuxer = demuxer
    self.packet = packet
    self.tracks = tracks
    isAtEnd = tracks.isEmpty
  }

  var rates: [Int] { tracks.map { Int(demuxer.parameters($0.source).sample_rate) } }

  func pump(until moment: Moment?, into muxer: borrowing Muxer) throws(MediaError) {
    while !isAtEnd {
      if !holdsPacket, av_read_frame(demuxer.context, packet.pointer) < 0 {
        isAtEnd = true
        break
      }
      holdsPacket = true
      let source = Int(packet.pointer.pointee.stream_index)
      guard let track = tracks.first(where: { $0.source == source }) else {
        release()
        continue
      }
      let timebase = demuxer.stream(source).pointee.time_base
      if let moment, packet.pointer.pointee.dts != cff_no_pts,
        !Moment(ticks: packet.pointer.pointee.dts, timebase: timebase).isBefore(moment)
      {
        return
      }
      try write(track, timebase: timebase, into: muxer)
      release()
    }
    guard moment == nil else { return }
    for track in tracks { try track.transcoder?.finish(stream: track.output, into: muxer) }
  }

  private func release() {
    av_packet_unref(packet.pointer)
    holdsPacket = false
  }

  private func write(
    _ track: Track, timebase: AVRational, into muxer: borrowing Muxer
  ) throws(MediaError) {
    if let transcoder = track.transcoder {
      try transcoder.transcode(packet, stream: track.output, into: muxer)
    } else {
      try muxer.write(packet, stream: track.output, timebase: timebase)
    }
  }
}

/// Samples from memory, encoded as the video goes on.
final class SampledAudio: AudioFeed {
  /// Samples a channel that are encoded at a time.
  private static let chunk = 4096

  private let samples: [Float]
  private let rate: Int
  private let channels: Int
  private let encoder: AACEncoder
  private let output: Int
  private var position = 0

  init(
    samples: [Float], rate: Int, channels: Int, muxer: borrowing Muxer
  ) throws(MediaError) {
    precondition(rate > 0 && channels > 0, "sound has a rate and channels")
    precondition(samples.count.isMultiple(of: channels), "every channel has as many samples")
    let encoder = try AACEncoder(
      rate: Int32(rate), channels: Int32(channels), globalHeader: muxer.needsGlobalHeader,
      subject: muxer.subject)
    let stream = try muxer.addStream()
    encoder.describe(to: stream)
    self.samples = samples
    self.rate = rate
    self.channels = channels
    self.encoder = encoder
    output = Int(stream.pointee.index)
  }

  var rates: [Int] { [Int(encoder.timebase.den)] }

  func pump(until moment: Moment?, into muxer: borrowing Muxer) throws(MediaError) {
    let count = samples.count / channels
    let clock = AVRational(num: 1, den: Int32(rate))
    while position < count {
      let now = Moment(ticks: Int64(position), timebase: clock)
      if let moment, !now.isBefore(moment) { return }
      let length = min(SampledAudio.chunk, count - position)
      try encode(try frame(at: position, count: length), into: muxer)
      position += length
    }
    guard moment == nil else { return }
    try encoder.encode(nil) { (packet: borrowing Packet) throws(MediaError) in
      try muxer.write(packet, stream: output, timebase: encoder.timebase)
    }
  }

  private func encode(
    _ frame: borrowing Frame, into muxer: borrowing Muxer
  ) throws(MediaError) {
    try encoder.encode(frame.pointer) { (packet: borrowing Packet) throws(MediaError) in
      try muxer.write(packet, stream: output, timebase: encoder.timebase)
    }
  }

  private func frame(at start: Int, count: Int) throws(MediaError) -> Frame {
    let frame = try Frame()
    frame.pointer.pointee.format = AV_SAMPLE_FMT_FLT.rawValue
    frame.pointer.pointee.sample_rate = Int32(rate)
    frame.pointer.pointee.nb_samples = Int32(count)
    av_channel_layout_default(&frame.pointer.pointee.ch_layout, Int32(channels))
    guard av_frame_get_buffer(frame.pointer, 0) >= 0, let base = cff_plane(frame.pointer, 0)
    else { throw .outOfMemory }
    samples[start * channels..<(start + count) * channels].withUnsafeBytes { bytes in
      UnsafeMutableRawBufferPointer(start: base, count: bytes.count).copyMemory(from: bytes)
    }
    return frame
  }
}
