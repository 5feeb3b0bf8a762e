public import FaceCore
import Foundation

/// A scripted motion: what a head does at every moment, from a seed.
public struct Performance: Codable, Hashable, Sendable {
  public let seed: UInt64
  /// Turn of the head at the ends of its range, in degrees.
  public var yawRange: Double
  public var pitchRange: Double
  /// In seconds.
  public let duration: Double
  private let turns: [Turn]
  let syllables: [Syllable]
  private let blinks: [Double]
  private let gestures: [Gesture]

  /// Where the head looks at one moment; between two it moves smoothly.
  private struct Turn: Codable, Hashable {
    var yaw, pitch, roll: Double
  }

  /// One opening of the mouth.
  struct Syllable: Codable, Hashable {
    /// In seconds.
    var start, length: Double
    /// 0 to 1.
    var jaw: Float
    /// −1 to 1.
    var pucker: Float
    /// Relative to the voice's own.
    var pitch: Float

    /// 0 to 1 to 0 over its length.
    func envelope(_ time: Double) -> Float {
      let along = (time - start) / length
      guard along > 0, along < 1 else { return 0 }
      return Float(0.5 - 0.5 * cos(2 * .pi * along))
    }
  }

  /// A smile, a frown or a look that comes and goes.
  private struct Gesture: Codable, Hashable {
    var start, length: Double
    var smile, raise, furrow, squint: Float
    var gaze: Double

    func weight(_ time: Double) -> Float {
      smoothstep(0, 0.3, Float(time - start)) * smoothstep(0, 0.4, Float(start + length - time))
    }
  }

  private static let turnInterval = 1.05

  /// `duration` in seconds, ranges in degrees.
  public init(
    seed: UInt64, duration: Double, yawRange: Double = 50, pitchRange: Double = 20
  ) {
    self.seed = seed
    self.duration = duration
    self.yawRange = yawRange
    self.pitchRange = pitchRange
    var generator = SeededGenerator(seed: seed, stream: 2)
    turns = Self.makeTurns(duration, &generator)
    syllables = Self.makeSyllables(duration, &generator)
    blinks = Self.makeBlinks(duration, &generator)
    gestures = Self.makeGestures(duration, &generator)
  }

  /// Turn of the head.
  public func pose(at time: Double) -> Pose {
    let place = max(0, time) / Self.turnInterval
    let i = min(turns.count - 4, Int(place))
    let t = min(1, place - Double(i))
    func spline(_ value: (Turn) -> Double) -> Double {
      let (a, b, c, d) = (
        value(turns[i]), value(turns[i + 1]), value(turns[i + 2]), value(turns[i + 3])
      )
      // The uniform cubic B-spline never leaves the range of its knots.
      let u = 1 - t
      let inner = b * (4 - 6 * t * t + 3 * t * t * t) + c * (4 - 6 * u * u + 3 * u * u * u)
      return (a * u * u * u + inner + d * t * t * t) / 6
    }
    // Averaging four knots shrinks the range: stretch it and stop softly at the ends.
    func stretched(_ value: Double, _ range: Double) -> Double { range * tanh(2.8 * value) }
    let nod = Double(talking(time)) * 1.2 * sin(time * 7.1)
    return Pose(
      yaw: stretched(spline(\.yaw), yawRange), pitch: stretched(spline(\.pitch), pitchRange) + nod,
      roll: spline(\.roll) * 12)
  }

  /// How far the mouth is opened by speech, 0 to 1.
  public func talking(_ time: Double) -> Float {
    min(1, syllables.reduce(0) { $0 + $1.jaw * $1.envelope(time) })
  }

