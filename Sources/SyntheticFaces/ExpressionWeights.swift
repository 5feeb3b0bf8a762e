import Foundation

/// How each vertex of the grid follows each part of an expression.
///
/// The same for all people.
struct ExpressionWeights: Sendable {
  static let shared = ExpressionWeights(grid: .shared)

  /// Displacements of a full smile, pucker, raised and drawn brows, and narrowed lids, in
  /// centimetres.
  let smile: [Vector]
  let pucker: [Vector]
  let browRaise: [Vector]
  let browFurrow: [Vector]
  let squint: [Vector]
  /// Share of the jaw's rotation, 0 to 1.
  let jaw: [Float]
  /// How far a vertex is carried by the upper or lower lid's opening, 0 to 1; `lids[0]` at image
  /// left, `lids[1]` at image right.
  let lids: [[Lid]]
  /// Share of the head's turn that a vertex takes: 1 on the head, 0 at the collar.
  let head: [Float]
  /// Share of the other person in a face swap: 1 inside the face, 0 at hairline, ears and neck.
  let face: [Float]
  /// The same for the shape, which fades out earlier so that the outline stays smooth.
  let faceShape: [Float]

  struct Lid: Sendable {
    var vertex: Int32
    /// Of the upper lid's height; moves up.
    var upper: Float
    /// Of the lower lid's height; moves down.
    var lower: Float
  }

  init(grid: HeadGrid) {
    let count = grid.vertexCount
    var smile = [Vector](repeating: .zero, count: count)
    var pucker = smile
    var browRaise = smile
    var browFurrow = smile
    var squint = smile
    var jaw = [Float](repeating: 0, count: count)
    var head = jaw
    var face = jaw
    var faceShape = jaw
    let below = Set(grid.mouth.lower.dropFirst().dropLast() + grid.mouth.lowerRims.flatMap { $0 })
    for i in 0..<count {
      let s = grid.chart[i].x
      let t = grid.chart[i].y
      let front = smoothstep(1.6, 1.2, abs(grid.azimuth[i]))
      smile[i] = Self.smile(s, t) * front
      pucker[i] = Self.pucker(s, t) * front
      browRaise[i] = Self.browRaise(s, t) * front
      browFurrow[i] = Self.browFurrow(s, t) * front
      squint[i] = Vector(0, -0.12, -0.06) * bump(abs(s) - 3.1, 1.2, t + 2.9, 0.6) * front
      jaw[i] =
        Self.jaw(s, t, below: below.contains(i)) * smoothstep(1.75, 0.95, abs(grid.azimuth[i]))
      head[i] = smoothstep(16, 8.5, t)
      let angle = abs(grid.azimuth[i]) * 180 / .pi
      let top = smoothstep(-10.4, -8.2, t)
      face[i] = smoothstep(88, 64, angle) * top * smoothstep(9.4, 7.9, t)
      faceShape[i] = smoothstep(86, 42, angle) * top * smoothstep(9.4, 6.6, t)
    }
    (self.smile, self.pucker, self.browRaise) = (smile, pucker, browRaise)
    (self.browFurrow, self.squint, self.jaw) = (browFurrow, squint, jaw)
    (self.head, self.face, self.faceShape) = (head, face, faceShape)
    lids = [Self.lids(grid, grid.leftEye), Self.lids(grid, grid.rightEye)]
  }

  private static func smile(_ s: Float, _ t: Float) -> Vector {
    let side: Float = s < 0 ? -1 : 1
    let a = abs(s)
    let corner = bump(a - 2.9, 1.25, t - 2.9, 1.15)
    let middle = bump(a, 1.6, t - 2.7, 0.8)
    let cheek = bump(a - 3.7, 1.1, t - 0.1, 1.0)
    var move = Vector(side * 0.6, -0.42, 0.28) * corner * min(1, a / 1.2)
    move += Vector(0, 0.05, 0.1) * middle
    move += Vector(0, -0.22, 0) * bump(a, 1.9, t - 2.1, 0.5)
    move += Vector(side * 0.12, -0.2, -0.22) * cheek
    return move
  }

  private static func pucker(_ s: Float, _ t: Float) -> Vector {
    let weight = bump(s, 2.4, t - 2.8, 1.3)
    return Vector(-0.3 * s, 0, -0.38) * weight
  }

  private static func browRaise(_ s: Float, _ t: Float) -> Vector {
    Vector(0, -0.5, -0.03) * bump(abs(s) - 2.8, 2.2, t + 6.1, 1.05)
  }

  private static func browFurrow(_ s: Float, _ t: Float) -> Vector {
    let side: Float = s < 0 ? -1 : 1
    let weight = bump(abs(s) - 1.6, 1.1, t + 5.6, 0.8)
    return Vector(-side * 0.3, 0.26, -0.1) * weight * min(1, abs(s) / 0.6)
  }

  private static func jaw(_ s: Float, _ t: Float, below: Bool) -> Float {
    let q = min(1, abs(s) / HeadGrid.mouthHalf)
    let corner: Float = 0.42
    let level = t - HeadGrid.mouthLevel
    if below || level > 0.001 {
      let edge = 1 - (1 - corner) * q * q * q
      let open = edge + (1 - edge) * smoothstep(0, 2.6, level)
      return open * smoothstep(11.5, 8, t)
    }
    return corner * q * q * q * smoothstep(-2.4, 0, level)
  }

  private static func lids(_ grid: HeadGrid, _ slit: HeadGrid.Slit) -> [Lid] {
    let copies = Set(slit.lower.dropFirst().dropLast())
    let inner = min(
      abs(grid.chart[slit.upper[0]].x), abs(grid.chart[slit.upper[slit.upper.count - 1]].x))
    let outer = max(
      abs(grid.chart[slit.upper[0]].x), abs(grid.chart[slit.upper[slit.upper.count - 1]].x))
    let side: Float = grid.chart[slit.upper[0]].x < 0 ? -1 : 1
    let rims = Set(slit.upperRims.flatMap { $0 } + slit.lowerRims.flatMap { $0 })
    var result = [Lid]()
    for i in 0..<grid.vertexCount where !rims.contains(i) && abs(grid.azimuth[i]) < 1.3 {
      let s = grid.chart[i].x * side
      let level = grid.chart[i].y - grid.levels[slit.row]
      guard s > inner - 0.9, s < outer + 0.9, abs(level) < 3 else { continue }
      let along = min(1, max(0, (s - inner) / (outer - inner)))
      let arc = pow(max(0, 4 * along * (1 - along)), 0.62)
      let low = copies.contains(i) || level > 0.001
      // The upper lid peaks nearer the nose, the lower lid nearer the temple.
      let upper = low ? 0 : arc * (1.12 - 0.24 * along) * exp(level / 0.8)
      let lower = low ? arc * (0.86 + 0.28 * along) * exp(-level / 0.6) : 0
      result.append(Lid(vertex: Int32(i), upper: upper, lower: lower))
    }
    return result
  }
}
