import Foundation

/// Hair as a shell over the skull that may hang below the ears.
struct HairShell {
  private static let scalpRows = 36
  private static let hangingRows = 20

  private static let line = Curve([
    (0, -10.9), (18, -11), (32, -11.1), (42, -10.5), (52, -9.4), (60, -8.2), (67, -6.2), (74, -3.4),
    (80, -0.9),
    (88, -0.8), (96, -4.2), (112, -4.8), (126, -2), (134, 1.5), (148, 4.5), (180, 5.5),
  ])

  /// Chart t of the hairline at this angle from the front, in radians.
  static func edge(of hair: FaceIdentity.Hair, azimuth: Float) -> Float {
    let angle = abs(azimuth) * 180 / .pi
    let front = smoothstep(70, 50, angle)
    let recession = hair.recession * 2.4 * bump(angle - 36, 13, 0, 1)
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
    let sides = mix(1, hair.length > 0 ? 0.85 : 0.3, smoothstep(-12, -4, level))
    var thickness = hair.volume * sides * smoothstep(-0.8, 5.5, toEdge)
    let strandAngle = identity.seed == 0 ? abs(azimuth) : azimuth
    let part: Float = identity.seed == 0 ? 0 : 0.35
    let clump = Noise.octaves(strandAngle * 9, level * 0.5, identity.seed &+ 31, count: 2) - 0.5
    thickness *= 1 + 0.35 * clump
    if hair.length > 0 {
      thickness *= 1 - 0.4 * bump(azimuth - part, 0.08, 0, 1) * smoothstep(-22, -18, level)
    }
    point += outward * (thickness + 0.05)
    guard row >= scalpRows, hangs > 0 else { return point }
    let down = Float(row - scalpRows + 1) / Float(hangingRows)
    let wave = hair.wave * sin(down * 9 + strandAngle * 3) * 0.5 * smoothstep(0, 0.5, down)
    let inward = 1 - 0.12 * smoothstep(0.1, 0.9, down) + 0.035 * wave
    let ends = 1 + 0.12 * clump
    return Vector(
      point.x * inward, point.y + hangs * down * ends + 2.2 * down,
      8 + (point.z - 8) * (inward + 0.02 * wave))
  }
}
