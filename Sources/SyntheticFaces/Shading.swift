import FaceCore
import Foundation

/// Colours of one scene's surfaces: everything a sample needs besides its triangle.
struct Shading {
  let key: Vector
  let keyColor: Vector
  let skin: SkinTexture
  let ear: Vector
  let eyes: FaceIdentity.Eyes
  let hair: HairPattern
  let hairColor: Vector
  let clothes: Clothes
  /// Camera-frame direction of the head's crown.
  let up: Vector
  let clothSeed: UInt32

  init(model: HeadModel, scene: Scene) {
    key = scene.light.keyVector
    keyColor = scene.light.keyColor.vector * scene.light.keyStrength
    skin = model.skin
    ear = model.head.skin.tone.vector * Vector(1.0, 0.82, 0.8)
    eyes = model.face.eyes
    hair = HairPattern(model.head)
    hairColor = model.head.hair.color.vector
    clothes = scene.clothes
    up = -Vector(
      Rotation(scene.pose).rows.0.y, Rotation(scene.pose).rows.1.y, Rotation(scene.pose).rows.2.y)
    clothSeed = scene.backdrop.seed
  }

  /// What one sample knows of its place.
  struct Sample {
    var normal: Vector
    /// Toward the camera.
    var view: Vector
    /// Light of the surroundings.
    var ambient: Vector
    /// Share of the key light, 0 to 1.
    var open: Float
    var place: SIMD2<Float>
  }

  /// Linear colour toward the camera.
  @inline(__always)
  func color(_ material: Material, _ sample: Sample, texels: UnsafePointer<SIMD4<UInt8>>)
    -> Vector
  {
    switch material {
    case .skin:
      let texel = fetch(texels, sample.place)
      return flesh(Vector(texel.x, texel.y, texel.z), gloss: texel.w, sample)
    case .ear: return flesh(ear, gloss: 0.25, sample)
    case .eye: return eye(sample)
    case .teeth: return teeth(sample)
    case .mouth:
      let facing = max(0, dot(sample.normal, key)) * sample.open
      return Vector(0.25, 0.07, 0.065) * (sample.ambient + keyColor * facing)
        + Vector(0.004, 0.0015, 0.0015)
    case .tongue:
      return Vector(0.2, 0.05, 0.05) * (sample.ambient * 0.25 + keyColor * (0.1 * sample.open))
    case .hair: return strands(sample)
    case .cloth: return cloth(sample)
    }
  }

  @inline(__always)
  private func fetch(_ texels: UnsafePointer<SIMD4<UInt8>>, _ cell: SIMD2<Float>) -> SIMD4<Float> {
    let x = max(0, min(Float(skin.width) - 1.001, cell.x * Float(SkinTexture.scale)))
    let y = max(0, min(Float(skin.height) - 1.001, cell.y * Float(SkinTexture.scale)))
    let column = Int(x)
    let row = Int(y)
    let fx = x - Float(column)
    let fy = y - Float(row)
    let at = texels + row * skin.width + column
    let upper = SIMD4<Float>(at[0]) * (1 - fx) + SIMD4<Float>(at[1]) * fx
    let lower = SIMD4<Float>(at[skin.width]) * (1 - fx) + SIMD4<Float>(at[skin.width + 1]) * fx
    let root = (upper * (1 - fy) + lower * fy) * (1 / 255)
    return SIMD4(root.x * root.x, root.y * root.y, root.z * root.z, root.w)
  }

  /// Skin: light that wraps around as it scatters inside, red the farthest, under a soft shine.
  @inline(__always)
  private func flesh(_ albedo: Vector, gloss: Float, _ s: Sample) -> Vector {
    let facing = dot(s.normal, key)
    let wrap = Vector(0.34, 0.17, 0.11)
    var diffuse = (Vector(repeating: facing) + wrap) / (wrap + 1)
    diffuse = diffuse.clamped(lowerBound: .zero, upperBound: .one)
    diffuse *= mix(diffuse, .one, 0.55)
    // Shadow edges are red for the same reason.
    let edge = s.open * (1 - s.open)
    let open = Vector(s.open + 0.35 * edge, s.open, s.open)
    var color = albedo * (s.ambient + keyColor * diffuse * open)
    let half = normalized(key + s.view)
    let aligned = max(0, dot(s.normal, half))
    let grazing = 1 - max(0, dot(s.normal, s.view))
    let fresnel = 0.03 + 0.5 * grazing * grazing * grazing * grazing * grazing
    let a2 = aligned * aligned
    let a8 = a2 * a2 * a2 * a2
    let a16 = a8 * a8
    let a48 = a16 * a16 * a16
    let shine = fresnel * gloss * max(0, min(1, facing * 3)) * s.open
    color += keyColor * (shine * (0.9 * a8 + 3.2 * a48))
    color += s.ambient * (gloss * 0.5 * fresnel)
    return color
  }

