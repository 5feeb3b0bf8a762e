public import FaceCore
import Foundation

/// A synthetic video of one person: every frame's scene, its truth, and its sound.
///
///     let renderer = clip.renderer()
///     for frame in 0..<clip.frames {
///       let drawn = renderer.render(clip.scene(at: frame))
///       let truth = clip.truth(at: frame, landmarks: drawn.landmarks)
///     }
public struct SampleClip: Sendable {
  /// A name for the file, such as `alice-1`.
  public let name: String
  public let identity: FaceIdentity
  /// Whose face belongs on this head when the clip is a swap's target; nil for training footage.
  public let swapFace: FaceIdentity?
  public let frames: Int
  public let framesPerSecond: Int
  /// In pixels.
  public let width: Int
  public let height: Int
  public let look: ClipLook
  public let performance: Performance

  /// A clip whose motion, framing, light and room follow from the seed; ranges in degrees to either
  /// side.
  public init(
    name: String, identity: FaceIdentity, seed: UInt64, frames: Int, width: Int = 640,
    height: Int = 360, framesPerSecond: Int = 25, look: ClipLook? = nil,
    yawRange: Double = 50, pitchRange: Double = 20, swapFace: FaceIdentity? = nil
  ) {
    precondition(frames > 0 && framesPerSecond > 0)
    self.name = name
    self.identity = identity
    self.swapFace = swapFace
    self.frames = frames
    self.framesPerSecond = framesPerSecond
    self.width = width
    self.height = height
    self.look = look ?? ClipLook(seed: seed)
    performance = Performance(
      seed: seed, duration: Double(frames) / Double(framesPerSecond), yawRange: yawRange,
      pitchRange: pitchRange)
  }

  /// Draws the clip's person, or with `face` that person's face on the clip's head.
  public func renderer(
    face: FaceIdentity? = nil, tone: SwapTone = .face, threads: Int = 2
  ) -> FaceRenderer {
    FaceRenderer(head: identity, face: face, tone: tone, threads: threads)
  }

  /// The scene of a frame, counted from 0.
  public func scene(at frame: Int) -> Scene {
    let time = Double(frame) / Double(framesPerSecond)
    let pose = performance.pose(at: time)
    let scale = Float(width) / 640
    let sway = look.phase
    func drift(_ period: Double, _ offset: Double) -> Float {
      Float(sin(2 * .pi * time / period + sway + offset))
    }
    var scene = Scene(
      pose: pose,
      position: [
        look.offset + 1.1 * drift(5.3, 0) + 0.05 * Float(pose.yaw), look.drop + 0.4 * drift(3.7, 1),
        look.distance + 2.5 * drift(8.9, 2),
      ],
      torso: Pose(yaw: 0.22 * pose.yaw, pitch: 0, roll: 0.2 * pose.roll),
      expression: performance.expression(at: time),
      light: look.light(azimuthDrift: 22 * drift(9.7, 3), strengthDrift: 0.1 * drift(6.1, 4)),
      camera: SceneCamera(width: width, height: height, focal: 900 * scale),
      backdrop: look.backdrop, clothes: look.clothes)
    scene.grainSeed = UInt32(truncatingIfNeeded: frame) &+ look.backdrop.seed &* 4096
    return scene
  }

  /// What is true of a frame.
  ///
  /// `landmarks` come with the drawn frame (or `FaceRenderer.landmarks`).
  public func truth(
    at frame: Int, landmarks: Landmarks, face: FaceIdentity? = nil
  ) -> FrameTruth {
    let scene = scene(at: frame)
    return FrameTruth(
      frame: frame, identity: identity.name, face: (face ?? identity).name, pose: scene.pose,
      landmarks: landmarks, expression: scene.expression, light: scene.light.truth(pose: scene.pose)
    )
  }
}

/// Framing, light, room and clothes of a clip.
public struct ClipLook: Codable, Hashable, Sendable {
  /// Of the neck from the camera, in centimetres; at 90 the eyes are 64 pixels apart at 640 × 360.
  public var distance: Float
  /// Of the neck from the middle of the picture, in centimetres, to image right and down.
  public var offset: Float
  public var drop: Float
  /// Key light in degrees: azimuth + from image right, elevation + from above.
  public var keyAzimuth: Float
  public var keyElevation: Float
  /// Irradiance over π.
  public var keyStrength: Float
  public var keyColor: FaceIdentity.Color
  public var ambient: FaceIdentity.Color
  public var sky: FaceIdentity.Color
  public var backdrop: Backdrop
  public var clothes: Clothes
  /// Of the slow drifts, in radians.
  public var phase: Double

  public init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed, stream: 3)
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    distance = uniform(78...98)
    offset = uniform(-7...7)
    drop = uniform(1.2...3.2)
    keyAzimuth = uniform(-60...60)
    keyElevation = uniform(5...50)
    keyStrength = uniform(0.45...0.95)
    let warmth = uniform(-1...1)
    keyColor = .init(1, 0.93 - 0.06 * warmth, 0.84 - 0.2 * warmth)
    let level = uniform(0.12...0.26)
    ambient = .init(level, level * 1.03, level * (1.1 + 0.1 * warmth))
    let above = uniform(0.08...0.2)
    sky = .init(above, above, above * 1.1)
    let wall = uniform(0.12...0.42)
    backdrop = Backdrop(
      seed: UInt32(truncatingIfNeeded: generator.next()),
      wall: .init(wall * uniform(0.85...1.1), wall, wall * uniform(0.8...1.15)))
    clothes = Clothes(
      color: .init(uniform(0.02...0.4), uniform(0.02...0.3), uniform(0.03...0.4)))
    if uniform(0...1) < 0.35 { clothes.stripes = .init(0.55, 0.52, 0.48) }
    phase = Double(uniform(0...6.28))
  }

  func light(azimuthDrift: Float, strengthDrift: Float) -> SceneLight {
    SceneLight(
      ambient: ambient, sky: sky, keyAzimuth: keyAzimuth + azimuthDrift,
      keyElevation: keyElevation, keyColor: keyColor,
      keyStrength: keyStrength * (1 + strengthDrift))
  }
}

/// The clips of the demo.
public struct SampleSet: Sendable {
  /// Training clips, then the target clip, whose `swapFace` is set.
  public let clips: [SampleClip]

  /// Two clips each of alice and bob that cover the same turns and the same kinds of light, and
  /// `bob-target`, half as long, which nobody trains on.
  ///
  /// `seconds` is the length of a clip.
  public static func standard(
    seconds: Double, seed: UInt64, width: Int = 640, height: Int = 360, framesPerSecond: Int = 25
  ) -> SampleSet {
    func clip(_ name: String, _ identity: FaceIdentity, _ stream: UInt64, part: Double = 1)
      -> SampleClip
    {
      var look = ClipLook(seed: seed &* 1000 &+ stream)
      // Clips of the same number share a side of light, so that both people cover both sides.
      let sides: [Float] = [-42, 38, -8]
      look.keyAzimuth = sides[Int(stream % 3)] + look.keyAzimuth * 0.15
      return SampleClip(
        name: name, identity: identity, seed: seed &* 1000 &+ stream,
        frames: max(1, Int(seconds * part * Double(framesPerSecond))), width: width,
        height: height, framesPerSecond: framesPerSecond, look: look,
        swapFace: part < 1 ? .alice : nil)
    }
    return SampleSet(clips: [
      clip("alice-1", .alice, 3), clip("alice-2", .alice, 4), clip("bob-1", .bob, 6),
      clip("bob-2", .bob, 7), clip("bob-target", .bob, 11, part: 0.5),
    ])
  }
}
