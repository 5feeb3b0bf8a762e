import FaceCore
import Foundation

/// Finds the 68 points of a posed head in the picture.
///
/// All but the jaw line are fixed places of the surface. The jaw line follows the contour that is
/// seen, as annotators of 300-W draw it: each level of the mesh gives the place where the head ends
/// in the picture, and the points divide the line of these places from ear to chin evenly.
struct LandmarkFinder {
  let landmarks: Landmarks
  /// Of each landmark, along the camera's axis, in centimetres.
  private let depths: [Float]

  init(posed: PosedHead, camera: SceneCamera) {
    let screen = posed.positions.prefix(HeadGrid.shared.vertexCount).map { p in
      Point(
        x: Float(camera.width) / 2 + camera.focal * p.x / p.z,
        y: Float(camera.height) / 2 + camera.focal * p.y / p.z)
    }
    let places = Places.shared
    let left = Self.evenly(places.leftJaw.map { Self.contour($0, side: -1, screen) })
    let right = Self.evenly(places.rightJaw.map { Self.contour($0, side: 1, screen) })
    var points = left + right.reversed().dropFirst()
    points += places.fixed.map { $0.point(screen) }
    landmarks = Landmarks(points)
    // The jaw's depth is that of its place at rest, which the contour leaves by little.
    let jaw = (0..<17).map { point -> Place in
      let side = point < 8 ? places.leftJaw : places.rightJaw
      return side[4 * min(point, 16 - point)][0]
    }
    depths = (jaw + places.fixed).map { place in
      zip(place.vertices, place.weights).reduce(0) { $0 + posed.positions[$1.0].z * $1.1 }
    }
  }

  /// Where they are in space: camera frame, centimetres.
  func places(in camera: SceneCamera) -> [SIMD3<Float>] {
    zip(landmarks.points, depths).map { point, depth in
      SIMD3(
        (point.x - Float(camera.width) / 2) / camera.focal * depth,
        (point.y - Float(camera.height) / 2) / camera.focal * depth, depth)
    }
  }

  /// Whether each landmark is in the picture and nothing is before it, but for `slack` centimetres.
  func visible(in visibility: Visibility, slack: Float = 0.8) -> [Bool] {
    let grid = Float(Visibility.grid)
    return landmarks.points.indices.map { index in
      // Of the samples around, the farthest: a point on an edge is seen from there.
      let (x, y) = (Int(landmarks[index].x * grid), Int(landmarks[index].y * grid))
      var farthest = -Float.infinity
      for (dx, dy) in [(0, 0), (-2, 0), (2, 0), (0, -2), (0, 2)] {
        let (column, row) = (x + dx, y + dy)
        guard (0..<visibility.width) ~= column, (0..<visibility.height) ~= row else { continue }
        let inverse = visibility.inverseDepth[row * visibility.width + column]
        farthest = max(farthest, inverse > 0 ? 1 / inverse : .infinity)
      }
      return farthest >= depths[index] - slack
    }
  }

  /// Of the places along a level, the farthest out.
  private static func contour(_ path: [Place], side: Float, _ screen: [Point]) -> Point {
    var best = path[0].point(screen)
    // Outward on the screen: across the line from the chin to the bridge of the nose.
    let up = Places.shared.bridge.point(screen) - Places.shared.chin.point(screen)
    let length = max(1e-3, (up.x * up.x + up.y * up.y).squareRoot())
    let outward = Point(x: -up.y / length * side, y: up.x / length * side)
    var farthest = best.x * outward.x + best.y * outward.y
    for place in path.dropFirst() {
      let point = place.point(screen)
      let out = point.x * outward.x + point.y * outward.y
      if out > farthest { (best, farthest) = (point, out) }
    }
    return best
  }

  /// Nine points that divide a line evenly, both ends among them.
  private static func evenly(_ line: [Point]) -> [Point] {
    var lengths: [Float] = [0]
    for i in 1..<line.count { lengths.append(lengths[i - 1] + line[i].distance(to: line[i - 1])) }
    let total = lengths[lengths.count - 1]
    return (0..<9).map { k in
      let place = total * Float(k) / 8
      var i = 0
      while i < line.count - 2, lengths[i + 1] < place { i += 1 }
      let share = (place - lengths[i]) / max(1e-6, lengths[i + 1] - lengths[i])
      return line[i] + (line[i + 1] - line[i]) * min(1, share)
    }
  }

  /// A place on the mesh: vertices and weights.
  struct Place: Sendable {
    var vertices: [Int]
    var weights: [Float]

    func point(_ screen: [Point]) -> Point {
      var sum = Point(x: 0, y: 0)
      for (vertex, weight) in zip(vertices, weights) { sum = sum + screen[vertex] * weight }
      return sum
    }
  }

  /// Where the landmarks lie on the mesh; the same for all people.
  struct Places: Sendable {
    static let shared = Places()

    /// From ear to chin, for each level the places from the ear inward.
    let leftJaw: [[Place]]
    let rightJaw: [[Place]]
    /// Points 17 to 67.
    let fixed: [Place]
    let bridge: Place
    let chin: Place

    /// Angle from the front, in degrees, and level along the edge of the jaw.
    private static let jawLine: [(Float, Float)] = [
      (87, -3.9), (87, -2.1), (86, -0.1), (84, 2.0), (78, 4.3), (65, 6.0), (46, 7.1), (24, 7.4),
      (0, 7.5),
    ]