  /// The face.
  public func expression(at time: Double) -> FaceExpression {
    var face = FaceExpression()
    face.jawOpen = talking(time)
    for syllable in syllables {
      // Lips lead the voice a little and stay a little longer.
      let along = Float((time - syllable.start) / syllable.length)
      guard along > -0.4, along < 1.4 else { continue }
      face.pucker += syllable.pucker * smoothstep(-0.4, 0.2, along) * smoothstep(1.4, 0.8, along)
    }
    var gaze = 0.0
    for gesture in gestures {
      let weight = gesture.weight(time)
      face.smile += gesture.smile * weight
      face.browRaise += gesture.raise * weight
      face.browFurrow += gesture.furrow * weight
      face.squint += gesture.squint * weight
      gaze += gesture.gaze * Double(weight)
    }
    face.pucker = max(-1, min(1, face.pucker)) * (1 - 0.6 * max(0, face.smile))
    let turn = pose(at: time)
    face.gazeYaw = Float(max(-22, min(22, gaze - 0.4 * turn.yaw)))
    face.gazePitch = Float(max(-14, min(14, -0.5 * turn.pitch)))
    let closed =
      blinks.map { blink in
        smoothstep(0, 0.09, Float(time - blink)) * smoothstep(0.27, 0.13, Float(time - blink))
      }.max() ?? 0
    face.blinkLeft = closed
    face.blinkRight = closed
    return face
  }

  private static func makeTurns(
    _ duration: Double, _ generator: inout SeededGenerator
  ) -> [Turn] {
    let count = Int(duration / turnInterval) + 5
    // Yaw and pitch fill the range evenly (Halton), from a random start.
    let start = Int.random(in: 20..<400, using: &generator)
    func halton(_ index: Int, _ base: Int) -> Double {
      var (value, share, rest) = (0.0, 1.0, index)
      while rest > 0 {
        share /= Double(base)
        value += share * Double(rest % base)
        rest /= base
      }
      return value * 2 - 1
    }
    return (0..<count).map { i in
      Turn(
        yaw: halton(start + i, 2), pitch: halton(start + i, 3),
        roll: Double.random(in: -1...1, using: &generator))
    }
  }

  private static func makeSyllables(
    _ duration: Double, _ generator: inout SeededGenerator
  ) -> [Syllable] {
    var result = [Syllable]()
    var time = 0.3
    while time < duration - 0.3 {
      let count = Int.random(in: 5...13, using: &generator)
      for i in 0..<count where time < duration - 0.3 {
        let length = Double.random(in: 0.15...0.29, using: &generator)
        let rounded = Double.random(in: 0...1, using: &generator)
        result.append(
          Syllable(
            start: time, length: length * 1.25,
            jaw: Float.random(in: 0.12...0.62, using: &generator),
            pucker: rounded < 0.3
              ? Float.random(in: 0.4...0.9, using: &generator)
              : Float.random(in: -0.6...0.15, using: &generator),
            pitch: 1.18 - 0.3 * Float(i) / Float(count)
              + Float.random(in: -0.06...0.06, using: &generator)))
        time += length
      }
      time += Double.random(in: 0.35...0.9, using: &generator)
    }
    return result
  }

  private static func makeBlinks(
    _ duration: Double, _ generator: inout SeededGenerator
  ) -> [Double] {
    var result = [Double]()
    var time = Double.random(in: 0.5...1.8, using: &generator)
    while time < duration {
      result.append(time)
      time += Double.random(in: 1.6...4.2, using: &generator)
    }
    return result
  }

  private static func makeGestures(
    _ duration: Double, _ generator: inout SeededGenerator
  ) -> [Gesture] {
    var result = [Gesture]()
    var time = 0.0
    while time < duration {
      let length = Double.random(in: 0.9...2.2, using: &generator)
      let kind = Int.random(in: 0..<5, using: &generator)
      let strength = Float.random(in: 0.45...1, using: &generator)
      var gesture = Gesture(
        start: time, length: length, smile: 0, raise: 0, furrow: 0, squint: 0,
        gaze: Double.random(in: -12...12, using: &generator))
      switch kind {
      case 0, 1:
        gesture.smile = strength
        gesture.squint = 0.5 * strength
      case 2: gesture.raise = strength
      case 3:
        gesture.furrow = strength
        gesture.raise = -0.4 * strength
        gesture.smile = -0.4 * strength
      default: gesture.smile = 0.25 * strength
      }
      result.append(gesture)
      time += length * 0.85
    }
    return result
  }
}
