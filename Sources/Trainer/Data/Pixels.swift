import FaceCore

/// A picture as floats, four to a pixel, for sampling between the pixels: R, G, B, 0 to 1, and
/// one more value that travels with them.
struct Pixels: Sendable {
  let width: Int
  let height: Int
  var values: [SIMD4<Float>]

  init(width: Int, height: Int, values: [SIMD4<Float>]) {
    precondition(values.count == width * height, "one value a pixel")
    (self.width, self.height, self.values) = (width, height, values)
  }

  /// From `[3, side, side]` floats and, if given, `[side, side]` of the fourth value (else 1).
  init(planes: [Float], fourth: [Float]? = nil, side: Int) {
    let area = side * side
    precondition(planes.count == 3 * area, "three planes of side × side")
    precondition(fourth.map { $0.count == area } ?? true, "one more plane of side × side")
    let values = (0..<area).map {
      SIMD4(planes[$0], planes[area + $0], planes[2 * area + $0], fourth?[$0] ?? 1)
    }
    self.init(width: side, height: side, values: values)
  }
}

/// Bilinear value at a position counted in pixel indices (a centre is a whole number); the edge
/// goes on outside.
@inline(__always)
func bilinear(
  _ values: Span<SIMD4<Float>>, width: Int, height: Int, x: Float, y: Float
) -> SIMD4<Float> {
  let inX = max(0, min(Float(width - 1), x))
  let inY = max(0, min(Float(height - 1), y))
  let left = Int(inX)
  let top = Int(inY)
  let right = min(left + 1, width - 1)
  let upper = top * width
  let lower = min(top + 1, height - 1) * width
  let fx = inX - Float(left)
  let fy = inY - Float(top)
  let above = values[upper + left] + (values[upper + right] - values[upper + left]) * fx
  let below = values[lower + left] + (values[lower + right] - values[lower + left]) * fx
  return above + (below - above) * fy
}

/// Cubic value at a position counted in pixel indices; the edge goes on outside.
///
/// It passes through the pixels and may overshoot their range a little.
///
/// Source: Catmull and Rom, "A Class of Local Interpolating Splines", 1974.
@inline(__always)
func cubic(
  _ values: Span<SIMD4<Float>>, width: Int, height: Int, x: Float, y: Float
) -> SIMD4<Float> {
  let inX = max(-1, min(Float(width), x))
  let inY = max(-1, min(Float(height), y))
  let floorX = inX.rounded(.down)
  let floorY = inY.rounded(.down)
  let across = catmullRom(inX - floorX)
  let down = catmullRom(inY - floorY)
  let left = Int(floorX) - 1
  let top = Int(floorY) - 1
  let c0 = max(0, min(width - 1, left))
  let c1 = max(0, min(width - 1, left + 1))
  let c2 = max(0, min(width - 1, left + 2))
  let c3 = max(0, min(width - 1, left + 3))
  var sum = SIMD4<Float>.zero
  for row in 0..<4 {
    let at = max(0, min(height - 1, top + row)) * width
    let near = values[at + c0] * across.x + values[at + c1] * across.y
    let far = values[at + c2] * across.z + values[at + c3] * across.w
    sum += (near + far) * down[row]
  }
  return sum
}

/// Weights of the four neighbours of a position `t` of the way from the second to the third.
@inline(__always)
private func catmullRom(_ t: Float) -> SIMD4<Float> {
  let t2 = t * t
  let t3 = t2 * t
  return SIMD4(
    -0.5 * t + t2 - 0.5 * t3, 1 - 2.5 * t2 + 1.5 * t3,
    0.5 * t + 2 * t2 - 1.5 * t3, -0.5 * t2 + 0.5 * t3)
}
