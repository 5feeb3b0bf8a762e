import CFFmpeg

/// What the installed libavcodec can do, for a report to the user.
public enum MediaLibrary {
  /// Major, minor and micro version of libavcodec.
  public static var version: String {
    let version = avcodec_version()
    return "\(version >> 16).\(version >> 8 & 255).\(version & 255)"
  }

  /// The decoders and encoders the suite uses, and whether each is there.
  public static var codecs: [(name: String, isThere: Bool)] {
    let decoders = ["h264", "hevc", "vp9", "libdav1d", "prores", "mjpeg"]
    let encoders = ["libx264", "aac"]
    return decoders.map { (name: $0, isThere: avcodec_find_decoder_by_name($0) != nil) }
      + encoders.map {
        (name: "\($0) encoder", isThere: avcodec_find_encoder_by_name($0) != nil)
      }
  }
}
