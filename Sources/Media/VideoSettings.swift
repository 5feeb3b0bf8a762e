/// How a video is to be written.
public struct VideoSettings: Hashable, Sendable {
  /// How long x264 may think.
  ///
  /// Slower presets make smaller files of the same quality.
  public enum Preset: String, Hashable, Sendable, CaseIterable {
    case ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow
  }

  /// Pixels of the images to come.
  ///
  /// H.264 needs even sizes: the last column or row of an odd one is cut off.
  public var width: Int
  public var height: Int
  /// Seconds a tick of the timestamps lasts.
  ///
  /// Pass the source's to keep its times exactly.
  public var timebase: Rational
  /// Frames per second, a hint for the rate control; timestamps alone decide when frames show.
  public var frameRate: Rational?
  /// Tags to write; the pixels are converted to match them.
  ///
  /// Unspecified stays unspecified, and `VideoReader` reads the same colours back.
  public var colors: ColorTags
  public var pixelAspect = Rational(numerator: 1, denominator: 1)
  /// Constant rate factor: 0 lossless, 18 hardly visible, 51 worst.
  public var quality = 18
  public var preset = Preset.medium
  /// Encoder threads, 0 for as many as x264 likes.
  ///
  /// The bytes depend on their number.
  public var threads = 0
  public var audio = AudioInput.none
  /// Container metadata under MP4's own keys: title, artist, comment, description, copyright, date
  /// and the like.
  ///
  /// Others are dropped by libavformat.
  public var metadata: [String: String] = [:]
  /// An XMP packet for the file, as XML.
  public var xmp: String?

  public init(
    width: Int, height: Int, timebase: Rational, frameRate: Rational? = nil,
    colors: ColorTags = .unspecified
  ) {
    self.width = width
    self.height = height
    self.timebase = timebase
    self.frameRate = frameRate
    self.colors = colors
  }

  /// A video with the shape, times and colours of another.
  public init(like info: VideoInfo) {
    self.init(
      width: info.width, height: info.height, timebase: info.timebase,
      frameRate: info.frameRate, colors: info.colors)
    pixelAspect = info.pixelAspect
  }
}

/// Where the sound of a written video comes from.
public enum AudioInput: Hashable, Sendable {
  case none
  /// All audio streams of a file, packet by packet with their times. A codec the container cannot
  /// hold is encoded anew as AAC.
  case copy(from: String)
  /// Interleaved samples, −1 to 1, encoded as AAC. `rate` in samples a second and channel.
  case samples([Float], rate: Int, channels: Int)
}
