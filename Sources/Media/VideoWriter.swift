import CFFmpeg
public import FaceCore

/// Writes H.264 into MP4 or MOV, frame by frame.
///
/// The file appears under its name when `finish` returns; a writer that goes away before leaves
/// nothing behind.
public struct VideoWriter: ~Copyable {
  private let file: PendingFile
  private let muxer: Muxer
  private let encoder: H264Encoder
  private let packet: Packet
  private let audio: (any AudioFeed)?
  private let settings: VideoSettings
  private var lastTicks: Int64?
  /// Ticks between the last two frames.
  private var lastStep: Int64 = 1

  /// Opens the file; the container follows from the ending, `.mp4`, `.m4v` or `.mov`.
  ///
  /// Throws when the file cannot be written or its sound cannot be read.
  public init(path: String, settings: VideoSettings) throws(MediaError) {
    let format = try VideoWriter.format(of: path)
    PendingFile.sweep(besides: path)
    let file = try PendingFile(path: path)
    let muxer = try Muxer(path: file.temporaryPath, format: format, subject: path)
    let encoder = try H264Encoder(
      settings, globalHeader: muxer.needsGlobalHeader, subject: path)
    let packet = try Packet()
    encoder.describe(to: try muxer.addStream())
    let audio = try VideoWriter.feed(settings.audio, muxer: muxer)
    muxer.setMetadata(settings.metadata)
    try muxer.writeHeader(
      movieTimescale: VideoWriter.timescale(settings.timebase, audio: audio?.rates ?? []))
    self.file = file
    self.muxer = muxer
    self.encoder = encoder
    self.packet = packet
    self.audio = audio
    self.settings = settings
  }

  /// Adds an image of the size and a time of the timebase in the settings, which trap otherwise.
  ///
  /// Throws when the time does not grow or the file cannot be written.
  public mutating func append(_ image: Image, at time: Timestamp) throws(MediaError) {
    precondition(
      image.width == settings.width && image.height == settings.height,
      "an image of \(image.width) × \(image.height) in a video of another size")
    precondition(
      time.numerator == settings.timebase.numerator
        && time.denominator == settings.timebase.denominator,
      "a time on another clock than the video's")
    if let lastTicks, time.ticks <= lastTicks {
      throw MediaError(
        code: .corrupt, subject: file.path,
        reason: "a frame at tick \(time.ticks) after one at \(lastTicks)")
    }
    if let lastTicks { lastStep = time.ticks - lastTicks }
    lastTicks = time.ticks
    try encoder.send(image, ticks: time.ticks)
    try drain()
  }

  /// Writes what is left, sound included, and gives the file its name.
  ///
  /// Throws without a frame.
  public mutating func finish() throws(MediaError) {
    guard lastTicks != nil else {
      throw MediaError(code: .cannotWrite, subject: file.path, reason: "a video without a frame")
    }
    try encoder.close()
    try drain()
    try audio?.pump(until: nil, into: muxer)
    try muxer.finish()
    if let xmp = settings.xmp { try file.write(VideoFile.box(xmp: xmp)) }
    try file.commit()
  }

  /// Moves finished packets into the file, with the sound up to each of them before it.
  private func drain() throws(MediaError) {
    while try encoder.receive(into: packet) {
      let moment = Moment(ticks: packet.pointer.pointee.dts, timebase: encoder.timebase)
      try audio?.pump(until: moment, into: muxer)
      packet.pointer.pointee.duration = frameDuration
      try muxer.write(packet, stream: 0, timebase: encoder.timebase)
    }
  }

  /// Ticks a frame is said to last.
  ///
  /// The container cuts the video at the end of its last frame, so one of no length would be lost.
  private var frameDuration: Int64 {
    guard let rate = settings.frameRate else { return lastStep }
    let frame = AVRational(num: rate.denominator, den: rate.numerator)
    return max(1, av_rescale_q(1, frame, encoder.timebase))
  }

  private static func feed(
    _ input: AudioInput, muxer: borrowing Muxer
  ) throws(MediaError) -> (any AudioFeed)? {
    switch input {
    case .none: nil
    case .copy(let path): try CopiedAudio(path: path, muxer: muxer)
    case .samples(let samples, let rate, let channels):
      try SampledAudio(samples: samples, rate: rate, channels: channels, muxer: muxer)
    }
  }

  private static func format(of path: String) throws(MediaError) -> String {
    switch PendingFile.fileExtension(of: path) {
    case "mp4", "m4v": "mp4"
    case "mov": "mov"
    default:
      throw MediaError(
        code: .unsupported, subject: path, reason: "a video's name ends in .mp4, .m4v or .mov")
    }
  }

  /// A clock on which the start of every stream falls on a tick, so that the offset between sound
  /// and picture is exact; the video's alone where there is no common one of 31 bits.
  private static func timescale(_ timebase: Rational, audio rates: [Int]) -> Int {
    var video = Int(timebase.denominator)
    while video < 10_000 { video *= 2 }
    var common = video
    for rate in rates where rate > 0 {
      common = common / gcd(common, rate) * rate
      if common > Int(Int32.max) { return video }
    }
    return common
  }

  private static func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
}
