public import FaceCore
import Foundation

/// A pinhole camera at the origin that looks along +z.
public struct SceneCamera: Codable, Hashable, Sendable {
  /// In pixels.
  public var width: Int
  public var height: Int
  /// Focal length, in pixels.
  public var focal: Float

  public init(width: Int, height: Int, focal: Float) {
    precondition(width > 0 && height > 0 && focal > 0)
    (self.width, self.height, self.focal) = (width, height, focal)
  }
}

/// Everything a frame shows apart from who is in it.
public struct Scene: Codable, Hashable, Sendable {
  public var pose: Pose
  /// Where the top of the neck is, which the head turns about: camera frame, centimetres.
  public var position: [Float]
  /// How the shoulders are turned.
  public var torso: Pose
  public var expression: FaceExpression
  public var light: SceneLight
  public var camera: SceneCamera
  public var backdrop: Backdrop
  public var clothes: Clothes
  /// Deviation of the film grain, in 8-bit steps.
  public var grain: Float = 1.2
  /// Picks the grain; give each frame its own.
  public var grainSeed: UInt32 = 0

  public init(
    pose: Pose, position: [Float], torso: Pose = .frontal, expression: FaceExpression = .neutral,
    light: SceneLight, camera: SceneCamera, backdrop: Backdrop = Backdrop(seed: 1),
    clothes: Clothes = Clothes(color: .init(0.05, 0.08, 0.14))
  ) {
    precondition(position.count == 3, "a position has 3 components")
    self.pose = pose
    self.position = position
    self.torso = torso
    self.expression = expression
    self.light = light
    self.camera = camera
    self.backdrop = backdrop
    self.clothes = clothes
  }
}

public struct Clothes: Codable, Hashable, Sendable {
  public var color: FaceIdentity.Color
  /// Second colour of the stripes; nil is plain.
  public var stripes: FaceIdentity.Color?

  public init(color: FaceIdentity.Color, stripes: FaceIdentity.Color? = nil) {
    self.color = color
    self.stripes = stripes
  }
}

/// An out-of-focus room, drawn from a seed.
public struct Backdrop: Codable, Hashable, Sendable {
  public var seed: UInt32
  /// Linear colour of the wall.
  public var wall: FaceIdentity.Color
  /// Things stand in the room; an empty one is the same on both sides.
  public var furnished: Bool

  public init(
    seed: UInt32, wall: FaceIdentity.Color = .init(0.30, 0.29, 0.27), furnished: Bool = true
  ) {
    (self.seed, self.wall, self.furnished) = (seed, wall, furnished)
  }

  /// Linear colours, row by row.
  func pixels(width: Int, height: Int) -> [Vector] {
    var shapes = [(x: Float, y: Float, w: Float, h: Float, blur: Float, color: Vector)]()
    if furnished {
      for i in 0..<9 {
        func random(_ j: Int32) -> Float { Noise.cell(Int32(i), j, seed) }
        let bright = random(6) > 0.72
        let tint = Vector(0.75 + 0.5 * random(3), 0.75 + 0.5 * random(4), 0.7 + 0.5 * random(5))
        let color = bright ? tint * 0.85 : tint * mix(0.03, 0.3, random(7))
        shapes.append(
          (
            mix(-0.1, 1.1, random(0)) * 1.78, mix(0, 1, random(1)), mix(0.05, 0.22, random(2)),
            mix(0.08, bright ? 0.25 : 0.5, random(8)), mix(0.06, 0.16, random(9)), color
          ))
      }
    }
    var result = [Vector](repeating: .zero, count: width * height)
    for y in 0..<height {
      let v = (Float(y) + 0.5) / Float(height)
      for x in 0..<width {
        let u = (Float(x) + 0.5) / Float(height)
        let middle = u - Float(width) / Float(height) / 2
        var color = wall.vector * (1.08 - 0.35 * v - 0.18 * middle * middle)
        for shape in shapes {
          let across = smoothstep(shape.w + shape.blur, shape.w - shape.blur, abs(u - shape.x))
          guard across > 0 else { continue }
          let down = smoothstep(shape.h + shape.blur, shape.h - shape.blur, abs(v - shape.y))
          color = mix(color, shape.color, across * down * 0.9)
        }
        result[y * width + x] = color
      }
    }
    return result
  }
}
