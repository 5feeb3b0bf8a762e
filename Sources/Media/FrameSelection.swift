/// Which frames of a video are wanted.
///
/// Whether a frame is wanted follows from the video alone, wherever reading began.
public struct FrameSelection: Hashable, Sendable, CustomStringConvertible {
  public enum Rate: Hashable, Sendable {
    case all
    /// The frames whose ordinal is a multiple.
    case every(Int)
    /// The first frame in each part of a second; all where there are fewer.
    case perSecond(Double)
    /// Frames that can be decoded without any other.
    case keyframes
  }

  public var rate: Rate
  /// Seconds on the video's clock; nil for its start.
  public var start: Double?
  /// The first second that is not wanted; nil for the video's end.
  public var end: Double?

  public static let all = FrameSelection(rate: .all)

  /// Traps on a step below 1, a rate that is not positive, and an end before the start.
  public init(rate: Rate, start: Double? = nil, end: Double? = nil) {
    switch rate {
    case .every(let step): precondition(step > 0, "a step is at least 1")
    case .perSecond(let rate): precondition(rate > 0 && rate.isFinite, "a rate is positive")
    case .all, .keyframes: break
    }
    if let start, let end { precondition(start < end, "the end lies after the start") }
    (self.rate, self.start, self.end) = (rate, start, end)
  }

  /// Whether a frame is wanted; `previous` is the time of the frame before it in the video.
  func wants(ordinal: Int, seconds: Double, previous: Double?, isKeyframe: Bool) -> Bool {
    if let start, seconds < start { return false }
    if let end, seconds >= end { return false }
    switch rate {
    case .all: return true
    case .every(let step): return ordinal % step == 0
    case .keyframes: return isKeyframe
    case .perSecond(let rate):
      // A hair is added so that 1/30 + 1/30 + … falls into the part it is the start of.
      func part(_ seconds: Double) -> Double { (seconds * rate + 1e-6).rounded(.down) }
      guard let previous else { return true }
      return part(seconds) != part(previous) || previous < (start ?? -.infinity)
    }
  }

  /// As `all`, `every:5`, `fps:2.5`, `keyframes`, with `@START-END` behind.
  public var description: String {
    let rate =
      switch rate {
      case .all: "all"
      case .every(let step): "every:\(step)"
      case .perSecond(let rate): "fps:\(rate)"
      case .keyframes: "keyframes"
      }
    guard start != nil || end != nil else { return rate }
    return rate + "@" + (start.map { "\($0)" } ?? "") + "-" + (end.map { "\($0)" } ?? "")
  }

  /// Nil unless the text is a description.
  public init?(_ text: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let words = parts[0].split(separator: ":", maxSplits: 1)
    let number = words.count == 2 ? Double(words[1]) : nil
    switch (words.first, number) {
    case ("all", nil): rate = .all
    case ("keyframes", nil): rate = .keyframes
    case ("every", let step?) where step >= 1 && step == step.rounded() && step < 1e9:
      rate = .every(Int(step))
    case ("fps", let rate?) where rate > 0 && rate.isFinite: self.rate = .perSecond(rate)
    default: return nil
    }
    guard parts.count == 2 else { return }
    let ends = parts[1].split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2 else { return nil }
    start = Double(ends[0])
    end = Double(ends[1])
    guard self.description == text, (start ?? -.infinity) < (end ?? .infinity) else { return nil }
  }
}
