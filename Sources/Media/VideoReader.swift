import CFFmpeg
public import FaceCore

/// One decoded picture of a video.
public struct VideoFrame: Hashable, Sendable {
  /// Upright RGB.
  public let image: Image
  /// As the stream has it.
  public let timestamp: Timestamp
  /// 0 for the first frame that decodes, then counting every frame.
  public let ordinal: Int
}

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
  /// Frames decoded so far, which is the ordinal of the next one.
  private var decoded = 0
  /// Frames before this one are decoded and dropped.
  private var firstWanted = 0
  private var isDraining = false
  private var isAtEnd = false
  private var report = DamageReport()
  private var lastTicks: Int64?

  /// Opens the file and reads its header.
  ///
  /// `threads` for decoding, 0 for one a core.
  public init(path: String, threads: Int = 0) throws(MediaError) {
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
  }

  /// The next frame, or nil after the last.
  public mutating func next() throws(MediaError) -> VideoFrame? {
    try next { _ in true }
  }

  /// The next frame whose ordinal is a multiple of `step`; those between are only decoded.
  public mutating func next(every step: Int) throws(MediaError) -> VideoFrame? {
    precondition(step > 0, "a step is at least 1")
    return try next { $0 % step == 0 }
  }

  /// The next frame whose ordinal is wanted; the others are decoded but not converted.
  public mutating func next(
    where isWanted: (_ ordinal: Int) -> Bool
  ) throws(MediaError) -> VideoFrame? {
    while advance() {
      let ordinal = decoded - 1
      let ticks = timestampTicks()
      guard ordinal >= firstWanted, isWanted(ordinal) else { continue }
      let image = try converter.image(from: frame.pointer, orientation: orientation)
      let timestamp = Timestamp(
        ticks: ticks, numerator: info.timebase.numerator, denominator: info.timebase.denominator)
      return VideoFrame(image: image, timestamp: timestamp, ordinal: ordinal)
    }
    return nil
  }

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
    lastTicks = ticks
    return ticks
  }
}
