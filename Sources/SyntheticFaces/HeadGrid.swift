import Foundation

/// The topology of every head: columns around it, rows from crown to collar, and three slits that
/// open as eyes and mouth.
///
/// All people share it, so that faces blend vertex by vertex.
///
/// A vertex is known by its *chart* position: `s`, its x on the mean head, and `t`, the level of
/// its row (in front: y on the mean head). Features are functions of (s, t).
struct HeadGrid: Sendable {
  static let shared = HeadGrid()

  /// Angle of each column from the front, in radians, −π to π.
  let azimuths: [Float]
  /// Chart t of each row.
  let levels: [Float]
  /// (s, t) of every vertex.
  let chart: [SIMD2<Float>]
  /// Angle of every vertex from the front, in radians.
  let azimuth: [Float]
  /// Column and row of every vertex, for the texture.
  let cell: [SIMD2<Float>]
  /// Three vertices each, counter-clockwise seen from outside.
  let triangles: [SIMD3<Int32>]
  let leftEye: Slit
  let rightEye: Slit
  let mouth: Slit
  /// Pairs of vertices that lie on top of each other and share a normal.
  let seams: [(Int, Int)]
  /// Vertices behind the lips.
  let mouthInside: Set<Int>

  var columns: Int { azimuths.count }
  var rows: Int { levels.count }
  var vertexCount: Int { chart.count }

  /// A row of vertices that exists twice between two corners, with rims that lead inside.
  struct Slit: Sendable {
    let row: Int
    let first: Int
    let last: Int
    /// Vertices of the edge above, corner to corner.
    var upper: [Int] = []
    /// Vertices of the edge below, corner to corner.
    var lower: [Int] = []
    /// Rings that lead inward from the upper edge, and from the lower edge.
    var upperRims: [[Int]] = []
    var lowerRims: [[Int]] = []
  }

  static let eyeLevel: Float = -3.95
  static let mouthLevel: Float = 2.8
  static let innerEye: Float = 1.95
  static let outerEye: Float = 4.5
  static let mouthHalf: Float = 2.8
  static let collarLevel: Float = 18

  private init() {
    azimuths = HeadGrid.makeAzimuths()
    levels = HeadGrid.makeLevels()
    var builder = Builder(azimuths: azimuths, levels: levels)
    leftEye = builder.cut(
      level: HeadGrid.eyeLevel, from: -HeadGrid.outerEye, to: -HeadGrid.innerEye, rims: 2)
    rightEye = builder.cut(
      level: HeadGrid.eyeLevel, from: HeadGrid.innerEye, to: HeadGrid.outerEye, rims: 2)
    mouth = builder.cut(
      level: HeadGrid.mouthLevel, from: -HeadGrid.mouthHalf, to: HeadGrid.mouthHalf, rims: 4)
    builder.fill(slits: [leftEye, rightEye, mouth])
    mouthInside = Set((mouth.upperRims + mouth.lowerRims).flatMap { $0 })
    chart = builder.chart
    azimuth = builder.azimuth
    cell = builder.cell
    triangles = builder.triangles
    seams = (0..<levels.count).map { row in
      (row * builder.columns, row * builder.columns + builder.columns - 1)
    }
  }

  func index(row: Int, column: Int) -> Int { row * columns + column }

  /// Row of the grid whose level is nearest.
  func row(at level: Float) -> Int { HeadGrid.nearest(levels, level) }

  /// Column whose chart s at this row is nearest, in front of the ears.
  func column(row: Int, s: Float) -> Int {
    HeadGrid.nearest(
      azimuths.map { abs($0) > .pi / 2 ? 1e6 : BaseHead.mean.width(levels[row]) * sin($0) }, s)
  }

  /// Blurs values of the vertices along rows and columns, 1 2 1; copies at the slits follow.
  func smooth(_ values: inout [Float]) {
    let columns = self.columns
    values.withUnsafeMutableBufferPointer { v in
      for row in 0..<rows {
        let start = row * columns
        var left = v[start]
        for i in start + 1..<start + columns - 1 {
          let own = v[i]
          v[i] = (left + 2 * own + v[i + 1]) / 4
          left = own
        }
      }
      for column in 0..<columns {
        var above = v[column]
        for row in 1..<rows - 1 {
          let i = row * columns + column
          let own = v[i]
          v[i] = (above + 2 * own + v[i + columns]) / 4
          above = own
        }
      }
      for slit in [leftEye, rightEye, mouth] {
        for i in slit.upper.indices { v[slit.lower[i]] = v[slit.upper[i]] }
      }
    }
  }

