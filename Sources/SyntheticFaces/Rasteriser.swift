import Foundation

/// Which triangle is seen at each sample: a z-buffer over four samples a pixel.
struct Visibility {
  /// Samples along each side of a pixel.
  static let grid = 2
  let width: Int
  let height: Int
  /// −1 where nothing is.
  var triangle: [Int32]
  /// One over the distance along the camera's axis.
  var inverseDepth: [Float]

  init(width: Int, height: Int) {
    self.width = width * Self.grid
    self.height = height * Self.grid
    triangle = [Int32](repeating: -1, count: self.width * self.height)
    inverseDepth = [Float](repeating: 0, count: self.width * self.height)
  }
}

/// Vertices on the screen: x and y in samples, and one over depth.
struct ScreenVertices {
  let points: [Vector]

  init(_ positions: [Vector], camera: SceneCamera) {
    let scale = Float(Visibility.grid)
    let focal = camera.focal * scale
    let centerX = Float(camera.width) * scale / 2
    let centerY = Float(camera.height) * scale / 2
    points = positions.map { p in
      let inverse = 1 / max(1, p.z)
      return Vector(centerX + focal * p.x * inverse, centerY + focal * p.y * inverse, inverse)
    }
  }
}

/// Draws triangles into rows of samples.
struct Rasteriser {
  let points: UnsafeBufferPointer<Vector>
  let triangles: UnsafeBufferPointer<SIMD3<Int32>>
  let materials: UnsafeBufferPointer<Material>
  let twoSided: UnsafeBufferPointer<Bool>
  let coordinates: UnsafeBufferPointer<SIMD2<Float>>
  let hair: HairPattern
  let width: Int

  /// Of a number from 0 up; no call of the C library.
  @inline(__always)
  private static func ceiling(_ value: Float) -> Int {
    let whole = Int(value)
    return Float(whole) < value ? whole + 1 : whole
  }

  /// Draws what falls on the rows.
  ///
  /// Triangles come in order and the first of equals stays, so the rows may be drawn in any order.
  func draw(
    rows: Range<Int>, triangle: UnsafeMutablePointer<Int32>,
    inverseDepth: UnsafeMutablePointer<Float>
  ) {
    let top = Float(rows.lowerBound)
    let bottom = Float(rows.upperBound)
    for t in 0..<triangles.count {
      let corners = triangles[t]
      let a = points[Int(corners.x)]
      let b = points[Int(corners.y)]
      let c = points[Int(corners.z)]
      let low = min(a.y, b.y, c.y)
      let high = max(a.y, b.y, c.y)
      guard high > top, low < bottom else { continue }
      let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
      guard area < -1e-5 || (twoSided[t] && area > 1e-5) else { continue }
      let y0 = Self.ceiling(max(top, low - 0.5))
      let y1 = min(rows.upperBound - 1, Int(high - 0.5))
      let x0 = Self.ceiling(max(0, min(a.x, b.x, c.x) - 0.5))
      let right = max(a.x, b.x, c.x) - 0.5
      guard right >= 0, high >= 0.5 else { continue }
      let x1 = min(width - 1, Int(right))
      guard x0 <= x1, y0 <= y1 else { continue }
      fill(
        t, a, b, c, scale: 1 / area, columns: x0...x1, rows: y0...y1, triangle: triangle,
        inverseDepth: inverseDepth)
    }
  }

  /// The samples of one triangle.
  @inline(__always)
  private func fill(
    _ t: Int, _ a: Vector, _ b: Vector, _ c: Vector, scale: Float, columns: ClosedRange<Int>,
    rows: ClosedRange<Int>, triangle: UnsafeMutablePointer<Int32>,
    inverseDepth: UnsafeMutablePointer<Float>
  ) {
    for y in rows {
      let py = Float(y) + 0.5
      for x in columns {
        let px = Float(x) + 0.5
        let u = ((b.x - px) * (c.y - py) - (b.y - py) * (c.x - px)) * scale
        let v = ((c.x - px) * (a.y - py) - (c.y - py) * (a.x - px)) * scale
        let w = 1 - u - v
        guard u >= 0, v >= 0, w >= 0 else { continue }
        let depth = u * a.z + v * b.z + w * c.z
        let at = y * width + x
        guard depth > inverseDepth[at] else { continue }
        if materials[t] == .hair {
          let corners = triangles[t]
          let place =
            coordinates[Int(corners.x)] * u + coordinates[Int(corners.y)] * v
            + coordinates[Int(corners.z)] * w
          guard hair.covers(place) else { continue }
        }
        inverseDepth[at] = depth
        triangle[at] = Int32(t)
      }
    }
  }
}

/// Strands over a hair shell: coordinates are (angle from the front, share of the way to the end).
struct HairPattern: Sendable {
  let seed: UInt32
  let long: Bool
  let wave: Float

  init(_ identity: FaceIdentity) {
    seed = identity.seed
    long = identity.hair.length > 0
    wave = identity.hair.wave
  }

  @inline(__always)
  private func angle(_ place: SIMD2<Float>) -> Float { seed == 0 ? abs(place.x) : place.x }

  /// Whether a strand lies here; strands thin out toward the end.
  @inline(__always)
  func covers(_ place: SIMD2<Float>) -> Bool {
    let start: Float = long ? 0.93 : 0.88
    guard place.y > start else { return true }
    let strand = Noise.value(angle(place) * 55, place.y * 2, seed &+ 21)
    let fade = (place.y - start) / (1 - start)
    return strand * 0.85 + 0.15 > fade
  }

  /// Brightness of the strand, around 1.
  @inline(__always)
  func strand(_ place: SIMD2<Float>) -> Float {
    let bend = wave * 0.05 * sin(place.y * 24 + angle(place) * 2)
    let across = angle(place) + bend
    let fine = Noise.value(across * 80, place.y * 5, seed &+ 22)
    let broad = Noise.value(across * 16, place.y * 3, seed &+ 23)
    return 0.45 + 0.65 * fine + 0.45 * broad
  }
}
