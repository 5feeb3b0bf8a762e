import CFFmpeg
import FaceCore

/// Reads any video libavformat opens, frame by frame, in constant memory.
///
/// Decoding runs ahead on threads of its own while the caller works on a frame. Damage does not
/// throw: what can be decoded comes out, and `damage` says afterwards what was wrong.
public struct VideoReader: ~Copyable {
  public let info: VideoInfo

  private let demuxer: Demuxer
  private let decoder: Codec
  private let packet: Packet
  private let frame: Frame
  private var converter: ColorConverter
  private let streamIndex: Int
  private let orientation: Orientation
  private let selection: FrameSelection
  /// Frames decoded so far, which is the ordinal of the next one.
  private var decoded = 0
  /// Frames before this one are decoded and dropped.
  private var firstWanted = 0
  private var isDraining = false
  private var isAtEnd = false
  private var report = DamageReport()
  private var lastTicks: Int64?
  /// Of the frame before the one in `frame`.
  private var previousTicks: Int64?

  /// Opens the file and reads its header.
  ///
  /// Only the frames of `selection` come out. `threads` for decoding, 0 for one a core.
  public init(
    path: String, frames selection: FrameSelection = .all, threads: Int = 0
  ) throws(MediaError) {
    let demuxer = try Demuxer(path: path)
    let streamIndex = try demuxer.bestVideoStream()
    demuxer.keepOnly([streamIndex])
    let stream = demuxer.stream(streamIndex)
    let parameters = demuxer.parameters(streamIndex)
    let (width, height) = (Int(parameters.width), Int(parameters.height))
    try MediaLimits.check(width: width, height: height, subject: path)
    let orientation = Orientation(of: stream)
    let info = VideoInfo(of: demuxer, stream: streamIndex, orientation: orientation)
    let decoder = try Codec.decoding(stream, threads: threads, subject: path)
    let converter = ColorConverter(
      width: width, height: height, colors: info.colors, subject: path)
    let packet = try Packet()
    let frame = try Frame()
    report.isFileShort = try ContainerShape.isTruncated(path: path)
    self.info = info
    self.demuxer = demuxer
    self.decoder = decoder
    self.packet = packet
    self.frame = frame
    self.converter = converter
    self.streamIndex = streamIndex
    self.orientation = orientation
    self.selection = selection
  }

  /// The next frame that is wanted, or nil after the last.
  public mutating func next() throws(MediaError) -> VideoFrame? {
    while advance() {
      let ordinal = decoded - 1
      let timestamp = Timestamp(
        ticks: timestampTicks(), numerator: info.timebase.numerator,
        denominator: info.timebase.denominator)
      if let end = selection.end, timestamp.seconds >= end + VideoReader.slack { return nil }
      let isKeyframe = frame.pointer.pointee.key_frame != 0
      let isWanted = selection.wants(
        ordinal: ordinal, seconds: timestamp.seconds,
        previous: previousTicks.map { Double($0) * info.timebase.value }, isKeyframe: isKeyframe)
      guard ordinal >= firstWanted, isWanted else { continue }
      let picture = try converter.picture(from: frame.pointer, orientation: orientation)
      return VideoFrame(
        picture, width: info.width, height: info.height, timestamp: timestamp, ordinal: ordinal,
        isKeyframe: isKeyframe)
    }
    return nil
  }

  /// A frame so many seconds after the wanted end proves that no wanted one follows, also where
  /// times go back a little.
  private static let slack = 2.0

  /// Makes `next` start at this ordinal.
  ///
  /// Earlier frames are decoded, which keeps the count exact, but not converted. A frame that was
  /// passed does not come back.
  public mutating func skip(toOrdinal ordinal: Int) {
    firstWanted = max(firstWanted, ordinal)
  }

  /// What is wrong with the file, in one phrase, as "truncated: 57 of 120 frames"; nil for a good
  /// one.
  ///
  /// Known in full after `next` returned nil.
  public var damage: String? {
    report.phrase(frames: decoded, promised: info.frameCount, isComplete: isAtEnd)
  }

  /// Decodes one more frame into `frame`; false at the end.
  private mutating func advance() -> Bool {
    while !isAtEnd {
      let status = avcodec_receive_frame(decoder.context, frame.pointer)
      if status >= 0 {
        decoded += 1
        report.failuresInARow = 0
        if cff_is_damaged(frame.pointer) != 0 { report.damagedFrames += 1 }
        return true
      }
      if status == cff_error_again {
        feed()
      } else if status == cff_error_eof || report.hasGivenUp {
        isAtEnd = true
      } else {
        report.noteFailure()
      }
    }
    return false
  }

  /// Gives the decoder one more packet, or tells it that there are no more.
  private mutating func feed() {
    while !isDraining {
      let status = av_read_frame(demuxer.context, packet.pointer)
      guard status >= 0 else {
        if status != cff_error_eof { report.readError = libavReason(status) }
        isDraining = true
        break
      }
      defer { av_packet_unref(packet.pointer) }
      guard packet.pointer.pointee.stream_index == streamIndex else { continue }
      if packet.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 { report.corruptPackets += 1 }
      let sent = avcodec_send_packet(decoder.context, packet.pointer)
      if sent < 0 { report.noteFailure() }
      return
    }
    // Asked again after the last packet the decoder answers with an error, which is no damage.
    avcodec_send_packet(decoder.context, nil)
  }

  /// The frame's time, or one tick count after the last frame's where the stream has none.
  private mutating func timestampTicks() -> Int64 {
    let best = frame.pointer.pointee.best_effort_timestamp
    var ticks = best
    if best == cff_no_pts {
      let rate = info.frameRate ?? Rational(numerator: 25, denominator: 1)
      let step = 1 / (rate.value * Rational(info.timebase.libav).value)
      ticks = lastTicks.map { $0 + max(1, Int64(step.rounded())) } ?? 0
    }
    previousTicks = lastTicks
    lastTicks = ticks
    return ticks
  }
}
