import Foundation

/// What a triangle is made of.
enum Material: UInt8, Sendable {
  case skin, ear, eye, teeth, mouth, tongue, hair, cloth
}

/// A piece of the figure at rest, in the head frame, in centimetres.
struct MeshPart: Sendable {
  var material: Material
  var twoSided: Bool
  var positions: [Vector] = []
  /// What the material's texture is drawn by.
  var coordinates: [SIMD2<Float>] = []
  var triangles: [SIMD3<Int32>] = []

  init(material: Material, twoSided: Bool = false) {
    self.material = material
    self.twoSided = twoSided
  }

  /// Connects vertices that lie row by row, left to right seen from outside.
  mutating func fillGrid(columns: Int, rows: Int) {
    for row in 0..<rows - 1 {
      for column in 0..<columns - 1 {
        let a = Int32(row * columns + column)
        let c = a + Int32(columns)
        triangles.append(SIMD3(a, c, a + 1))
        triangles.append(SIMD3(a + 1, c, c + 1))
      }
    }
  }

  /// The eyeball before it is turned: a cap of the unit sphere around −z.
  static func eyeball() -> MeshPart {
    var part = MeshPart(material: .eye)
    let columns = 25
    let rows = 14
    for row in 0..<rows {
      let polar = Float(row) / Float(rows - 1) * 1.45
      for column in 0..<columns {
        let turn = Float(column) / Float(columns - 1) * 2 * .pi
        let direction = Vector(sin(polar) * cos(turn), sin(polar) * sin(turn), -cos(polar))
        part.positions.append(direction)
        part.coordinates.append(SIMD2(direction.x, direction.y))
      }
    }
    part.fillGrid(columns: columns, rows: rows)
    // Turning clockwise on screen with rows going outward is the inside: swap.
    part.triangles = part.triangles.map { SIMD3($0.x, $0.z, $0.y) }
    return part
  }

  /// A row of teeth along the arch between two heights.
  static func teeth(top: Float, bottom: Float, front: Float) -> MeshPart {
    var part = MeshPart(material: .teeth)
    let columns = 29
    let rows = 5
    for row in 0..<rows {
      let along = Float(row) / Float(rows - 1)
      for column in 0..<columns {
        let x = (Float(column) / Float(columns - 1) * 2 - 1) * 2.3
        let bulge = 0.08 * (1 - (2 * along - 1) * (2 * along - 1))
        part.positions.append(Vector(x, mix(top, bottom, along), front + 0.22 * x * x - bulge))
        part.coordinates.append(SIMD2(x, along))
      }
    }
    part.fillGrid(columns: columns, rows: rows)
    return part
  }

  /// The dark end of the mouth.
  static func mouthBack() -> MeshPart {
    var part = MeshPart(material: .mouth, twoSided: true)
    for y in [Float(1.2), 3, 5, 6.4] {
      for x in [Float(-2.6), 0, 2.6] {
        part.positions.append(Vector(x, y, 2.1))
        part.coordinates.append(SIMD2(x, y))
      }
    }
    part.fillGrid(columns: 3, rows: 4)
    return part
  }

  static func tongue() -> MeshPart {
    var part = MeshPart(material: .tongue)
    for row in 0..<8 {
      let z = 1.8 - 2.9 * Float(row) / 7
      for column in 0..<9 {
        let x = (Float(column) / 4 - 1) * 1.8
        let tip = smoothstep(-0.2, -0.9, z)
        let y = 2.8 + 0.25 * x * x * 0.5 + 0.35 * tip
        part.positions.append(Vector(x, y, z + 0.1 * x * x))
        part.coordinates.append(SIMD2(x, z))
      }
    }
    part.fillGrid(columns: 9, rows: 8)
    return part
  }

  /// One ear; `side` is −1 at image left, 1 at image right.
  static func ear(side: Float, shape: FaceShape) -> MeshPart {
    var part = MeshPart(material: .ear, twoSided: true)
    let scale = 1 + 0.07 * shape.earSize
    let width = BaseHead(shape: shape).width(-1)
    let columns = 25
    let rows = 10
    for row in 0..<rows {
      let radius = Float(row) / Float(rows - 1)
      for column in 0..<columns {
        let turn = Float(column) / Float(columns - 1) * 2 * .pi
        let back = cos(turn) * radius
        let down = sin(turn) * radius
        let narrow = 1.55 - 0.4 * max(0, down)
        let rear = smoothstep(-0.5, 0.2, back)
        let rim = 0.32 * bump(radius - 0.88, 0.1, 0, 1) * max(rear, smoothstep(0, -0.6, down))
        let ridge = 0.22 * bump(radius - 0.55, 0.12, 0, 1) * rear * smoothstep(0.5, 0.1, down)
        let bowl = 0.45 * bump(back + 0.1, 0.3, down - 0.12, 0.32)
        let lift = rim + ridge - bowl
        let u = (back + 0.85) * narrow * scale
        let position = Vector(
          side * (width - 0.25 + 0.5 * u + 0.85 * lift), -1.5 + 3.1 * down * scale - 0.1 * u,
          6.9 + 0.82 * u - 0.5 * lift)
        part.positions.append(position)
        part.coordinates.append(SIMD2(back, down))
      }
    }
    part.fillGrid(columns: columns, rows: rows)
    if side > 0 { part.triangles = part.triangles.map { SIMD3($0.x, $0.z, $0.y) } }
    return part
  }

  /// Shoulders under a shirt.
  static func torso(neckWidth: Float) -> MeshPart {
    var part = MeshPart(material: .cloth, twoSided: true)
    // y, half width, z in front, z behind.
    let rings: [(Float, Float, Float, Float)] = [
      (12.9, 5.7, 3.3, 14.9), (12.4, 6.0, 2.9, 15.2), (12.7, 6.5, 2.5, 15.5),
      (13.6, 8.2, 1.9, 15.9), (14.8, 11, 1.2, 16.3), (16.2, 14.4, 0.5, 16.7),
      (18, 17.4, -0.2, 17), (20.5, 19.4, -1.1, 17.3), (24, 20.6, -1.9, 17.6),
      (30, 21.5, -2.4, 18), (40, 22, -2, 18), (60, 22, -1, 18),
    ]
    let wide = 1 + 0.04 * neckWidth
    let columns = 73
    for step in 0..<(rings.count - 1) * 3 + 1 {
      let place = Float(step) / 3
      let i = min(rings.count - 2, Int(place))
      let f = place - Float(i)
      let (a, b) = (rings[i], rings[i + 1])
      let drop = 2.2 * smoothstep(5, 1, place)
      for column in 0..<columns {
        let azimuth = (Float(column) / Float(columns - 1) * 2 - 1) * .pi
        let c = cos(azimuth)
        let front = mix(a.2, b.2, f)
        let back = mix(a.3, b.3, f)
        let z = c >= 0 ? 9 - (9 - front) * pow(c, 0.9) : 9 + (back - 9) * pow(-c, 0.9)
        let y = mix(a.0, b.0, f) + drop * max(0, c) * max(0, c) - 0.6 * max(0, -c)
        part.positions.append(Vector(mix(a.1, b.1, f) * wide * sin(azimuth), y, z))
        part.coordinates.append(SIMD2(azimuth, place))
      }
    }
    part.fillGrid(columns: columns, rows: (rings.count - 1) * 3 + 1)
    return part
  }
}
