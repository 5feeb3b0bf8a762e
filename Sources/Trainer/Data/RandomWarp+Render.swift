import FaceCore

/// One sample of a batch.
struct WarpedFace: Sendable {
  /// `[3, resolution, resolution]`, warped.
  var input: [Float]
  /// `[3, resolution, resolution]`, not warped.
  var target: [Float]
  /// What each pixel counts, `[resolution, resolution]`: 0 outside of the face, 1 inside, more at
  /// eyes and mouth.
  var mask: [Float]
}

extension RandomWarp.Draw {
  /// Renders the sample from its crop, which may have been shrunk from `side` pixels before.
  func render(
    _ crop: Pixels, side: Int, landmarks: Landmarks, mask: FaceMask, detailWeight: Float,
    resolution: Int
  ) -> WarpedFace {
    let target = sample(crop, side: side, resolution: resolution, warps: false)
    let unchanged = field.isZero && gain == SIMD4(repeating: 1) && saturation == 1
    let input =
      unchanged ? target : sample(crop, side: side, resolution: resolution, warps: true)
    let outline = mask.outline(of: landmarks).mapped(by: transform)
    var weights = mask.render(outline, width: resolution, height: resolution)
    if detailWeight > 0 {
      for detail in FaceMask.details(of: landmarks) {
        let more = FaceMask.detail.render(
          detail.mapped(by: transform), width: resolution, height: resolution)
        for index in weights.indices { weights[index] += detailWeight * more[index] }
      }
    }
    return WarpedFace(input: input, target: target, mask: weights)
  }

  /// Mean of a grid of samples as fine as the crop, so that nothing aliases.
  private func sample(_ crop: Pixels, side: Int, resolution: Int, warps: Bool) -> [Float] {
    let area = resolution * resolution
    var result = [Float](repeating: 0, count: 3 * area)
    let back = transform.inverse.then(.scale(Double(crop.width) / Double(side)))
    let grid = max(1, Int((Double(crop.width) / Double(resolution) - 1e-6).rounded(.up)))
    let values = crop.values.span
    let (a, b, tx) = (Float(back.a), Float(back.b), Float(back.tx) - 0.5)
    let (c, d, ty) = (Float(back.c), Float(back.d), Float(back.ty) - 0.5)
    let step = 1 / Float(grid)
    let share = 1 / Float(grid * grid)
    for y in 0..<resolution {
      for x in 0..<resolution {
        let center = SIMD2(Float(x) + 0.5, Float(y) + 0.5)
        let moved = warps ? center + field.value(x: center.x, y: center.y) : center
        var color = SIMD4<Float>.zero
        for row in 0..<grid {
          let v = moved.y - 0.5 + (Float(row) + 0.5) * step
          for column in 0..<grid {
            let u = moved.x - 0.5 + (Float(column) + 0.5) * step
            color += bilinear(
              values, width: crop.width, height: crop.height,
              x: a * u + b * v + tx, y: c * u + d * v + ty)
          }
        }
        color *= share
        if warps { color = jittered(color) }
        let at = y * resolution + x
        result[at] = color.x
        result[area + at] = color.y
        result[2 * area + at] = color.z
      }
    }
    return result
  }

  @inline(__always)
  private func jittered(_ color: SIMD4<Float>) -> SIMD4<Float> {
    let luma = 0.299 * color.x + 0.587 * color.y + 0.114 * color.z
    let gray = SIMD4(repeating: luma)
    let changed = (gray + (color - gray) * saturation) * gain
    return changed.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 1))
  }
}
