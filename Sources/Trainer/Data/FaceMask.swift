public import FaceCore

/// Where the face is: the convex hull of the landmarks with the brows lifted toward the forehead,
/// drawn in, and soft at its edge.
///
/// Every corner of the outline is a linear combination of landmarks, so the mask moves with them
/// under any affine map, a mirror too.
public struct FaceMask: Hashable, Sendable, Codable {
  /// How far a brow rises, in its mean distances from the middle between the corners of its eye.
  ///
  /// At 1 the brows lie inside of the soft edge. Peers use half of the distance from the eyelids,
  /// without one.
  public var browLift: Float
  /// How far the outline is drawn in, in face sizes (see ``Outline/size``); less than 0 widens.
  public var erosion: Float
  /// Width of the soft edge inside of the outline, in face sizes.
  public var feather: Float

  public init(browLift: Float = 1, erosion: Float = 0, feather: Float = 0) {
    (self.browLift, self.erosion, self.feather) = (browLift, erosion, feather)
  }

  /// Weights the loss: the whole hull, hard edge.
  public static let training = FaceMask()

  /// Blends a face in: drawn in a little so that the soft edge lies on skin.
  public static let blending = FaceMask(erosion: 0.04, feather: 0.12)

  /// The outline of a face in the pixels its landmarks are given in.
  public func outline(of landmarks: Landmarks) -> Outline {
    var points = landmarks.points
    points += lifted(
      landmarks, brow: Landmarks.leftBrow, from: landmarks[36], to: landmarks[39])
    points += lifted(
      landmarks, brow: Landmarks.rightBrow, from: landmarks[42], to: landmarks[45])
    return Outline(hullOf: points)
  }

  /// The eyes and the mouth, a little widened, in the pixels the landmarks are given in.
  public static func details(of landmarks: Landmarks) -> [Outline] {
    [Landmarks.leftEye, Landmarks.rightEye, Landmarks.outerLips].map { part in
      Outline(hullOf: Array(landmarks.points[part]))
    }
  }

  /// Widens and softens the details for weighing the loss, in sizes of each.
  static let detail = FaceMask(erosion: -0.35, feather: 0.35)

  /// Values of the mask, 0 to 1, for a picture of this size: `height · width`, rows top to bottom.
  public func render(_ outline: Outline, width: Int, height: Int) -> [Float] {
    var result = [Float](repeating: 0, count: width * height)
    var values = result.mutableSpan
    SoftEdge(self, outline).add(1, to: &values, width: width, height: height)
    return result
  }

  private func lifted(
    _ landmarks: Landmarks, brow: Range<Int>, from start: Point, to end: Point
  ) -> [Point] {
    // One shift for the whole brow: its outer end must not swing out over the temple.
    let shift = landmarks.mean(of: brow) - (start + end) * 0.5
    return brow.map { landmarks[$0] + shift * browLift }
  }
}

/// A convex polygon.
public struct Outline: Hashable, Sendable {
  /// The corners, in pixels, clockwise on screen.
  public let corners: [Point]

  /// The smallest convex polygon that holds all points.
  ///
  /// Source: Andrew, "Another Efficient Algorithm for Convex Hulls in Two Dimensions", 1979.
  public init(hullOf points: [Point]) {
    let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    func chain(_ points: [Point]) -> [Point] {
      var hull: [Point] = []
      for point in points {
        while hull.count > 1, turn(hull[hull.count - 2], hull[hull.count - 1], point) <= 0 {
          hull.removeLast()
        }
        hull.append(point)
      }
      return Array(hull.dropLast())
    }
    func turn(_ a: Point, _ b: Point, _ c: Point) -> Float {
      (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    }
    corners = chain(sorted) + chain(sorted.reversed())
  }

  private init(corners: [Point]) { self.corners = corners }

  /// The outline in other pixels: a convex polygon stays one, and a mirror turns its corners around.
  public func mapped(by transform: AffineTransform) -> Outline {
    let moved = corners.map(transform.apply)
    return Outline(corners: transform.determinant < 0 ? moved.reversed() : moved)
  }

  /// Area inside, in square pixels.
  public var area: Float {
    var sum: Float = 0
    for (index, corner) in corners.enumerated() {
      let next = corners[(index + 1) % corners.count]
      sum += corner.x * next.y - next.x * corner.y
    }
    return sum / 2
  }

  /// Size of the face: the side of a square of its area, in pixels.
  public var size: Float { max(0, area).squareRoot() }

  public var box: Box { Box(around: corners) }
}