    private init() {
      let grid = HeadGrid.shared
      func at(degrees: Float, level: Float) -> Place {
        Places.bilinear(
          column: Places.fraction(grid.azimuths, degrees * .pi / 180),
          row: Places.fraction(grid.levels, level))
      }
      let angle = Curve(Places.jawLine.enumerated().map { (Float($0.offset), $0.element.0) })
      let level = Curve(Places.jawLine.enumerated().map { (Float($0.offset), $0.element.1) })
      func jaw(_ side: Float) -> [[Place]] {
        (0...32).map { step in
          let along = Float(step) / 4
          let outer = angle(along)
          return stride(from: outer, through: min(outer, 8), by: -3).map {
            at(degrees: side * $0, level: level(along))
          }
        }
      }
      chin = at(degrees: 0, level: 7.5)
      bridge = at(degrees: 0, level: -4.3)
      leftJaw = jaw(-1)
      rightJaw = jaw(1)
      fixed = Places.innerFace(grid)
    }

    /// Points 17 to 67 in the order of iBUG.
    private static func innerFace(_ grid: HeadGrid) -> [Place] {
      let brow: [SIMD2<Float>] = [
        SIMD2(5.4, -5.6), SIMD2(4.6, -6.15), SIMD2(3.45, -6.3), SIMD2(2.2, -6.05),
        SIMD2(1.05, -5.6),
      ]
      var places = brow.map { surface(grid, -$0.x, $0.y) }
      places += brow.reversed().map { surface(grid, $0.x, $0.y) }
      places += [-4.2, -3.05, -1.9, -0.7].map { surface(grid, 0, $0) }
      places += [
        SIMD2<Float>(-1.4, 0.4), SIMD2(-0.75, 0.65), SIMD2(0, 0.82), SIMD2(0.75, 0.65),
        SIMD2(1.4, 0.4),
      ].map { surface(grid, $0.x, $0.y) }
      // The outer corner is where the lids part, a little inside the slit's end.
      func eye(_ slit: HeadGrid.Slit, from: Float, to: Float) -> [Place] {
        [
          corner(slit, from), edge(slit.upper, 0.32), edge(slit.upper, 0.68),
          corner(slit, to), edge(slit.lower, 0.68), edge(slit.lower, 0.32),
        ]
      }
      places += eye(grid.leftEye, from: 0.06, to: 1) + eye(grid.rightEye, from: 0, to: 0.94)
      func lip(_ share: Float, upper: Bool) -> Place {
        let s = share * HeadGrid.mouthHalf
        let edges = SkinPainter.lipEdges(s)
        return surface(grid, s, upper ? edges.upper + 0.06 : edges.lower - 0.1)
      }
      places += [
        corner(grid.mouth, 0.03), lip(-0.58, upper: true), lip(-0.22, upper: true),
        lip(0, upper: true), lip(0.22, upper: true), lip(0.58, upper: true),
        corner(grid.mouth, 0.97), lip(0.6, upper: false), lip(0.27, upper: false),
        lip(0, upper: false), lip(-0.27, upper: false), lip(-0.6, upper: false),
      ]
      places += [
        corner(grid.mouth, 0.11), edge(grid.mouth.upper, 0.37), edge(grid.mouth.upper, 0.5),
        edge(grid.mouth.upper, 0.63), corner(grid.mouth, 0.89), edge(grid.mouth.lower, 0.63),
        edge(grid.mouth.lower, 0.5), edge(grid.mouth.lower, 0.37),
      ]
      return places
    }

    /// The place of the surface with this chart position, in front.
    private static func surface(_ grid: HeadGrid, _ s: Float, _ t: Float) -> Place {
      let azimuth = asin(max(-1, min(1, s / BaseHead.mean.width(t))))
      return bilinear(column: fraction(grid.azimuths, azimuth), row: fraction(grid.levels, t))
    }

    /// Between the edges of a slit, a share of the way along.
    private static func corner(_ slit: HeadGrid.Slit, _ share: Float) -> Place {
      let upper = edge(slit.upper, share)
      let lower = edge(slit.lower, share)
      return Place(
        vertices: upper.vertices + lower.vertices,
        weights: (upper.weights + lower.weights).map { $0 / 2 })
    }

    /// A share of the way along an edge of a slit.
    private static func edge(_ vertices: [Int], _ share: Float) -> Place {
      let place = share * Float(vertices.count - 1)
      let i = min(vertices.count - 2, Int(place))
      return Place(
        vertices: [vertices[i], vertices[i + 1]],
        weights: [1 - (place - Float(i)), place - Float(i)])
    }

    private static func fraction(_ values: [Float], _ value: Float) -> Float {
      var i = 0
      while i < values.count - 2, values[i + 1] < value { i += 1 }
      return Float(i) + (value - values[i]) / (values[i + 1] - values[i])
    }

    private static func bilinear(column: Float, row: Float) -> Place {
      let grid = HeadGrid.shared
      let c = min(grid.columns - 2, Int(column))
      let r = min(grid.rows - 2, Int(row))
      let fx = column - Float(c)
      let fy = row - Float(r)
      let slits = [grid.leftEye, grid.rightEye, grid.mouth]
      func vertex(_ row: Int, _ column: Int) -> Int {
        // Below a slit the upper neighbour is the slit's lower edge.
        for slit in slits where slit.row == row && row == r && (slit.first...slit.last) ~= column {
          return slit.lower[column - slit.first]
        }
        return grid.index(row: row, column: column)
      }
      return Place(
        vertices: [vertex(r, c), vertex(r, c + 1), vertex(r + 1, c), vertex(r + 1, c + 1)],
        weights: [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy])
    }
  }
}
