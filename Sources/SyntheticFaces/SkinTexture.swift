import Foundation

/// The colour of a head, painted over the chart: a texel grid that follows the mesh's cells.
struct SkinTexture: Sendable {
  /// Texels a cell.
  static let scale = 4
  let width: Int
  let height: Int
  /// Square root of linear red, green, blue, then gloss; 0 to 255.
  var texels: [SIMD4<UInt8>]

  init(identity: FaceIdentity) {
    let grid = HeadGrid.shared
    let width = (grid.columns - 1) * Self.scale + 1
    let height = (grid.rows - 1) * Self.scale + 1
    let painter = SkinPainter(identity: identity)
    var texels = [SIMD4<UInt8>](repeating: .zero, count: width * height)
    texels.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let target = buffer
      DispatchQueue.concurrentPerform(iterations: height) { y in
        let row = Float(y) / Float(Self.scale)
        for x in 0..<width {
          let place = Self.chart(column: Float(x) / Float(Self.scale), row: row)
          let color = painter.color(s: place.x, t: place.y, azimuth: place.z)
          target[y * width + x] = Self.encode(color)
        }
      }
    }
    (self.width, self.height, self.texels) = (width, height, texels)
  }

  /// This texture with another's where the weight of the vertices is 1.
  func blended(with other: SkinTexture, weights: [Float]) -> SkinTexture {
    let grid = HeadGrid.shared
    var result = self
    for y in 0..<height {
      let row = min(grid.rows - 2, y / Self.scale)
      let fy = Float(y - row * Self.scale) / Float(Self.scale)
      for x in 0..<width {
        let column = min(grid.columns - 2, x / Self.scale)
        let fx = Float(x - column * Self.scale) / Float(Self.scale)
        let at = row * grid.columns + column
        let weight = mix(
          mix(weights[at], weights[at + 1], fx),
          mix(weights[at + grid.columns], weights[at + grid.columns + 1], fx), fy)
        guard weight > 0 else { continue }
        let own = SIMD4<Float>(texels[y * width + x])
        let new = SIMD4<Float>(other.texels[y * width + x])
        let mixed = (own + (new - own) * weight).rounded(.toNearestOrAwayFromZero)
        result.texels[y * width + x] = SIMD4<UInt8>(mixed)
      }
    }
    return result
  }

  private static func encode(_ color: SIMD4<Float>) -> SIMD4<UInt8> {
    let clamped = color.clamped(lowerBound: .zero, upperBound: .one)
    let root = SIMD4(
      clamped.x.squareRoot(), clamped.y.squareRoot(), clamped.z.squareRoot(), clamped.w)
    return SIMD4<UInt8>((root * 255).rounded(.toNearestOrAwayFromZero))
  }

  /// (s, t, azimuth) of a place between the cells.
  private static func chart(column: Float, row: Float) -> Vector {
    let grid = HeadGrid.shared
    let c = min(grid.columns - 2, Int(column))
    let r = min(grid.rows - 2, Int(row))
    let fx = column - Float(c)
    let fy = row - Float(r)
    let at = r * grid.columns + c
    let upper = mix(grid.chart[at].x, grid.chart[at + 1].x, fx)
    let lower = mix(grid.chart[at + grid.columns].x, grid.chart[at + grid.columns + 1].x, fx)
    return Vector(
      mix(upper, lower, fy), mix(grid.levels[r], grid.levels[r + 1], fy),
      mix(grid.azimuths[c], grid.azimuths[c + 1], fx))
  }
}

/// Paints one person's skin.
struct SkinPainter: Sendable {
  let identity: FaceIdentity
  private let moles: [(s: Float, t: Float, radius: Float)]

  init(identity: FaceIdentity) {
    self.identity = identity
    moles = (0..<identity.skin.moles).map { i in
      let j = Int32(i)
      let side: Float = Noise.cell(j, 1, identity.seed) < 0.5 ? -1 : 1
      return (
        side * mix(1.8, 5.2, Noise.cell(j, 2, identity.seed)),
        mix(-2, 6, Noise.cell(j, 3, identity.seed)),
        mix(0.06, 0.13, Noise.cell(j, 4, identity.seed))
      )
    }
  }

  /// Chart t of the upper and lower edges of the lips.
  static func lipEdges(_ s: Float) -> (upper: Float, lower: Float) {
    let a = abs(s)
    let q = min(1, a / HeadGrid.mouthHalf)
    let bow = 0.19 * bump(a, 0.3, 0, 1) - 0.06 * bump(a - 0.6, 0.35, 0, 1)
    let upper = HeadGrid.mouthLevel - 0.72 * pow(1 - q, 0.7) * (1 - 0.12 * q) + bow * (1 - q)
    let lower = HeadGrid.mouthLevel + 1.06 * pow(max(0, 1 - q * q), 0.95)
    return (upper, lower)
  }

