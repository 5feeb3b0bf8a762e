import FaceCore
import Foundation

/// Finds the 68 points of a posed head in the picture.
///
/// All but the jaw line are fixed places of the surface. The jaw line follows the contour that is
/// seen, as annotators of 300-W draw it: each point slides inward along its level of the mesh to
/// where the head ends in the picture.
struct LandmarkFinder {
  let landmarks: Landmarks

  init(posed: PosedHead, camera: SceneCamera) {
    let screen = posed.positions.prefix(HeadGrid.shared.vertexCount).map { p in
      Point(
        x: Float(camera.width) / 2 + camera.focal * p.x / p.z,
        y: Float(camera.height) / 2 + camera.focal * p.y / p.z)
    }
    let places = Places.shared
    var points = places.jaw.map { Self.contour($0, screen) }
    points += places.fixed.map { $0.point(screen) }
    landmarks = Landmarks(points)
  }

  /// Of the places along a level, the farthest out.
  private static func contour(_ jaw: Places.Jaw, _ screen: [Point]) -> Point {
    var best = jaw.path[0].point(screen)
    guard jaw.side != 0 else { return best }
    // Outward on the screen: across the line from the chin to the bridge of the nose.
    let up = Places.shared.bridge.point(screen) - Places.shared.chin.point(screen)
    let length = max(1e-3, (up.x * up.x + up.y * up.y).squareRoot())
    let outward = Point(x: -up.y / length * jaw.side, y: up.x / length * jaw.side)
    var farthest = best.x * outward.x + best.y * outward.y
    for place in jaw.path.dropFirst() {
      let point = place.point(screen)
      let out = point.x * outward.x + point.y * outward.y
      if out > farthest { (best, farthest) = (point, out) }
    }
    return best
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

    struct Jaw: Sendable {
      /// −1 at image left, 1 at image right, 0 the chin.
      var side: Float
      /// From the ear inward.
      var path: [Place]
    }

    let jaw: [Jaw]
    /// Points 17 to 67.
    let fixed: [Place]
    let bridge: Place
    let chin: Place

    /// Angle from the front, in degrees, and level of points 0 to 7.
    private static let jawLine: [(Float, Float)] = [
      (80, -3.0), (80, -1.1), (78, 0.9), (75, 3.1), (70, 5.2), (60, 6.5), (44, 7.1), (23, 7.4),
    ]

    private init() {
      let grid = HeadGrid.shared
      func at(degrees: Float, level: Float) -> Place {
        Places.bilinear(
          column: Places.fraction(grid.azimuths, degrees * .pi / 180),
          row: Places.fraction(grid.levels, level))
      }
      func line(_ side: Float, _ place: (Float, Float)) -> Jaw {
        Jaw(
          side: side,
          path: stride(from: place.0, through: 8, by: -3).map {
            at(degrees: side * $0, level: place.1)
          })
      }
      chin = at(degrees: 0, level: 7.5)
      bridge = at(degrees: 0, level: -4.3)
      jaw =
        Places.jawLine.map { line(-1, $0) } + [Jaw(side: 0, path: [chin])]
        + Places.jawLine.reversed().map { line(1, $0) }
      let half = Places.halfFace(grid)
      fixed = half
    }

    /// Points 17 to 67 in the order of iBUG.
    private static func halfFace(_ grid: HeadGrid) -> [Place] {
      let brow: [SIMD2<Float>] = [
        SIMD2(5.5, -5.35), SIMD2(4.75, -5.98), SIMD2(3.75, -6.2), SIMD2(2.6, -6.05),
        SIMD2(1.4, -5.6),
      ]
      var places = brow.map { surface(grid, -$0.x, $0.y) }
      places += brow.reversed().map { surface(grid, $0.x, $0.y) }
      places += [-4.2, -3.1, -1.95, -0.8].map { surface(grid, 0, $0) }
      places += [SIMD2<Float>(-1.4, 0.3), SIMD2(-0.75, 0.55), SIMD2(0, 0.7), SIMD2(0.75, 0.55),
        SIMD2(1.4, 0.3)].map { surface(grid, $0.x, $0.y) }
      func eye(_ slit: HeadGrid.Slit) -> [Place] {
        [
          edge(slit.upper, 0), edge(slit.upper, 0.32), edge(slit.upper, 0.68),
          edge(slit.upper, 1), edge(slit.lower, 0.68), edge(slit.lower, 0.32),
        ]
      }
      places += eye(grid.leftEye) + eye(grid.rightEye)
      func lip(_ share: Float, upper: Bool) -> Place {
        let s = share * HeadGrid.mouthHalf
        let edges = SkinPainter.lipEdges(s)
        return surface(grid, s, upper ? edges.upper : edges.lower)
      }
      places += [
        edge(grid.mouth.upper, 0), lip(-0.58, upper: true), lip(-0.22, upper: true),
        lip(0, upper: true), lip(0.22, upper: true), lip(0.58, upper: true),
        edge(grid.mouth.upper, 1), lip(0.6, upper: false), lip(0.27, upper: false),
        lip(0, upper: false), lip(-0.27, upper: false), lip(-0.6, upper: false),
      ]
      places += [
        edge(grid.mouth.upper, 0.08), edge(grid.mouth.upper, 0.37), edge(grid.mouth.upper, 0.5),
        edge(grid.mouth.upper, 0.63), edge(grid.mouth.upper, 0.92), edge(grid.mouth.lower, 0.63),
        edge(grid.mouth.lower, 0.5), edge(grid.mouth.lower, 0.37),
      ]
      return places
    }

    /// The place of the surface with this chart position, in front.
    private static func surface(_ grid: HeadGrid, _ s: Float, _ t: Float) -> Place {
      let azimuth = asin(max(-1, min(1, s / BaseHead.mean.width(t))))
      return bilinear(column: fraction(grid.azimuths, azimuth), row: fraction(grid.levels, t))
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
