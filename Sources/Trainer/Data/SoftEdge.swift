import FaceCore

/// The mask's value as a closed form of the distance to the outline, so that it is as smooth at
/// any scale.
package struct SoftEdge: Sendable {
  /// For each side of the polygon the inner normal (x, y) and offset: distance inward, in pixels.
  private let sides: [SIMD3<Float>]
  private let perPixel: Float
  private let isSoft: Bool

  /// Inside of the outline and of another polygon, if there is one: the square that was swapped,
  /// whose edge is steeper, so that brows near it in a tight crop are still the new face's.
  package init(_ mask: FaceMask, _ outline: Outline, inside other: Outline? = nil) {
    let size = outline.size
    let width = mask.feather * size
    // A hard edge is one pixel of coverage, half of it outside of the outline.
    isSoft = width > 1
    let inset = mask.erosion * size - (isSoft ? 0 : 0.5)
    perPixel = isSoft ? 1 / width : 1
    var sides: [SIMD3<Float>] = []
    for (place, polygon) in [outline, other].enumerated() {
      guard let polygon, polygon.corners.count > 2 else { continue }
      let isFrame = place == 1 && isSoft
      let steepness: Float = isFrame ? 1.6 : 1
      for (index, corner) in polygon.corners.enumerated() {
        let next = polygon.corners[(index + 1) % polygon.corners.count]
        let length = corner.distance(to: next)
        // Corners may fall together when an outline is mapped to fewer pixels.
        guard length > 0 else { continue }
        let normal = Point(x: (corner.y - next.y) / length, y: (next.x - corner.x) / length)
        let offset = -(normal.x * corner.x + normal.y * corner.y) - (isFrame ? 0 : inset)
        sides.append(SIMD3(normal.x, normal.y, offset) * steepness)
      }
    }
    self.sides = outline.corners.count < 3 ? [] : sides
  }

  /// 0 to 1 at a position in pixels.
  @inline(__always)
  package func value(x: Float, y: Float) -> Float {
    guard !sides.isEmpty else { return 0 }
    var inward = Float.greatestFiniteMagnitude
    for side in sides {
      inward = min(inward, side.x * x + side.y * y + side.z)
      if inward <= 0 { return 0 }
    }
    let share = min(1, inward * perPixel)
    return isSoft ? share * share * (3 - 2 * share) : share
  }

  /// Adds `weight` times the mask's value at every pixel's centre to `values`, rows top to bottom.
  ///
  /// Only pixels near the edge are looked at: a row is cut into what is surely outside, what is
  /// surely inside, and the rest, with a pixel to spare for rounding.
  package func add(
    _ weight: Float, to values: inout MutableSpan<Float>, width: Int, height: Int
  ) {
    precondition(values.count == width * height, "one value a pixel")
    for y in 0..<height {
      let seen = pixels(inward: 0, row: y, width: width, slack: 1)
      guard !seen.isEmpty else { continue }
      let whole = pixels(inward: 1 / perPixel, row: y, width: width, slack: -1)
      let first = whole.isEmpty ? seen.upperBound : whole.lowerBound
      let row = y * width
      add(weight, to: &values, row: row, y: y, range: seen.lowerBound..<first)
      for x in whole { values[row + x] += weight }
      add(
        weight, to: &values, row: row, y: y, range: max(first, whole.upperBound)..<seen.upperBound)
    }
  }

  private func add(
    _ weight: Float, to values: inout MutableSpan<Float>, row: Int, y: Int, range: Range<Int>
  ) {
    for x in range { values[row + x] += weight * value(x: Float(x) + 0.5, y: Float(y) + 0.5) }
  }

  /// Pixels of a row that lie so far inside of every side; `slack` in pixels, more takes in more.
  private func pixels(inward: Float, row: Int, width: Int, slack: Float) -> Range<Int> {
    guard !sides.isEmpty else { return 0..<0 }
    let y = Float(row) + 0.5
    var low = -slack
    var high = Float(width) + slack
    for side in sides {
      let rest = side.y * y + side.z - inward
      if abs(side.x) < Self.level {
        // As good as level: the whole row is on one side of it, or near.
        if rest + slack * Self.level * Float(width) < 0 { return 0..<0 }
      } else if side.x > 0 {
        low = max(low, -rest / side.x - slack)
      } else {
        high = min(high, -rest / side.x + slack)
      }
    }
    let first = max(0, (low - 0.5).rounded(.up))
    let last = min(Float(width - 1), (high - 0.5).rounded(.down))
    return first <= last ? Int(first)..<Int(last) + 1 : 0..<0
  }

  /// Below this part of a normal along x, where a side crosses a row cannot be told well.
  private static let level: Float = 1e-3
}
