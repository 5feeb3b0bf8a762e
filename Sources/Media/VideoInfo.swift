/// What the header of a video says of its best video stream.
public struct VideoInfo: Hashable, Sendable, Codable {
  /// libav's name, as `h264`.
  public let codec: String
  /// libav's name, as `yuv420p10le`.
  public let pixelFormat: String
  /// Pixels, after `rotation`.
  public let width: Int
  public let height: Int
  /// Seconds a tick of the timestamps lasts.
  public let timebase: Rational
  /// Frames per second on average; nil when the container does not know.
  public let frameRate: Rational?
  /// Seconds; nil when the container does not say.
  public let duration: Double?
  /// How many frames the container promises to show; nil when it does not say.
  public let frameCount: Int?
  /// Degrees clockwise by which the coded picture was turned to stand upright: 0, 90, 180, 270.
  public let rotation: Int
  /// Width of a pixel over its height, upright; 1/1 where nothing is said.
  public let pixelAspect: Rational
  /// The first audio stream's codec; nil without sound.
  public let audioCodec: String?
  public let colors: ColorTags
}
