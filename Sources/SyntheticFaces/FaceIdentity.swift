import FaceCore
import Foundation

/// Who a synthetic face is: shape, skin, eyes, brows and hair, all from numbers.
public struct FaceIdentity: Codable, Hashable, Sendable {
  public var name: String
  /// Picks the places of freckles, moles and strands; 0 makes hair the same on both sides.
  public var seed: UInt32
  public var shape: FaceShape
  public var skin: Skin
  public var eyes: Eyes
  public var brows: Brows
  public var hair: Hair

  public init(
    name: String, seed: UInt32, shape: FaceShape, skin: Skin, eyes: Eyes, brows: Brows,
    hair: Hair
  ) {
    self.name = name
    self.seed = seed
    self.shape = shape
    self.skin = skin
    self.eyes = eyes
    self.brows = brows
    self.hair = hair
  }

  /// A linear RGB colour, 0 to 1.
  public struct Color: Codable, Hashable, Sendable {
    public var red, green, blue: Float

    public init(_ red: Float, _ green: Float, _ blue: Float) {
      (self.red, self.green, self.blue) = (red, green, blue)
    }

    var vector: Vector { Vector(red, green, blue) }
  }

  /// Albedo and gloss of the skin.
  public struct Skin: Codable, Hashable, Sendable {
    public var tone: Color
    public var lips: Color
    /// Redness of cheeks and nose, 0 to 1.
    public var blush: Float = 0.4
    /// 0 to 1.
    public var freckles: Float = 0
    /// Shadow of a shaved beard, 0 to 1.
    public var stubble: Float = 0
    /// Number of moles.
    public var moles: Int = 2
    /// Uneven tone, 0 to 1; 0 makes a skin that is the same on both sides.
    public var mottling: Float = 0.5
    /// Folds and shadows of age, 0 to 1.
    public var age: Float = 0.3
    /// Strength of the shine, 0 to 1.
    public var shine: Float = 0.5
  }

  public struct Eyes: Codable, Hashable, Sendable {
    public var iris: Color
    /// Dark line of lashes, 0 to 1.
    public var lashes: Float = 0.6
  }

  public struct Brows: Codable, Hashable, Sendable {
    public var color: Color
    /// 0 to 1.
    public var thickness: Float = 0.5
    /// −1 falls, 1 is strongly arched.
    public var arch: Float = 0
    /// 0 to 1.
    public var density: Float = 0.7
  }

  public struct Hair: Codable, Hashable, Sendable {
    public var color: Color
    /// Length that hangs below the ears, in centimetres; 0 is short hair.
    public var length: Float = 0
    /// Thickness over the skull, in centimetres.
    public var volume: Float = 1.2
    /// Height of the hairline above the mean, in centimetres.
    public var hairline: Float = 0
    /// How far the temples recede, 0 to 1.
    public var recession: Float = 0.2
    /// 0 straight, 1 wavy.
    public var wave: Float = 0.2
  }
}

/// Shape of a head, as deviations from the mean head: 0 is the mean, ±1 is strong, ±2 the end.
public struct FaceShape: Codable, Hashable, Sendable {
  public var faceWidth: Float = 0
  public var jawWidth: Float = 0
  public var chinWidth: Float = 0
  public var chinLength: Float = 0
  public var chinForward: Float = 0
  public var cheekbones: Float = 0
  public var cheekFullness: Float = 0
  public var foreheadHeight: Float = 0
  public var foreheadSlope: Float = 0
  public var browRidge: Float = 0
  public var eyeSize: Float = 0
  public var eyeSpacing: Float = 0
  public var eyeTilt: Float = 0
  public var eyeDepth: Float = 0
  public var eyeOpening: Float = 0
  public var noseLength: Float = 0
  public var noseWidth: Float = 0
  public var noseBridge: Float = 0
  public var noseTip: Float = 0
  public var noseTurn: Float = 0
  public var mouthWidth: Float = 0
  public var mouthHeight: Float = 0
  public var upperLip: Float = 0
  public var lowerLip: Float = 0
  public var earSize: Float = 0
  public var neckWidth: Float = 0

  public init() {}
}