  /// Chart t of the middle of the brow, and half its thickness, in centimetres.
  func brow(_ a: Float) -> (middle: Float, half: Float) {
    let along = (a - 1.25) / 4.1
    let arch = 0.34 + 0.28 * identity.brows.arch
    let rise = sin(min(1, max(0, along)) * 2.5) * arch + 0.28 * along
    let fall = max(0, along - 0.68) * 1.35
    let half = (0.2 + 0.24 * identity.brows.thickness) * (1 - 0.72 * smoothstep(0.45, 1.05, along))
    return (-5.45 - rise + fall, half)
  }

  /// Linear red, green, blue, and gloss.
  func color(s: Float, t: Float, azimuth: Float) -> SIMD4<Float> {
    let skin = identity.skin
    let a = abs(s)
    let front = smoothstep(1.55, 1.2, abs(azimuth))
    var color = skin.tone.vector
    var gloss: Float = 0.3
    color *= regions(a, t, front)
    color *= spots(s, t, azimuth)
    gloss += 0.3 * front * (bump(a, 0.8, t + 0.7, 1.2) + 0.6 * bump(a, 2.5, t + 8, 1.5))
    gloss += 0.2 * front * bump(a - 4.2, 1.2, t + 1.2, 1)
    color = beard(color, a, t, s, front)
    if front > 0 {
      let lips = lipWeight(s, t)
      if lips > 0 {
        let crease = 0.9 + 0.2 * Noise.value(s * 7, t * 1.2, identity.seed &+ 5)
        color = mix(color, skin.lips.vector * crease, lips * 0.92)
        gloss = mix(gloss, 0.85, lips)
      }
      color = lines(color, s, t)
      color = hairs(color, s, t)
    }
    color = scalp(color, t, azimuth)
    return SIMD4(color, min(1, gloss) * (0.5 + skin.shine))
  }

  private func regions(_ a: Float, _ t: Float, _ front: Float) -> Vector {
    let skin = identity.skin
    var factor = Vector(repeating: 1)
    let blush =
      bump(a - 4.1, 1.3, t - 0.2, 1.3) + 0.8 * bump(a, 1.0, t + 0.6, 0.9)
      + 0.4 * bump(a, 1.2, t - 6.2, 0.9)
    factor *= mix(Vector(repeating: 1), Vector(1.03, 0.76, 0.76), front * skin.blush * blush)
    let socket = bump(a - 3.1, 1.15, t + 3.9, 0.95) + 0.7 * bump(a - 2.5, 0.9, t + 2.75, 0.35)
    let dark = front * (0.45 + 0.5 * skin.age) * min(1.2, socket)
    factor *= mix(Vector(repeating: 1), Vector(0.74, 0.66, 0.68), min(1, dark))
    let pale = bump(a, 3.2, t + 8.2, 1.8)
    factor *= mix(Vector(repeating: 1), Vector(1.06, 1.07, 1.05), front * pale)
    return factor
  }

  private func spots(_ s: Float, _ t: Float, _ azimuth: Float) -> Vector {
    let skin = identity.skin
    guard skin.mottling > 0 || skin.freckles > 0 || skin.moles > 0 else { return .one }
    let u = azimuth * 7
    let broad = Noise.octaves(u * 0.9, t * 0.9, identity.seed &+ 1) - 0.5
    let fine = Noise.octaves(u * 5, t * 5, identity.seed &+ 2, count: 2) - 0.5
    let uneven = skin.mottling * (0.22 * broad + 0.16 * fine)
    var factor = Vector(1 + uneven * 0.7, 1 + uneven, 1 + uneven * 1.05)
    if skin.freckles > 0 {
      let place = bump(abs(s), 4.2, t + 0.9, 1.6)
      let freckle = Self.dots(s, t, identity.seed &+ 3) * min(1, place * 1.4 * skin.freckles)
      factor *= mix(.one, Vector(0.74, 0.56, 0.45), min(1, freckle))
    }
    for mole in moles {
      let d = ((s - mole.s) * (s - mole.s) + (t - mole.t) * (t - mole.t)).squareRoot()
      factor *= mix(.one, Vector(0.3, 0.2, 0.17), smoothstep(mole.radius, mole.radius * 0.5, d))
    }
    return factor
  }

  /// Round dots of many sizes, one in every third cell of a grid, 0 to 1.
  private static func dots(_ s: Float, _ t: Float, _ seed: UInt32) -> Float {
    let size: Float = 0.24
    let column = (s / size).rounded(.down)
    let row = (t / size).rounded(.down)
    let (x, y) = (Int32(column), Int32(row))
    guard Noise.cell(x, y, seed) < 0.4 else { return 0 }
    let dx = s / size - column - mix(0.35, 0.65, Noise.cell(x, y, seed &+ 1))
    let dy = t / size - row - mix(0.35, 0.65, Noise.cell(x, y, seed &+ 2))
    let radius = mix(0.15, 0.34, Noise.cell(x, y, seed &+ 3))
    return smoothstep(radius, radius * 0.4, (dx * dx + dy * dy).squareRoot())
      * mix(0.4, 1, Noise.cell(x, y, seed &+ 4))
  }

