public import FaceCore

/// How strongly the landmarks of a track are smoothed.
public struct LandmarkSmoothing: Hashable, Sendable, Codable {
  /// What a still face is low-passed at, in hertz: lower is calmer.
  public var cutoff: Double
  /// How much each eye distance a second of speed raises that, in hertz: higher follows faster.
  public var response: Double

  public init(cutoff: Double = 1.5, response: Double = 4) {
    precondition(cutoff > 0 && response >= 0, "a cutoff is positive")
    self.cutoff = cutoff
    self.response = response
  }

  /// The landmarks of one track without their tremble.
  ///
  /// Each point passes the One-Euro filter (Casiez, Roussel and Vogel, CHI 2012) from the first
  /// frame to the last and from the last to the first, and the two are averaged, so that nothing
  /// lags. `times` are seconds, growing, one for each; traps otherwise.
  public func smoothed(_ track: [Landmarks], times: [Double]) -> [Landmarks] {
    precondition(track.count == times.count, "each frame has a time")
    precondition(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "times grow")
    guard track.count > 1 else { return track }
    let sizes = track.map { Double(max($0.interEyeDistance, 1)) }
    let size = sizes.reduce(0, +) / Double(sizes.count)
    let forth = filtered(track, times: times, size: size)
    let back = filtered(track.reversed(), times: times.reversed().map { -$0 }, size: size)
    return zip(forth, back.reversed()).map { first, second in
      Landmarks(zip(first.points, second.points).map { ($0 + $1) * 0.5 })
    }
  }

  /// One pass; what the filter calls speed is measured in eye distances a second.
  private func filtered(_ track: [Landmarks], times: [Double], size: Double) -> [Landmarks] {
    var state = track[0].points
    var speeds = [Point](repeating: Point(x: 0, y: 0), count: Landmarks.count)
    var result = [track[0]]
    for frame in 1..<track.count {
      let elapsed = times[frame] - times[frame - 1]
      let speedPart = Float(LandmarkSmoothing.part(cutoff: 1, elapsed: elapsed))
      for index in state.indices {
        let seen = track[frame][index]
        let step = (seen - track[frame - 1][index]) * Float(1 / (elapsed * size))
        speeds[index] = speeds[index] + (step - speeds[index]) * speedPart
        let speed = Double(speeds[index].distance(to: Point(x: 0, y: 0)))
        let part = LandmarkSmoothing.part(cutoff: cutoff + response * speed, elapsed: elapsed)
        state[index] = state[index] + (seen - state[index]) * Float(part)
      }
      result.append(Landmarks(state))
    }
    return result
  }

  /// How much of the new value a low pass of first order takes.
  private static func part(cutoff: Double, elapsed: Double) -> Double {
    let step = 2 * Double.pi * cutoff * elapsed
    return step / (step + 1)
  }
}
