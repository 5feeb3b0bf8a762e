package import FaceCore

/// Tells where a video cuts: a frame that differs from the one before by far more than the frames
/// before it differed from each other, and in what it shows, not only in its light.
///
/// The idea is that of adaptive content detection (Castellano, PySceneDetect, `AdaptiveDetector`):
/// a frame's difference is weighed against its neighbourhood, so that a shaking or running camera
/// is no cut. Here the neighbourhood is that of the frames before, so that the decision falls at
/// once, and how unlike two frames are is their mean difference in luma times what their
/// correlation lacks: light that is switched on changes the one and not the other. Where
/// everything gets brighter at once, as in a flash, or nothing is seen at all, the next frames
/// decide. A slow fade is no cut. Its value can be stored and go on later.
public struct ShotDetector: Hashable, Sendable, Codable {
  /// How many times as unlike as usual the frames at a cut are.
  public let threshold: Double
  /// The last frame that is no flash.
  private var last = Thumbnail()
  /// How much frames differ in this shot, in steps of luma, as a running mean.
  private var usual = 0.0
  /// Frames since `last`.
  private var waiting = 0

  public init(threshold: Double = 2) { self.threshold = threshold }

  /// The least mean difference of a cut, in steps of luma.
  private static let leastDifference = 10.0
  /// Frames that a flash may last.
  private static let longestFlash = 2

  /// Whether a new shot starts with this frame.
  ///
  /// The first frame of all does not count as a cut; after a frame in which nothing is seen, or
  /// everything far brighter, the one in which something is seen again may.
  package mutating func isCut(_ luma: GrayImage) -> Bool { isCut(Thumbnail(of: luma)) }

  private mutating func isCut(_ thumbnail: Thumbnail) -> Bool {
    guard let difference = thumbnail.difference(from: last) else {
      last = thumbnail
      return false
    }
    let likeness = thumbnail.likeness(to: last)
    let unlike = difference * (1 - max(0, likeness))
    let jumps =
      difference > ShotDetector.leastDifference && unlike > threshold * max(usual, 1)
    let isFlash = thumbnail.isBrighter(than: last) && likeness > 0.3
    if jumps, thumbnail.isPlain || (isFlash && waiting < ShotDetector.longestFlash) {
      waiting += 1
      return false
    }
    waiting = 0
    last = thumbnail
    usual += (difference - usual) / 8
    return jumps
  }
}