  private func beard(
    _ color: Vector, _ a: Float, _ t: Float, _ s: Float, _ front: Float
  ) -> Vector {
    let stubble = identity.skin.stubble
    guard stubble > 0 else { return color }
    let lip = bump(a, 2.2, t - 1.5, 0.55)
    let chin = bump(a, 2.6, t - 6.0, 1.9) * smoothstep(3.7, 4.5, t)
    let cheek = smoothstep(0.2, 3.0, t - 0.55 * (6.5 - a)) * smoothstep(2.2, 4.4, a)
    let area = max(lip, chin, cheek) * smoothstep(10, 8.4, t)
    let grain = 0.6 + 0.8 * Noise.value(s * 11, t * 11, identity.seed &+ 7)
    let weight = min(0.75, area * stubble * 0.6 * grain)
    return mix(color, identity.brows.color.vector + color * 0.28, weight)
  }

  private func lipWeight(_ s: Float, _ t: Float) -> Float {
    guard abs(s) < HeadGrid.mouthHalf, t > 1.5, t < 4.5 else { return 0 }
    let edges = Self.lipEdges(s)
    return smoothstep(edges.upper - 0.08, edges.upper + 0.1, t)
      * smoothstep(edges.lower + 0.12, edges.lower - 0.14, t)
  }

  /// Lash lines, lid creases, nostrils, the line between the lips, folds.
  private func lines(_ color: Vector, _ s: Float, _ t: Float) -> Vector {
    let a = abs(s)
    var shade: Float = 1
    let level = t - HeadGrid.eyeLevel
    let within =
      smoothstep(HeadGrid.innerEye - 0.05, HeadGrid.innerEye + 0.3, a)
      * smoothstep(HeadGrid.outerEye + 0.22, HeadGrid.outerEye - 0.1, a)
    let lashes = identity.eyes.lashes
    if level <= 0.02 {
      shade *= 1 - 0.92 * lashes * within * smoothstep(-0.26, -0.1, level)
      let crease = bump(level + 0.62, 0.1, 0, 1) * within
      shade *= 1 - 0.42 * crease
    } else {
      shade *= 1 - 0.45 * lashes * within * smoothstep(0.16, 0.02, level)
    }
    shade *= 1 - 0.85 * bump(a - 0.64, 0.27, t - 0.45, 0.12)
    shade *= 1 - 0.35 * bump(a - 1.68, 0.1, t + 0.05, 0.35)
    let mouth = smoothstep(HeadGrid.mouthHalf + 0.15, HeadGrid.mouthHalf - 0.4, a)
    shade *= 1 - 0.72 * mouth * bump(t - HeadGrid.mouthLevel, 0.075, 0, 1)
    let age = identity.skin.age
    let along = (t + 0.1) / 2.9
    shade *= 1 - 0.22 * age * bump(a - (1.95 + 1.45 * along), 0.16, along - 0.5, 0.4)
    shade *= 1 - 0.2 * age * bump(t + 8.3, 0.07, a, 2.4)
    shade *= 1 - 0.18 * age * bump(t + 9.2, 0.07, a, 2.2)
    return color * Vector(shade, shade * (0.25 + 0.75 * shade), shade * (0.3 + 0.7 * shade))
  }

  private func hairs(_ color: Vector, _ s: Float, _ t: Float) -> Vector {
    let a = abs(s)
    guard a > 0.9, a < 5.8, t < -4.4, t > -7.6 else { return color }
    let shape = brow(a)
    let across = (t - shape.middle) / max(0.06, shape.half)
    let along = smoothstep(1.0, 1.6, a) * smoothstep(5.55, 4.9, a)
    // Hairs lean outward and up.
    let lean = a * 5.5 + t * (a < 2 ? 2.5 : 5)
    let strand = Noise.value(lean * 1.5, (t - 0.4 * a) * 1.6, identity.seed &+ 9)
    let edge = 0.35 + 0.35 * strand
    let body = smoothstep(1 + edge, 0.55, abs(across)) * along
    let weight = body * identity.brows.density * (0.72 + 0.35 * strand)
    return mix(color, identity.brows.color.vector, min(0.96, weight))
  }

  private func scalp(_ color: Vector, _ t: Float, _ azimuth: Float) -> Vector {
    let edge = HairShell.edge(of: identity.hair, azimuth: azimuth)
    let strand = Noise.value(abs(azimuth) * 40, t * 0.8, identity.seed &+ 11)
    let weight = smoothstep(edge + 0.35, edge - 0.7, t + 0.5 * (strand - 0.5))
    return mix(color, identity.hair.color.vector, weight * 0.85)
  }
}