  static func nearest(_ values: [Float], _ value: Float) -> Int {
    var best = 0
    for i in values.indices where abs(values[i] - value) < abs(values[best] - value) { best = i }
    return best
  }

  private static func makeAzimuths() -> [Float] {
    let fine = (1...33).map { asin(Float($0) * 0.16 / 7.5) }
    let start = fine[fine.count - 1]
    let coarse = (1...27).map { start + (.pi - start) * Float($0) / 27 }
    let half = fine + coarse
    return half.reversed().map { -$0 } + [0] + half
  }

  private static func makeLevels() -> [Float] {
    var levels = [Float]()
    func run(from: Float, to: Float, count: Int) {
      for i in 0..<count { levels.append(from + (to - from) * Float(i) / Float(count)) }
    }
    run(from: -22, to: -10, count: 18)
    run(from: -10, to: -7, count: 12)
    run(from: -7, to: eyeLevel, count: 20)
    run(from: eyeLevel, to: mouthLevel, count: 44)
    run(from: mouthLevel, to: 5.2, count: 16)
    run(from: 5.2, to: 9, count: 20)
    run(from: 9, to: collarLevel, count: 14)
    levels.append(collarLevel)
    return levels
  }

  /// Collects vertices and triangles.
  private struct Builder {
    let azimuths: [Float]
    let levels: [Float]
    var chart: [SIMD2<Float>] = []
    var azimuth: [Float] = []
    var cell: [SIMD2<Float>] = []
    var triangles: [SIMD3<Int32>] = []
    var columns: Int { azimuths.count }

    init(azimuths: [Float], levels: [Float]) {
      self.azimuths = azimuths
      self.levels = levels
      for (row, level) in levels.enumerated() {
        for (column, angle) in azimuths.enumerated() {
          chart.append(SIMD2(BaseHead.mean.point(azimuth: angle, level: level).x, level))
          azimuth.append(angle)
          cell.append(SIMD2(Float(column), Float(row)))
        }
      }
    }

    mutating func copy(of vertex: Int) -> Int {
      chart.append(chart[vertex])
      azimuth.append(azimuth[vertex])
      cell.append(cell[vertex])
      return chart.count - 1
    }

    mutating func cut(level: Float, from: Float, to: Float, rims: Int) -> Slit {
      let row = HeadGrid.nearest(levels, level)
      let places = azimuths.map {
        abs($0) > .pi / 2 ? 1e6 : BaseHead.mean.width(level) * sin($0)
      }
      let first = HeadGrid.nearest(places, from)
      let last = HeadGrid.nearest(places, to)
      var slit = Slit(row: row, first: first, last: last)
      slit.upper = (first...last).map { row * columns + $0 }
      slit.lower = slit.upper
      for i in 1..<slit.upper.count - 1 { slit.lower[i] = copy(of: slit.upper[i]) }
      for _ in 0..<rims {
        slit.upperRims.append(slit.upper.map { copy(of: $0) })
        slit.lowerRims.append(slit.upper.map { copy(of: $0) })
      }
      return slit
    }

    mutating func quad(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
      // a b above, c d below.
      triangles.append(SIMD3(Int32(a), Int32(c), Int32(b)))
      triangles.append(SIMD3(Int32(b), Int32(c), Int32(d)))
    }

    mutating func fill(slits: [Slit]) {
      for row in 0..<levels.count - 1 {
        for column in 0..<columns - 1 {
          var upper = [row * columns + column, row * columns + column + 1]
          for slit in slits where slit.row == row {
            for (i, c) in [column, column + 1].enumerated() where (slit.first...slit.last) ~= c {
              upper[i] = slit.lower[c - slit.first]
            }
          }
          let below = (row + 1) * columns + column
          quad(upper[0], upper[1], below, below + 1)
        }
      }
      for slit in slits {
        let inward = [slit.upper] + slit.upperRims
        let outward = [slit.lower] + slit.lowerRims
        for ring in 0..<slit.upperRims.count {
          for i in 0..<slit.upper.count - 1 {
            quad(inward[ring][i], inward[ring][i + 1], inward[ring + 1][i], inward[ring + 1][i + 1])
            quad(
              outward[ring + 1][i], outward[ring + 1][i + 1], outward[ring][i],
              outward[ring][i + 1])
          }
        }
      }
    }
  }
}
