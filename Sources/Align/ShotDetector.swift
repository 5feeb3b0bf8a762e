public import FaceCore

/// Tells where a video cuts: a frame that differs from the one before by far more than the frames
/// before it differed from each other.
///
/// Frames are compared as thumbnails of 32 × 18 colours, so it costs little; a slow fade is no cut.
/// Its value can be stored and go on later.
public struct ShotDetector: Hashable, Sendable, Codable {
  /// The least mean difference of a cut, in steps of 255.
  public let threshold: Double
  private var last: [Int] = []
  /// How much frames differ in this shot, in the same steps, as a running mean.
  private var usual = 0.0

  public init(threshold: Double = 14) { self.threshold = threshold }

  /// Whether a new shot starts with this frame.
  ///
  /// The first frame of all does not count as a cut.
  public mutating func isCut(_ frame: Image) -> Bool {
    let thumbnail = ShotDetector.thumbnail(of: frame)
    defer { last = thumbnail }
    guard last.count == thumbnail.count else { return false }
    let sum = zip(last, thumbnail).reduce(0) { $0 + abs($1.0 - $1.1) }
    let difference = Double(sum) / Double(thumbnail.count)
    if difference > threshold, difference > 4 * usual {
      usual = 0
      return true
    }
    usual += (difference - usual) / 8
    return false
  }

  /// Means of up to 16 pixels spread over each of 32 × 18 fields, three channels each.
  private static func thumbnail(of frame: Image) -> [Int] {
    let (across, down, steps) = (32, 18, 4)
    let bytes = frame.bytes.span
    var result = [Int](repeating: 0, count: across * down * 3)
    for y in 0..<down * steps {
      let row = min(frame.height - 1, (2 * y + 1) * frame.height / (2 * down * steps))
      for x in 0..<across * steps {
        let column = min(frame.width - 1, (2 * x + 1) * frame.width / (2 * across * steps))
        let from = (row * frame.width + column) * 3
        let to = ((y / steps) * across + x / steps) * 3
        for channel in 0..<3 { result[to + channel] += Int(bytes[from + channel]) }
      }
    }
    return result.map { $0 / (steps * steps) }
  }
}
