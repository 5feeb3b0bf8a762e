import FaceCore
import Foundation

/// A clip for measuring what finds near-duplicates: no two of its moments are the same.
///
/// From one moment to the next the head turns, the face moves or the light changes, a little but
/// truly, and no moment comes back to one before. So moments in copies of the clip are duplicates
/// where they are the same, and nowhere else. Of the frames on the way between two moments nobody can
/// say which they are duplicates of.
public struct MomentClip: Sendable {
  public let identity: FaceIdentity
  /// One a frame; every `stride`-th is a moment.
  public let scenes: [Scene]
  /// Frames from one moment to the next.
  public static let stride = 3
  public static let framesPerSecond = 24

  /// How far two moments are apart at least, in one of these.
  public struct Step: Sendable {
    /// Angle of the rotation between them, in degrees.
    public var rotation = 4.0
    /// Difference of jaw, smile, pucker or brows, of 2 from end to end; lids count half.
    public var expression: Float = 0.5
    /// Change of the key light's azimuth, in degrees.
    public var light: Float = 35

    public init() {}
  }

  /// Traps unless there is a moment.
  public init(
    identity: FaceIdentity, seed: UInt64, moments: Int, width: Int = 640, height: Int = 360,
    step: Step = Step()
  ) {
    precondition(moments > 0, "a clip has a frame")
    self.identity = identity
    var generator = SeededGenerator(seed: seed, stream: 9)
    let clip = SampleClip(
      name: identity.name, identity: identity, seed: seed, frames: moments, width: width,
      height: height, framesPerSecond: Self.framesPerSecond)
    var path: [Moment] = [Moment(azimuth: clip.look.keyAzimuth)]
    while path.count < moments {
      let last = path[path.count - 1]
      let next = last.moved(by: step, using: &generator)
      if path.allSatisfy({ next.isApart(from: $0, by: step) }) { path.append(next) }
    }
    let frames =
      path.indices.dropLast().flatMap { index in
        (0..<Self.stride).map {
          path[index].mixed(with: path[index + 1], Double($0) / Double(Self.stride))
        }
      } + path.suffix(1)
    scenes = frames.enumerated().map { index, moment in
      var scene = clip.scene(at: 0)
      scene.pose = moment.pose
      scene.torso = Pose(yaw: 0.22 * moment.yaw, pitch: 0, roll: 0.2 * moment.roll)
      scene.expression = moment.expression
      scene.light = clip.look.light(
        azimuthDrift: moment.azimuth - clip.look.keyAzimuth, strengthDrift: 0)
      scene.grainSeed = UInt32(truncatingIfNeeded: index) &+ clip.look.backdrop.seed &* 4096
      return scene
    }
  }

  public func renderer(threads: Int = 2) -> FaceRenderer {
    FaceRenderer(head: identity, threads: threads)
  }
}

/// What a frame shows that another may not.
private struct Moment {
  var yaw = 0.0
  var pitch = 0.0
  var roll = 0.0
  var expression = FaceExpression.neutral
  /// Of the key light, in degrees.
  var azimuth: Float

  var pose: Pose { Pose(yaw: yaw, pitch: pitch, roll: roll) }

  private static var features: [(path: WritableKeyPath<FaceExpression, Float>, low: Float)] {
    [(\.jawOpen, 0), (\.smile, -1), (\.pucker, -1), (\.browRaise, -1)]
  }

  /// One to two steps away, in one kind.
  func moved(
    by step: MomentClip.Step, using generator: inout some RandomNumberGenerator
  ) -> Moment {
    var next = self
    let length = Double.random(in: 1.05...2, using: &generator)
    switch Int.random(in: 0..<10, using: &generator) {
    case 0..<6:
      let direction = Double.random(in: 0..<2 * .pi, using: &generator)
      let tilt = Double.random(in: -0.4...0.4, using: &generator)
      let angle = length * step.rotation
      next.yaw = min(35, max(-35, yaw + angle * cos(direction)))
      next.pitch = min(18, max(-18, pitch + angle * sin(direction)))
      next.roll = min(12, max(-12, roll + angle * tilt))
    case 6..<9:
      let feature = Self.features[Int.random(in: 0..<Self.features.count, using: &generator)]
      let sign: Float = Bool.random(using: &generator) ? 1 : -1
      let value = expression[keyPath: feature.path] + sign * Float(length) * step.expression
      next.expression[keyPath: feature.path] = min(1, max(feature.low, value))
      if Int.random(in: 0..<4, using: &generator) == 0 {
        let lids: Float = expression.blinkLeft > 0.5 ? 0 : 1
        (next.expression.blinkLeft, next.expression.blinkRight) = (lids, lids)
      }
    default:
      let sign: Float = Bool.random(using: &generator) ? 1 : -1
      next.azimuth = min(70, max(-70, azimuth + sign * Float(length) * step.light))
    }
    return next
  }

  /// On the way to `other`: 0 here, 1 there.
  func mixed(with other: Moment, _ part: Double) -> Moment {
    func mix(_ from: Double, _ to: Double) -> Double { from + (to - from) * part }
    func mix(_ from: Float, _ to: Float) -> Float { from + (to - from) * Float(part) }
    var mixed = Moment(
      yaw: mix(yaw, other.yaw), pitch: mix(pitch, other.pitch), roll: mix(roll, other.roll),
      azimuth: mix(azimuth, other.azimuth))
    for path in Self.features.map(\.path) + [\.blinkLeft, \.blinkRight] {
      mixed.expression[keyPath: path] = mix(
        expression[keyPath: path], other.expression[keyPath: path])
    }
    return mixed
  }

  func isApart(from other: Moment, by step: MomentClip.Step) -> Bool {
    pose.angle(to: other.pose) >= step.rotation
      || abs(azimuth - other.azimuth) >= step.light
      || Self.features.contains {
        abs(expression[keyPath: $0.path] - other.expression[keyPath: $0.path]) >= step.expression
      } || abs(expression.blinkLeft - other.expression.blinkLeft) >= 2 * step.expression
  }
}
