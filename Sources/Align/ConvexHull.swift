import FaceCore

/// The corners of the smallest convex polygon around the points, in order around it.
///
/// Source: Andrew, "Another Efficient Algorithm for Convex Hulls in Two Dimensions", 1979.
func convexHull(_ points: [Point]) -> [Point] {
  let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
  guard sorted.count > 2 else { return sorted }
  func chain(_ points: some Sequence<Point>) -> [Point] {
    var corners: [Point] = []
    for point in points {
      while corners.count > 1 {
        let a = corners[corners.count - 1] - corners[corners.count - 2]
        let b = point - corners[corners.count - 1]
        if a.x * b.y - a.y * b.x > 0 { break }
        corners.removeLast()
      }
      corners.append(point)
    }
    return Array(corners.dropLast())
  }
  return chain(sorted) + chain(sorted.reversed())
}