  @inline(__always)
  private func eye(_ s: Sample) -> Vector {
    let r = (s.place.x * s.place.x + s.place.y * s.place.y).squareRoot()
    let iris: Float = 0.47
    var albedo = Vector(0.56, 0.51, 0.48)
    albedo *= mix(.one, Vector(0.55, 0.4, 0.37), smoothstep(0.55, 0.95, r))
    // The upper lid and its lashes shade the ball.
    albedo *= mix(0.5, 1, smoothstep(-0.36, -0.1, s.place.y))
    if r < iris + 0.04 {
      let turn = atan2(s.place.y, abs(s.place.x))
      let fibre = Noise.value(turn * 9, r * 5, 77)
      let ring = smoothstep(iris * 0.75, iris, r)
      var color = eyes.iris.vector * (0.55 + 0.9 * fibre) * (1 + 0.5 * smoothstep(0.3, 0.2, r))
      color *= 1 - 0.75 * ring
      color *= smoothstep(0.165, 0.2, r)
      albedo = mix(albedo, color, smoothstep(iris + 0.04, iris - 0.02, r))
    }
    let facing = max(0, (dot(s.normal, key) + 0.25) / 1.25)
    var color = albedo * (s.ambient * 0.85 + keyColor * (facing * s.open))
    let half = normalized(key + s.view)
    let aligned = max(0, dot(s.normal, half))
    let glint = pow(aligned, 220) * s.open
    color += keyColor * (glint * 1.2) + s.ambient * 0.025
    return color
  }

  @inline(__always)
  private func teeth(_ s: Sample) -> Vector {
    let a = abs(s.place.x)
    // Widths fall from the middle outward.
    let place = a / (0.86 - 0.06 * a)
    let gap = abs(place - place.rounded())
    let edge = smoothstep(0, 0.12, gap)
    let albedo = Vector(0.72, 0.66, 0.56) * (0.6 + 0.4 * edge) * (1 - 0.24 * a)
    let facing = max(0, dot(s.normal, key))
    return albedo * (s.ambient * 0.62 + keyColor * (0.6 * facing * s.open))
  }

  /// Source of the shine: Kajiya and Kay, "Rendering Fur with Three Dimensional Textures", 1989.
  @inline(__always)
  private func strands(_ s: Sample) -> Vector {
    let strand = hair.strand(s.place)
    let tangent = normalized(up - s.normal * dot(up, s.normal) + s.normal * ((strand - 1) * 0.25))
    let toward = dot(tangent, key)
    let across = max(0, 1 - toward * toward).squareRoot()
    let facing = smoothstep(-0.4, 0.7, dot(s.normal, key))
    let half = normalized(key + s.view)
    let along = dot(tangent, half)
    let shine = max(0, 1 - along * along).squareRoot()
    let s8 = shine * shine * shine * shine * shine * shine * shine * shine
    let s32 = s8 * s8 * s8 * s8
    let root = 0.45 + 0.55 * smoothstep(0.02, 0.3, s.place.y)
    var color = hairColor * (strand * root)
    let direct: Float = 0.75 * across * facing * s.open
    color *= s.ambient + keyColor * direct
    let glow = (hairColor * 1.5 + Vector(repeating: 0.02)) * (strand * strand)
    let amount: Float = facing * s.open * (0.1 * s8 + 0.9 * s32)
    color += keyColor * glow * amount
    return color
  }

  @inline(__always)
  private func cloth(_ s: Sample) -> Vector {
    var albedo = clothes.color.vector
    if let stripes = clothes.stripes {
      let wave = (s.place.y * 1.5) - (s.place.y * 1.5).rounded(.down)
      albedo = mix(albedo, stripes.vector, smoothstep(0.44, 0.5, wave) * smoothstep(1, 0.94, wave))
    }
    if s.place.y < 0.9 { albedo *= 0.72 }
    let fold = Noise.octaves(abs(s.place.x) * 3, s.place.y * 1.2, clothSeed, count: 2)
    let knit = Noise.value(s.place.x * 90, s.place.y * 14, clothSeed &+ 1)
    albedo *= 0.62 + 0.5 * fold + 0.2 * knit
    let facing = max(0, (dot(s.normal, key) + 0.1) / 1.1)
    return albedo * (s.ambient + keyColor * (facing * s.open))
  }
}
