import Foundation

/// A person ready to be drawn: meshes, skin and shadows at rest.
///
/// Made once, drawn many times.
///
/// With a `face` the head is `head`'s and the face region is the other person's: the right answer
/// of a face swap. Hair, ears, neck and clothes stay `head`'s, vertex for vertex.
struct HeadModel: Sendable {
  let head: FaceIdentity
  let face: FaceIdentity
  let shape: HeadShape
  let skin: SkinTexture
  /// Everything but the head's own grid: eyes, teeth, hair and so on.
  let parts: [MeshPart]
  /// First vertex of each part in the whole; the head's grid comes first.
  let starts: [Int]
  let vertexCount: Int
  let triangles: [SIMD3<Int32>]
  let materials: [Material]
  let twoSided: [Bool]
  /// Whether a triangle belongs to the face region that a swap replaces.
  let inFace: [Bool]
  let coordinates: [SIMD2<Float>]
  let occlusion: Occlusion

  /// Indices into `parts`.
  enum Part {
    static let leftEye = 0
    static let rightEye = 1
    static let upperTeeth = 2
    static let lowerTeeth = 3
    static let mouthBack = 4
    static let tongue = 5
    static let leftEar = 6
    static let rightEar = 7
    static let hair = 8
    static let torso = 9
  }

  init(head: FaceIdentity, face: FaceIdentity? = nil, tone: SwapTone = .face) {
    let weights = ExpressionWeights.shared.face
    let own = HeadModel(alone: head)
    guard let face, face != head else {
      self = own
      return
    }
    let other = HeadShape(face.shape)
    // The skin under the hair follows the hair that is there.
    var painted = face
    painted.hair = head.hair
    if tone == .head {
      let ratio = head.skin.tone.vector / face.skin.tone.vector
      painted.skin.tone = head.skin.tone
      painted.skin.lips = FaceIdentity.Color(face.skin.lips.vector * ratio)
    }
    self.init(
      head: head, face: face,
      shape: own.shape.blended(with: other, weights: ExpressionWeights.shared.faceShape),
      skin: own.skin.blended(with: SkinTexture(identity: painted), weights: weights),
      parts: own.parts, under: own)
  }

  private init(alone head: FaceIdentity) {
    // Long hair hides them.
    let ears = head.hair.length < 3
    let parts = [
      MeshPart.eyeball(), .eyeball(), .teeth(top: 1.9, bottom: 3.08, front: -1.66),
      .teeth(top: 2.56, bottom: 3.6, front: -1.4), .mouthBack(), .tongue(),
      ears ? .ear(side: -1, shape: head.shape) : MeshPart(material: .ear),
      ears ? .ear(side: 1, shape: head.shape) : MeshPart(material: .ear),
      HairShell.mesh(for: head), .torso(neckWidth: head.shape.neckWidth),
    ]
    self.init(
      head: head, face: head, shape: HeadShape(head.shape), skin: SkinTexture(identity: head),
      parts: parts, under: nil)
  }

  private init(
    head: FaceIdentity, face: FaceIdentity, shape: HeadShape, skin: SkinTexture,
    parts: [MeshPart], under own: HeadModel?
  ) {
    let grid = HeadGrid.shared
    (self.head, self.face, self.shape, self.skin, self.parts) = (head, face, shape, skin, parts)
    var triangles = grid.triangles
    var materials = triangles.map {
      grid.mouthInside.contains(Int($0.x)) && grid.mouthInside.contains(Int($0.z))
        ? Material.mouth : .skin
    }
    var twoSided = [Bool](repeating: false, count: triangles.count)
    let weights = ExpressionWeights.shared.face
    var inFace = Self.inFace(triangles, weights: weights)
    var coordinates = grid.cell
    var starts = [Int]()
    for part in parts {
      let start = Int32(coordinates.count)
      starts.append(Int(start))
      coordinates += part.coordinates
      triangles += part.triangles.map { $0 &+ SIMD3(repeating: start) }
      let inside = [Material.eye, .teeth, .mouth, .tongue].contains(part.material)
      materials += [Material](repeating: part.material, count: part.triangles.count)
      twoSided += [Bool](repeating: part.twoSided, count: part.triangles.count)
      inFace += [Bool](repeating: inside, count: part.triangles.count)
    }
    (self.starts, self.triangles, self.materials) = (starts, triangles, materials)
    (self.twoSided, self.inFace, self.coordinates) = (twoSided, inFace, coordinates)
    vertexCount = coordinates.count
    let rest = Self.rest(shape: shape, parts: parts)
    let normals = MeshNormals.compute(
      positions: rest, triangles: triangles, seams: HeadGrid.shared.seams)
    let occluders = (0..<triangles.count).filter {
      [.skin, .ear, .hair, .cloth].contains(materials[$0])
    }.map { triangles[$0] }
    let baked = Occlusion(positions: rest, normals: normals, triangles: occluders)
    let share = weights + [Float](repeating: 0, count: coordinates.count - weights.count)
    occlusion = own?.occlusion.blended(with: baked, weights: share) ?? baked
  }

  /// Which triangles a swap reaches: one ring more than the weights say, as normals do.
  private static func inFace(_ triangles: [SIMD3<Int32>], weights: [Float]) -> [Bool] {
    var touched = weights.map { $0 > 0 }
    for t in triangles where weights[Int(t.x)] + weights[Int(t.y)] + weights[Int(t.z)] > 0 {
      for i in [t.x, t.y, t.z] { touched[Int(i)] = true }
    }
    return triangles.map { touched[Int($0.x)] || touched[Int($0.y)] || touched[Int($0.z)] }
  }

  /// The whole figure at rest, head frame.
  private static func rest(shape: HeadShape, parts: [MeshPart]) -> [Vector] {
    var result = shape.deformed(by: .neutral)
    for (i, part) in parts.enumerated() {
      let eye = i == Part.leftEye ? shape.leftEye : i == Part.rightEye ? shape.rightEye : nil
      if let eye {
        result += part.positions.map { eye.center + $0 * eye.radius }
      } else {
        result += part.positions
      }
    }
    return result
  }
}

enum MeshNormals {
  /// Unit normals from triangles weighted by area; vertices of a seam share theirs.
  static func compute(
    positions: [Vector], triangles: [SIMD3<Int32>], seams: [(Int, Int)]
  ) -> [Vector] {
    var normals = [Vector](repeating: .zero, count: positions.count)
    normals.withUnsafeMutableBufferPointer { sum in
      positions.withUnsafeBufferPointer { points in
        for t in triangles {
          let (a, b, c) = (Int(t.x), Int(t.y), Int(t.z))
          let normal = cross(points[b] - points[a], points[c] - points[a])
          sum[a] += normal
          sum[b] += normal
          sum[c] += normal
        }
        for (a, b) in seams {
          let both = sum[a] + sum[b]
          sum[a] = both
          sum[b] = both
        }
        for i in 0..<sum.count { sum[i] = normalized(sum[i]) }
      }
    }
    return normals
  }
}
