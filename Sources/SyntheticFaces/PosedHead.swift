import FaceCore
import Foundation

/// A figure in a scene: every vertex in the camera frame with what shading needs to know.
struct PosedHead {
  /// Camera frame, in centimetres.
  let positions: [Vector]
  let normals: [Vector]
  /// Light of the surroundings on a white surface, linear; share of the key light in `w`.
  let light: [SIMD4<Float>]

  /// The point of the head frame that stays in place when the head turns: the top of the neck.
  static let pivot = Vector(0, 3, 9)
  private static let torsoPivot = Vector(0, 14, 9)

  init(model: HeadModel, scene: Scene) {
    let frame = Frame(scene)
    let positions = Self.place(model: model, scene: scene, frame: frame)
    self.positions = positions
    normals = MeshNormals.compute(
      positions: positions, triangles: model.triangles, seams: HeadGrid.shared.seams)
    light = Self.shade(model: model, scene: scene, frame: frame, normals: normals)
  }

  /// The two rigid motions of a figure.
  struct Frame {
    let head: Rotation
    let torso: Rotation
    let origin: Vector

    init(_ scene: Scene) {
      head = Rotation(scene.pose)
      torso = Rotation(scene.torso)
      origin = Vector(scene.position[0], scene.position[1], scene.position[2])
    }

    @inline(__always)
    func headPoint(_ p: Vector) -> Vector { head.apply(p - PosedHead.pivot) + origin }

    @inline(__always)
    func torsoPoint(_ p: Vector) -> Vector {
      let base = PosedHead.torsoPivot
      return torso.apply(p - base) + (base - PosedHead.pivot) + origin
    }
  }

  private static func place(model: HeadModel, scene: Scene, frame: Frame) -> [Vector] {
    let weights = ExpressionWeights.shared.head
    var result = model.shape.deformed(by: scene.expression)
    result.reserveCapacity(model.vertexCount)
    for i in result.indices {
      let turned = frame.headPoint(result[i])
      result[i] =
        weights[i] >= 1 ? turned : mix(frame.torsoPoint(result[i]), turned, weights[i])
    }
    for (i, part) in model.parts.enumerated() {
      result += part.positions.map { point in
        switch i {
        case HeadModel.Part.leftEye:
          frame.headPoint(eye(model.shape.leftEye, point, scene.expression))
        case HeadModel.Part.rightEye:
          frame.headPoint(eye(model.shape.rightEye, point, scene.expression))
        case HeadModel.Part.lowerTeeth, HeadModel.Part.tongue:
          frame.headPoint(HeadShape.jawRotated(point, angle: 0.25 * scene.expression.jawOpen))
        case HeadModel.Part.torso: frame.torsoPoint(point)
        case HeadModel.Part.hair:
          // Long hair rests on the shoulders.
          mix(frame.torsoPoint(point), frame.headPoint(point), smoothstep(17, 2, point.y))
        default: frame.headPoint(point)
        }
      }
    }
    return result
  }

  private static func eye(
    _ eye: EyeShape, _ point: Vector, _ expression: FaceExpression
  ) -> Vector {
    let yaw = expression.gazeYaw * .pi / 180
    let pitch = expression.gazePitch * .pi / 180
    // Up and down about x, then sideways about y; −z is forward.
    let y = point.y * cos(pitch) + point.z * sin(pitch)
    let z = point.z * cos(pitch) - point.y * sin(pitch)
    let turned = Vector(point.x * cos(yaw) - z * sin(yaw), y, z * cos(yaw) + point.x * sin(yaw))
    return eye.center + turned * eye.radius
  }

  private static func shade(
    model: HeadModel, scene: Scene, frame: Frame, normals: [Vector]
  ) -> [SIMD4<Float>] {
    let irradiance = scene.light.irradiance
    let key = scene.light.keyVector
    let headCone = Occlusion.cone(around: frame.head.applyInverse(key))
    let torsoCone = Occlusion.cone(around: frame.torso.applyInverse(key))
    let torsoStart = model.starts[HeadModel.Part.torso]
    let inside = insideShade(model: model)
    let open = visibility(
      model: model, torsoStart: torsoStart, head: headCone, torso: torsoCone)
    return (0..<model.vertexCount).map { i in
      let onTorso = i >= torsoStart
      let visible = open[i]
      let rotation = onTorso ? frame.torso : frame.head
      let normal = normalized(normals[i] + rotation.apply(model.occlusion.bend[i]))
      let shade =
        inside[i] < 0 ? -inside[i] : (0.22 + 0.78 * model.occlusion.ambient[i]) * inside[i]
      let ambient =
        Vector(irradiance[0](normal), irradiance[1](normal), irradiance[2](normal)) * shade
      return SIMD4(
        ambient.clamped(lowerBound: .zero, upperBound: Vector(repeating: 50)),
        inside[i] < 0 ? -inside[i] : visible * inside[i])
    }
  }

  /// Share of the key light that reaches each vertex, smoothed over the head's grid.
  private static func visibility(
    model: HeadModel, torsoStart: Int, head: [Occlusion.Direction], torso: [Occlusion.Direction]
  ) -> [Float] {
    var open = model.occlusion.open.indices.map { i in
      var visible: Float = 0
      for entry in i >= torsoStart ? torso : head
      where model.occlusion.open[i][entry.word] & entry.bit != 0 {
        visible += entry.weight
      }
      return visible
    }
    HeadGrid.shared.smooth(&open)
    return open
  }

  /// Darkness of what lies inside the head, where depth pictures at rest cannot tell: a factor,
  /// or, negative, the share itself.
  private static func insideShade(model: HeadModel) -> [Float] {
    let grid = HeadGrid.shared
    var shade = [Float](repeating: 1, count: model.vertexCount)
    let mouth: [Float] = [0.85, 0.5, 0.35, 0.12]
    for ring in 0..<4 {
      for i in grid.mouth.upperRims[ring] + grid.mouth.lowerRims[ring] { shade[i] = mouth[ring] }
    }
    for slit in [grid.leftEye, grid.rightEye] {
      for (ring, value) in [Float(0.85), 0.35].enumerated() {
        for i in slit.upperRims[ring] + slit.lowerRims[ring] { shade[i] = value }
      }
    }
    for part in [HeadModel.Part.upperTeeth, HeadModel.Part.lowerTeeth, HeadModel.Part.tongue] {
      let start = model.starts[part]
      for i in start..<start + model.parts[part].positions.count { shade[i] = -0.6 }
    }
    return shade
  }
}
