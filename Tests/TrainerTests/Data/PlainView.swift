import FaceCore
import Trainer

/// What the loader draws, written plainly: the definition its vector code must agree with.
struct PlainView {
  let crop: Image
  let resolution: Int

  /// Red, green and blue of a pixel, 0 to 255, the edge going on outside.
  private func pixel(_ x: Int, _ y: Int) -> SIMD3<Double> {
    let at =
      3 * (max(0, min(crop.height - 1, y)) * crop.width + max(0, min(crop.width - 1, x)))
    return SIMD3(Double(crop.bytes[at]), Double(crop.bytes[at + 1]), Double(crop.bytes[at + 2]))
  }

  /// The parts of an interval that fall on each pixel.
  private func covered(_ from: Double, _ to: Double) -> [(pixel: Int, length: Double)] {
    (Int(from.rounded(.down))...Int(to.rounded(.down))).map {
      ($0, min(to, Double($0 + 1)) - max(from, Double($0)))
    }
  }

  /// Mean of a square of one result pixel about a place of the crop.
  private func mean(_ x: Double, _ y: Double) -> SIMD3<Double> {
    let half = Double(crop.width) / Double(resolution) / 2
    var sum = SIMD3<Double>.zero
    for row in covered(y - half, y + half) {
      for column in covered(x - half, x + half) {
        sum += pixel(column.pixel, row.pixel) * (row.length * column.length)
      }
    }
    return sum / (4 * half * half)
  }

  /// Linear between means half a result pixel apart, or between pixels where the crop is coarser.
  private func value(at place: SIMD2<Double>) -> SIMD3<Double> {
    let isFine = crop.width > resolution
    let step = isFine ? Double(crop.width) / Double(2 * resolution) : 1
    let last = isFine ? 2 * resolution : crop.width - 1
    func node(_ x: Int, _ y: Int) -> SIMD3<Double> {
      isFine ? mean(Double(x) * step, Double(y) * step) : pixel(x, y)
    }
    let index = isFine ? place / step : place - 0.5
    let x = max(0, min(Double(last), index.x))
    let y = max(0, min(Double(last), index.y))
    let (left, top) = (Int(min(Double(last - 1), x)), Int(min(Double(last - 1), y)))
    let (fx, fy) = (x - Double(left), y - Double(top))
    let above = node(left, top) * (1 - fx) + node(left + 1, top) * fx
    let below = node(left, top + 1) * (1 - fx) + node(left + 1, top + 1) * fx
    return above * (1 - fy) + below * fy
  }

  private func move(_ field: DisplacementField, _ x: Double, _ y: Double) -> SIMD2<Double> {
    let (u, v) = (
      x * Double(field.cells) / Double(resolution), y * Double(field.cells) / Double(resolution)
    )
    let (column, row) = (min(field.cells - 1, Int(u)), min(field.cells - 1, Int(v)))
    let (fx, fy) = (u - Double(column), v - Double(row))
    func node(_ x: Int, _ y: Int) -> SIMD2<Double> {
      let move = field.nodes[y * (field.cells + 1) + x]
      return SIMD2(Double(move.x), Double(move.y))
    }
    let above = node(column, row) * (1 - fx) + node(column + 1, row) * fx
    let below = node(column, row + 1) * (1 - fx) + node(column + 1, row + 1) * fx
    return above * (1 - fy) + below * fy
  }

  /// `[3, resolution, resolution]`, 0 to 1.
  func render(_ draw: RandomWarp.Draw, warps: Bool) -> [Float] {
    let area = resolution * resolution
    let back = draw.transform.inverse
    var result = [Float](repeating: 0, count: 3 * area)
    for y in 0..<resolution {
      for x in 0..<resolution {
        var place = SIMD2(Double(x) + 0.5, Double(y) + 0.5)
        if warps { place += move(draw.field, place.x, place.y) }
        var color =
          value(
            at: SIMD2(
              back.a * place.x + back.b * place.y + back.tx,
              back.c * place.x + back.d * place.y + back.ty)) / 255
        if warps { color = changed(color, draw) }
        for channel in 0..<3 { result[channel * area + y * resolution + x] = Float(color[channel]) }
      }
    }
    return result
  }

  private func changed(_ color: SIMD3<Double>, _ draw: RandomWarp.Draw) -> SIMD3<Double> {
    let luma = 0.299 * color.x + 0.587 * color.y + 0.114 * color.z
    let gray = SIMD3(repeating: luma)
    let gain = SIMD3(Double(draw.gain.x), Double(draw.gain.y), Double(draw.gain.z))
    return ((gray + (color - gray) * Double(draw.saturation)) * gain)
      .clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 1))
  }
}
