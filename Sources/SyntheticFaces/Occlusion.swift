import Foundation

/// What each vertex of a figure at rest sees of its surroundings, from depth pictures taken from
/// 128 directions.
///
/// Directions are in the head frame.
struct Occlusion: Sendable {
  /// Bit k is set where direction k is open.
  var open: [SIMD2<UInt64>]
  /// Share of the light of even surroundings that arrives, 0 to 1.
  var ambient: [Float]
  /// The mean open direction less the normal.
  var bend: [Vector]

  /// One of the directions as part of a light.
  struct Direction {
    let word: Int
    let bit: UInt64
    var weight: Float
  }

  /// Even points on the sphere (a Fibonacci spiral), mirrored left to right.
  static let directions: [Vector] = {
    let half = (0..<64).map { i -> Vector in
      let y = 1 - (2 * Float(i) + 1) / 64
      let turn = Float(i) * 2.399963 * 0.5
      let angle = (turn.truncatingRemainder(dividingBy: .pi)) - .pi / 2
      let radius = (1 - y * y).squareRoot()
      return Vector(radius * cos(angle), y, radius * sin(angle))
    }
    return half + half.map { Vector(-$0.x, $0.y, $0.z) }
  }()

  init(positions: [Vector], normals: [Vector], triangles: [SIMD3<Int32>]) {
    let count = positions.count
    let directions = Self.directions
    var bits = [SIMD2<UInt64>](repeating: .zero, count: count)
    let maps = UnsafeMutablePointer<DepthPicture>.allocate(capacity: directions.count)
    defer {
      maps.deinitialize(count: directions.count)
      maps.deallocate()
    }
    nonisolated(unsafe) let target = maps
    DispatchQueue.concurrentPerform(iterations: directions.count) { k in
      (target + k).initialize(
        to: DepthPicture(from: directions[k], positions: positions, triangles: triangles))
    }
    for k in 0..<directions.count {
      for i in 0..<count {
        let place = positions[i] + normals[i] * 0.35
        guard dot(normals[i], directions[k]) > -0.2, maps[k].sees(place) else { continue }
        bits[i][k >> 6] |= 1 << UInt64(k & 63)
      }
    }
    open = bits
    (ambient, bend) = Self.means(normals: normals, open: bits)
  }

  /// Share of even light, and the mean open direction less the normal.
  private static func means(
    normals: [Vector], open bits: [SIMD2<UInt64>]
  ) -> (ambient: [Float], bend: [Vector]) {
    var ambient = [Float]()
    var bend = [Vector]()
    for i in normals.indices {
      var seen: Float = 0
      var all: Float = 0
      var mean = Vector.zero
      for k in 0..<directions.count {
        let weight = dot(normals[i], directions[k])
        guard weight > 0 else { continue }
        all += weight
        guard bits[i][k >> 6] & (1 << UInt64(k & 63)) != 0 else { continue }
        seen += weight
        mean += directions[k] * weight
      }
      let share = seen / max(1e-3, all)
      ambient.append(share)
      bend.append(share > 0.02 ? (normalized(mean) - normals[i]) * 0.6 : .zero)
    }
    for _ in 0..<2 { HeadGrid.shared.smooth(&ambient) }
    return (ambient, bend)
  }

  /// This occlusion, with the other's where the weight is 1.
  func blended(with other: Occlusion, weights: [Float]) -> Occlusion {
    var result = self
    for i in weights.indices where weights[i] > 0 {
      result.ambient[i] = mix(ambient[i], other.ambient[i], weights[i])
      result.bend[i] = mix(bend[i], other.bend[i], weights[i])
      if weights[i] > 0.5 { result.open[i] = other.open[i] }
    }
    return result
  }

  /// Weights of the directions within about 30° of one, which make its shadow soft.
  static func cone(around direction: Vector) -> [Direction] {
    var result = [Direction]()
    var total: Float = 0
    for (k, other) in directions.enumerated() {
      let near = dot(direction, other) - 0.87
      guard near > 0 else { continue }
      result.append(Direction(word: k >> 6, bit: 1 << UInt64(k & 63), weight: near))
      total += near
    }
    for i in result.indices { result[i].weight /= total }
    return result
  }
}

/// Depth of a figure seen from far away, by parallel rays.
private struct DepthPicture {
  private static let size = 160
  private static let pixel: Float = 0.34
  private static let center = Vector(0, 4, 8)
  private let right: Vector
  private let down: Vector
  private let away: Vector
  private var depth: [Float]

  init(from direction: Vector, positions: [Vector], triangles: [SIMD3<Int32>]) {
    away = -direction
    let helper = abs(direction.y) < 0.9 ? Vector(0, 1, 0) : Vector(0, 0, 1)
    right = normalized(cross(helper, away))
    down = cross(away, right)
    let size = Self.size
    var depth = [Float](repeating: 1e9, count: size * size)
    let (right, down, away) = (self.right, self.down, self.away)
    let seen = positions.map { Self.project($0, right, down, away) }
    depth.withUnsafeMutableBufferPointer { buffer in
      for t in triangles {
        let a = seen[Int(t.x)]
        let b = seen[Int(t.y)]
        let c = seen[Int(t.z)]
        let x0 = max(0, Int(min(a.x, b.x, c.x).rounded(.up)))
        let x1 = min(size - 1, Int(max(a.x, b.x, c.x).rounded(.down)))
        let y0 = max(0, Int(min(a.y, b.y, c.y).rounded(.up)))
        let y1 = min(size - 1, Int(max(a.y, b.y, c.y).rounded(.down)))
        guard x0 <= x1, y0 <= y1 else { continue }
        let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
        guard abs(area) > 1e-6 else { continue }
        for y in y0...y1 {
          for x in x0...x1 {
            let (px, py) = (Float(x), Float(y))
            let u = ((b.x - px) * (c.y - py) - (b.y - py) * (c.x - px)) / area
            let v = ((c.x - px) * (a.y - py) - (c.y - py) * (a.x - px)) / area
            guard u >= 0, v >= 0, u + v <= 1 else { continue }
            let z = u * a.z + v * b.z + (1 - u - v) * c.z
            if z < buffer[y * size + x] { buffer[y * size + x] = z }
          }
        }
      }
    }
    self.depth = depth
  }

  @inline(__always)
  private static func project(_ p: Vector, _ right: Vector, _ down: Vector, _ away: Vector)
    -> Vector
  {
    let q = p - center
    return Vector(
      dot(q, right) / pixel + Float(size) / 2, dot(q, down) / pixel + Float(size) / 2,
      dot(q, away))
  }

  @inline(__always)
  func sees(_ point: Vector) -> Bool {
    let p = Self.project(point, right, down, away)
    let x = Int(p.x.rounded())
    let y = Int(p.y.rounded())
    guard x >= 0, y >= 0, x < Self.size, y < Self.size else { return true }
    return p.z < depth[y * Self.size + x] + 0.25
  }
}
