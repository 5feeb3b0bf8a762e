/// How one stage spent its time.
public struct StageStatistics: Hashable, Sendable, Codable {
  public let name: String
  public internal(set) var frames = 0
  /// Seconds of work.
  public private(set) var busy = 0.0
  /// Seconds it waited for the stage before.
  public private(set) var waitedForInput = 0.0
  /// Seconds it waited for the stage after.
  public private(set) var waitedForOutput = 0.0

  init(name: String) { self.name = name }

  /// Frames a second it could do without waiting.
  public var framesPerSecond: Double { busy > 0 ? Double(frames) / busy : 0 }

  /// Share of its time it waited, 0 to 1.
  public var waitShare: Double {
    let waited = waitedForInput + waitedForOutput
    return waited + busy > 0 ? waited / (waited + busy) : 0
  }

  mutating func busy<Made>(_ body: () throws -> Made) rethrows -> Made {
    let start = ContinuousClock.now
    defer { busy += start.secondsToNow }
    return try body()
  }

  mutating func waitingForInput<Made>(_ body: () -> Made) -> Made {
    let start = ContinuousClock.now
    defer { waitedForInput += start.secondsToNow }
    return body()
  }

  mutating func waitingForOutput<Made>(_ body: () -> Made) -> Made {
    let start = ContinuousClock.now
    defer { waitedForOutput += start.secondsToNow }
    return body()
  }
}

extension ContinuousClock.Instant {
  package var secondsToNow: Double { duration(to: .now) / .seconds(1) }
}
