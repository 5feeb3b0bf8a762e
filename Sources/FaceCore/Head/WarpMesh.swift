/// A picture's points and where they go, with triangles between them: affine inside of each.
package struct WarpMesh: Sendable {
  package let from: [Point]
  package let to: [Point]
  /// Places in the lists of points, clockwise on screen before; those furthest away come first.
  package let triangles: [SIMD3<Int32>]

  /// Traps unless every point has its goal and depth; no two points may lie on each other.
  ///
  /// `depths` say what hides what where the picture folds; more is further away.
  package init(from: [Point], to: [Point], depths: [Float]) {
    precondition(from.count == to.count && from.count == depths.count, "every point goes somewhere")
    (self.from, self.to) = (from, to)
    func depth(_ corners: SIMD3<Int32>) -> Float {
      depths[Int(corners.x)] + depths[Int(corners.y)] + depths[Int(corners.z)]
    }
    triangles = Triangulation(from).triangles.enumerated()
      .sorted { (-depth($0.element), $0.offset) < (-depth($1.element), $1.offset) }
      .map(\.element)
  }

  /// Which part of the picture turns over, and so is hidden: of the area of all triangles between points
  /// from `first` on.
  package func hiddenShare(from first: Int) -> Float {
    var (hidden, all) = (Float(0), Float(0))
    for corners in triangles where corners.min() >= first {
      let before = Self.area(corners.points(from))
      all += before
      if Self.area(corners.points(to)) <= 0 { hidden += before }
    }
    return all > 0 ? hidden / all : 0
  }

  /// Where a point of the picture goes; it stays where there is no triangle.
  package func moved(_ point: Point) -> Point {
    for corners in triangles {
      let share = Self.shares(of: point, in: corners.points(from))
      guard share.min() >= -1e-5 else { continue }
      let goals = corners.points(to)
      return goals.0 * share.x + goals.1 * share.y + goals.2 * share.z
    }
    return point
  }

  /// How much of each corner a point has: all of them 0 or more inside of the triangle.
  package static func shares(
    of point: Point, in corners: (Point, Point, Point)
  ) -> SIMD3<Float> {
    let (u, v) = (corners.1 - corners.0, corners.2 - corners.0)
    let p = point - corners.0
    let whole = u.x * v.y - u.y * v.x
    let (second, third) = ((p.x * v.y - p.y * v.x) / whole, (u.x * p.y - u.y * p.x) / whole)
    return SIMD3(1 - second - third, second, third)
  }

  /// Twice the area of a triangle; negative where it is counter-clockwise on screen.
  package static func area(_ corners: (Point, Point, Point)) -> Float {
    let (u, v) = (corners.1 - corners.0, corners.2 - corners.0)
    return u.x * v.y - u.y * v.x
  }

  /// Pixels of a row or column whose centres lie between.
  private static func centers(from low: Float, to high: Float, limit: Int) -> Range<Int> {
    let first = Int(max(0, min(Float(limit), (low - 0.5).rounded(.up))))
    let end = Int(max(0, min(Float(limit), (high + 0.5).rounded(.down))))
    return first..<max(first, end)
  }

  /// The affine map from a moved triangle back: what a step along x and along y of the result is in
  /// the picture, and where the first corner was.
  private static func back(
    from: (Point, Point, Point), to: (Point, Point, Point)
  ) -> (a: Point, b: Point, origin: Point) {
    let (u, v) = (to.1 - to.0, to.2 - to.0)
    let (p, q) = (from.1 - from.0, from.2 - from.0)
    let whole = area(to)
    return (
      (p * v.y - q * u.y) * (1 / whole), (q * u.x - p * v.x) * (1 / whole), from.0
    )
  }

  /// Where each pixel's centre of a picture that this mesh makes was, row by row; what no triangle reaches
  /// stays, and what turns over is hidden by what is nearer.
  package func origins(width: Int, height: Int) -> [Point] {
    var origins = (0..<width * height).map {
      Point(x: Float($0 % width) + 0.5, y: Float($0 / width) + 0.5)
    }
    for corners in triangles {
      let (from, to) = (corners.points(self.from), corners.points(self.to))
      guard Self.area(to) > 0 else { continue }
      let box = Box(around: [to.0, to.1, to.2])
      let columns = Self.centers(from: box.x, to: box.x + box.width, limit: width)
      let (a, b, origin) = Self.back(from: from, to: to)
      for row in Self.centers(from: box.y, to: box.y + box.height, limit: height) {
        for column in columns {
          let point = Point(x: Float(column) + 0.5, y: Float(row) + 0.5)
          guard Self.shares(of: point, in: to).min() >= -1e-4 else { continue }
          origins[row * width + column] = origin + a * (point.x - to.0.x) + b * (point.y - to.0.y)
        }
      }
    }
    return origins
  }
}

extension SIMD3<Int32> {
  /// The three points of a triangle.
  package func points(_ all: [Point]) -> (Point, Point, Point) {
    (all[Int(x)], all[Int(y)], all[Int(z)])
  }
}
