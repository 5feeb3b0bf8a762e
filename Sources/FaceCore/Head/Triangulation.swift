/// Triangles over points in which no point lies inside the circle through another triangle's corners.
///
/// The same points in the same order give the same triangles. Source: Bowyer, "Computing Dirichlet
/// Tessellations", and Watson, "Computing the n-dimensional Delaunay Tessellation", both 1981.
struct Triangulation {
  /// Places in the list of points, clockwise on screen.
  private(set) var triangles: [SIMD3<Int32>] = []

  private struct Triangle {
    var corners: SIMD3<Int32>
    var center: SIMD2<Double>
    var radiusSquared: Double
  }

  /// Points that fall together make no triangle twice, but no point may lie on another.
  init(_ points: [Point]) {
    var places = points.map { SIMD2(Double($0.x), Double($0.y)) }
    let box = Box(around: points)
    let reach = 1000 * Double(max(box.width, box.height, 1))
    let middle = SIMD2(Double(box.center.x), Double(box.center.y))
    let count = Int32(points.count)
    places += [
      middle + SIMD2(-reach, -reach), middle + SIMD2(reach, -reach), middle + SIMD2(0, reach),
    ]
    var found = [Self.triangle(count, count + 1, count + 2, places)]
    for index in 0..<points.count { Self.insert(index, places, into: &found) }
    triangles = found.map(\.corners).filter { $0.max() < count }
  }

  private static func insert(
    _ index: Int, _ places: [SIMD2<Double>], into triangles: inout [Triangle]
  ) {
    var kept: [Triangle] = []
    var edges: [SIMD2<Int32>] = []
    for triangle in triangles {
      let away = places[index] - triangle.center
      if (away * away).sum() >= triangle.radiusSquared {
        kept.append(triangle)
        continue
      }
      let c = triangle.corners
      for edge in [SIMD2(c.x, c.y), SIMD2(c.y, c.z), SIMD2(c.z, c.x)] {
        // An edge between two triangles that go is met from both sides.
        if let other = edges.firstIndex(of: SIMD2(edge.y, edge.x)) {
          edges.remove(at: other)
        } else {
          edges.append(edge)
        }
      }
    }
    triangles = kept + edges.map { triangle($0.x, $0.y, Int32(index), places) }
  }

  private static func triangle(
    _ a: Int32, _ b: Int32, _ c: Int32, _ places: [SIMD2<Double>]
  ) -> Triangle {
    let origin = places[Int(a)]
    let (u, v) = (places[Int(b)] - origin, places[Int(c)] - origin)
    let twice = 2 * (u.x * v.y - u.y * v.x)
    let (uu, vv) = ((u * u).sum(), (v * v).sum())
    // Corners on a line have a circle without end, and go with the next point.
    guard twice != 0 else {
      return Triangle(corners: SIMD3(a, b, c), center: origin, radiusSquared: .infinity)
    }
    let center = SIMD2(v.y * uu - u.y * vv, u.x * vv - v.x * uu) / twice
    return Triangle(
      corners: SIMD3(a, b, c), center: origin + center, radiusSquared: (center * center).sum())
  }
}
