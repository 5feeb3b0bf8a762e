import FaceCore
import Foundation

extension FaceIdentity {
  /// The demo's source: pale oval face, full lips, green eyes, long auburn hair.
  public static let alice: FaceIdentity = {
    var shape = FaceShape()
    shape.faceWidth = -0.5
    shape.jawWidth = -1.3
    shape.chinWidth = -0.8
    shape.chinLength = -0.4
    shape.cheekbones = 0.9
    shape.cheekFullness = 0.3
    shape.browRidge = -1
    shape.foreheadSlope = -0.6
    shape.eyeSize = 0.9
    shape.eyeTilt = 0.7
    shape.eyeOpening = 0.6
    shape.eyeDepth = -0.4
    shape.noseLength = -0.6
    shape.noseWidth = -0.9
    shape.noseBridge = -0.5
    shape.noseTip = -0.4
    shape.noseTurn = 0.7
    shape.upperLip = 0.5
    shape.lowerLip = 0.6
    shape.mouthWidth = -0.2
    shape.neckWidth = -1
    return FaceIdentity(
      name: "alice", seed: 11, shape: shape,
      skin: Skin(
        tone: Color(0.62, 0.40, 0.295), lips: Color(0.46, 0.135, 0.125), blush: 0.55,
        freckles: 0.45, stubble: 0, moles: 1, mottling: 0.4, age: 0.1, shine: 0.5),
      eyes: Eyes(iris: Color(0.10, 0.19, 0.08), lashes: 0.95),
      brows: Brows(color: Color(0.13, 0.055, 0.025), thickness: 0.4, arch: 0.6, density: 0.9),
      hair: Hair(
        color: Color(0.20, 0.062, 0.02), length: 11, volume: 1.7, hairline: 0, recession: 0,
        wave: 0.5))
  }()

  /// The demo's target: brown square face, heavy straight brows, dark eyes, short black hair.
  public static let bob: FaceIdentity = {
    var shape = FaceShape()
    shape.faceWidth = 0.5
    shape.jawWidth = 1.2
    shape.chinWidth = 1.1
    shape.chinLength = 0.6
    shape.chinForward = 0.5
    shape.cheekbones = -0.2
    shape.cheekFullness = -0.4
    shape.browRidge = 1
    shape.foreheadSlope = 0.5
    shape.eyeSize = -0.5
    shape.eyeTilt = -0.5
    shape.eyeOpening = -0.4
    shape.eyeDepth = 0.6
    shape.eyeSpacing = 0.2
    shape.noseLength = 0.6
    shape.noseWidth = 0.7
    shape.noseBridge = 0.9
    shape.noseTip = 0.3
    shape.noseTurn = -0.4
    shape.upperLip = -0.5
    shape.lowerLip = -0.1
    shape.mouthWidth = 0.5
    shape.earSize = 0.4
    shape.neckWidth = 1
    return FaceIdentity(
      name: "bob", seed: 23, shape: shape,
      skin: Skin(
        tone: Color(0.50, 0.305, 0.205), lips: Color(0.33, 0.145, 0.115), blush: 0.25,
        freckles: 0, stubble: 0.7, moles: 2, mottling: 0.6, age: 0.6, shine: 0.7),
      eyes: Eyes(iris: Color(0.045, 0.02, 0.01), lashes: 0.6),
      brows: Brows(color: Color(0.012, 0.009, 0.008), thickness: 0.85, arch: -0.2, density: 0.95),
      hair: Hair(
        color: Color(0.014, 0.011, 0.010), length: 0, volume: 0.9, hairline: 0.15,
        recession: 0.75, wave: 0.3))
  }()

  /// A person drawn from a seed; equal seeds give equal people.
  public init(name: String, seed: UInt64) {
    var generator = SeededGenerator(seed: seed, stream: 1)
    func normal(_ deviation: Float) -> Float {
      min(2, max(-2, Float(generator.nextGaussian()))) * deviation
    }
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &generator) }
    var shape = FaceShape()
    for path in FaceShape.parameters { shape[keyPath: path] = normal(0.7) }
    let tones = [
      Vector(0.66, 0.44, 0.34), Vector(0.58, 0.36, 0.25), Vector(0.46, 0.265, 0.17),
      Vector(0.32, 0.17, 0.10), Vector(0.19, 0.095, 0.058), Vector(0.10, 0.05, 0.032),
    ]
    let place = uniform(0...4.999)
    let tone = mix(tones[Int(place)], tones[Int(place) + 1], place - place.rounded(.down))
    let hairs = [
      Vector(0.015, 0.011, 0.01), Vector(0.05, 0.026, 0.014), Vector(0.13, 0.06, 0.026),
      Vector(0.36, 0.23, 0.11), Vector(0.2, 0.06, 0.02), Vector(0.28, 0.27, 0.26),
    ]
    let dark = tone.x < 0.35
    let hair = hairs[Int.random(in: 0..<(dark ? 2 : hairs.count), using: &generator)]
    let irises = [
      Vector(0.04, 0.02, 0.01), Vector(0.09, 0.045, 0.02), Vector(0.10, 0.17, 0.08),
      Vector(0.12, 0.21, 0.33), Vector(0.16, 0.2, 0.22),
    ]
    let iris = irises[Int.random(in: 0..<(dark ? 2 : irises.count), using: &generator)]
    let long = Bool.random(using: &generator)
    let lips = tone * Vector(0.8, 0.45, 0.5) * uniform(0.8...1)
    self.init(
      name: name, seed: UInt32(truncatingIfNeeded: generator.next()), shape: shape,
      skin: Skin(
        tone: Color(tone), lips: Color(lips), blush: uniform(0.1...0.6),
        freckles: uniform(0...1) > 0.7 ? uniform(0.2...0.8) : 0,
        stubble: long ? 0 : uniform(0...0.8), moles: Int.random(in: 0...4, using: &generator),
        mottling: uniform(0.3...0.8), age: uniform(0...0.8), shine: uniform(0.3...0.8)),
      eyes: Eyes(iris: Color(iris), lashes: uniform(0.4...1)),
      brows: Brows(
        color: Color(hair * 0.7), thickness: uniform(0.2...0.9), arch: normal(0.5),
        density: uniform(0.6...1)),
      hair: Hair(
        color: Color(hair), length: long ? uniform(5...13) : 0, volume: uniform(0.8...1.8),
        hairline: normal(0.3), recession: long ? 0 : uniform(0...0.7), wave: uniform(0...0.7)))
  }
}

extension FaceIdentity.Color {
  init(_ vector: Vector) { self.init(vector.x, vector.y, vector.z) }
}

extension FaceShape {
  /// Every parameter, in the order a seed fills them.
  static var parameters: [WritableKeyPath<FaceShape, Float>] {
    [
      \.faceWidth, \.jawWidth, \.chinWidth, \.chinLength, \.chinForward, \.cheekbones,
      \.cheekFullness, \.foreheadHeight, \.foreheadSlope, \.browRidge, \.eyeSize, \.eyeSpacing,
      \.eyeTilt, \.eyeDepth, \.eyeOpening, \.noseLength, \.noseWidth, \.noseBridge, \.noseTip,
      \.noseTurn, \.mouthWidth, \.mouthHeight, \.upperLip, \.lowerLip, \.earSize, \.neckWidth,
    ]
  }
}
