import CFFmpeg

/// A media file taken apart into packets.
struct Demuxer: ~Copyable {
  let context: UnsafeMutablePointer<AVFormatContext>
  let path: String

  /// Formats libavformat would open although they are no video: text, lists of other files and
  /// single pictures.
  private static let refused = [
    "tty", "hls", "concat", "dash", "image2", "sdp", "rtsp", "ffmetadata", "lrc", "srt", "ass",
    "webvtt", "gif_pipe",
  ]

  /// Opens the file and looks at its streams.
  ///
  /// Throws for anything that is not a media file.
  init(path: String) throws(MediaError) {
    _ = libavIsSilent
    try FileChecks.size(ofReadable: path)
    var opened: UnsafeMutablePointer<AVFormatContext>?
    // The protocol is spelled out, so that no path is ever taken for an address.
    let status = avformat_open_input(&opened, "file:" + path, nil, nil)
    guard status >= 0, let opened else { throw try Demuxer.reason(status, path: path) }
    do {
      try Demuxer.inspect(opened, path: path)
    } catch {
      var closing: UnsafeMutablePointer<AVFormatContext>? = opened
      avformat_close_input(&closing)
      throw error
    }
    context = opened
    self.path = path
  }

  deinit {
    var closing: UnsafeMutablePointer<AVFormatContext>? = context
    avformat_close_input(&closing)
  }

  private static func inspect(
    _ opened: UnsafeMutablePointer<AVFormatContext>, path: String
  ) throws(MediaError) {
    let format = String(cString: opened.pointee.iformat.pointee.name)
    if refused.contains(format) || format.hasSuffix("_pipe") {
      throw MediaError(code: .notMedia, subject: path, reason: "not a video file (\(format))")
    }
    let found = avformat_find_stream_info(opened, nil)
    if found < 0 {
      throw MediaError(code: .corrupt, subject: path, reason: libavReason(found))
    }
  }

  private static func reason(_ status: Int32, path: String) throws(MediaError) -> MediaError {
    if try ContainerShape.isMissingIndex(path: path) {
      return MediaError(
        code: .corrupt, subject: path,
        reason: "truncated: the index (moov box) that stands at its end is missing")
    }
    if status == cff_error_invalid {
      return MediaError(code: .notMedia, subject: path, reason: "not a video file")
    }
    return MediaError(code: .notMedia, subject: path, reason: libavReason(status))
  }

  var streamCount: Int { Int(context.pointee.nb_streams) }

  /// Traps when there is no such stream.
  func stream(_ index: Int) -> UnsafeMutablePointer<AVStream> {
    guard index < streamCount, let stream = context.pointee.streams[index] else {
      preconditionFailure("\(path) has no stream \(index)")
    }
    return stream
  }

  func streams(of kind: AVMediaType) -> [Int] {
    (0..<streamCount).filter { stream($0).pointee.codecpar.pointee.codec_type == kind }
  }

  /// Packets of all other streams are dropped while reading.
  func keepOnly(_ kept: [Int]) {
    for index in 0..<streamCount where !kept.contains(index) {
      stream(index).pointee.discard = AVDISCARD_ALL
    }
  }

  /// The largest moving picture that can be decoded; cover art does not count.
  func bestVideoStream() throws(MediaError) -> Int {
    let still = AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS
    let moving = streams(of: AVMEDIA_TYPE_VIDEO).filter {
      stream($0).pointee.disposition & still == 0
    }
    guard !moving.isEmpty else {
      throw MediaError(code: .noVideo, subject: path, reason: "no video stream")
    }
    let known = moving.filter { avcodec_find_decoder(parameters($0).codec_id) != nil }
    func area(_ index: Int) -> Int {
      Int(parameters(index).width) * Int(parameters(index).height)
    }
    guard
      let best = known.enumerated().max(by: {
        (area($0.element), -$0.offset) < (area($1.element), -$1.offset)
      })
    else {
      let name = String(cString: avcodec_get_name(parameters(moving[0]).codec_id))
      throw MediaError(code: .unsupported, subject: path, reason: "no decoder for \(name)")
    }
    return best.element
  }

  func parameters(_ index: Int) -> AVCodecParameters { stream(index).pointee.codecpar.pointee }
}
