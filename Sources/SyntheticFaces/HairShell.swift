import Foundation

/// Hair as a shell over the skull that may hang below the ears.
struct HairShell {
  private static let scalpRows = 36
  private static let hangingRows = 20

  private static let line = Curve([
    (0, -10.6), (18, -10.8), (32, -10.7), (45, -9.9), (56, -7.8), (65, -5), (72, -2.2), (80, -0.6),
    (88, -0.8), (96, -4.2), (112, -4.8), (126, -2), (134, 1.5), (148, 4.5), (180, 5.5),
  ])

  /// Chart t of the hairline at this angle from the front, in radians.
  static func edge(of hair: FaceIdentity.Hair, azimuth: Float) -> Float {
    let angle = abs(azimuth) * 180 / .pi
    let front = smoothstep(70, 50, angle)
    let recession = hair.recession * 1.5 * bump(angle - 36, 13, 0, 1)
    return line(angle) - hair.hairline * 0.8 * front - recession
  }

  /// The mesh on this head, in the head frame.
  static func mesh(for identity: FaceIdentity) -> MeshPart {
    let hair = identity.hair
    let base = BaseHead(shape: identity.shape)
    let columns = 145
    let hanging = hair.length > 0 ? hangingRows : 0
    var part = MeshPart(material: .hair, twoSided: true)
    for row in 0..<scalpRows + hanging {
      for column in 0..<columns {
        let azimuth = (Float(column) / Float(columns - 1) * 2 - 1) * .pi
        part.positions.append(point(identity, base, azimuth: azimuth, row: row))
        let hangs = hang(hair, azimuth)
        let total = Float(scalpRows - 1) + (hangs > 0.5 ? Float(hanging) : 0)
        part.coordinates.append(SIMD2(azimuth, min(1.2, Float(row) / total)))
      }
    }
    part.fillGrid(columns: columns, rows: scalpRows + hanging)
    return part
  }

  private static func hang(_ hair: FaceIdentity.Hair, _ azimuth: Float) -> Float {
    hair.length * smoothstep(69, 80, abs(azimuth) * 180 / .pi)
  }

  private static func point(
    _ identity: FaceIdentity, _ base: BaseHead, azimuth: Float, row: Int
  ) -> Vector {
    let hair = identity.hair
    let hangs = hang(hair, azimuth)
    var end = edge(of: hair, azimuth: azimuth)
    if hangs > 0 { end = mix(end, -3.2, smoothstep(0, 1, hangs)) }
    let along = Float(min(row, scalpRows - 1)) / Float(scalpRows - 1)
    let level = -22 + (end + 22) * along
    var point = base.point(azimuth: azimuth, level: level)
    let outward = normalized((point - Vector(0, -4.5, 8)) * Vector(1.1, 0.9, 0.8))
    let toEdge = hangs > 0.5 ? 10 : (end - level)
    let sides = mix(1, 0.62, smoothstep(-9, -3, level) * (hair.length > 0 ? 0.2 : 1))
    var thickness = hair.volume * sides * smoothstep(-0.8, 5.5, toEdge)
    let clump = Noise.octaves(abs(azimuth) * 9, level * 0.5, identity.seed &+ 31, count: 2) - 0.5
    thickness *= 1 + 0.35 * clump
    if hair.length > 0 { thickness *= 1 - 0.35 * bump(azimuth, 0.07, 0, 1) * smoothstep(-22, -18, level) }
    point += outward * (thickness + 0.12)
    guard row >= scalpRows, hangs > 0 else { return point }
    let down = Float(row - scalpRows + 1) / Float(hangingRows)
    let wave = hair.wave * sin(down * 9 + abs(azimuth) * 3) * 0.5 * smoothstep(0, 0.5, down)
    let inward = 1 - 0.12 * smoothstep(0.1, 0.9, down) + 0.035 * wave
    let ends = 1 + 0.12 * clump
    return Vector(
      point.x * inward, point.y + hangs * down * ends + 2.2 * down,
      8 + (point.z - 8) * (inward + 0.02 * wave))
  }
}
