package import FaceCore

extension RandomWarp.Draw {
  /// Renders a sample of a crop of `side` pixels, which may be held smaller.
  ///
  /// - Parameters:
  ///   - input: `[3, resolution, resolution]`, warped, in other colours.
  ///   - target: `[3, resolution, resolution]`, neither.
  package func render(
    _ crop: SmoothedPicture, side: Int, resolution: Int, input: inout MutableSpan<Float>,
    target: inout MutableSpan<Float>
  ) {
    let back = transform.inverse.then(.scale(1 / Double(side)))
    crop.view(through: back, pixels: resolution, into: &target)
    let keepsColors = gain == SIMD3(repeating: 1) && saturation == 1
    if field.isZero, keepsColors {
      for index in 0..<input.count { input[index] = target[index] }
      return
    }
    crop.view(
      through: back, grid: field.isZero ? nil : .init(cells: field.cells, moves: field.nodes),
      tone: keepsColors ? nil : .init(gain: gain, saturation: saturation), pixels: resolution,
      into: &input)
  }

  /// Adds what each pixel counts to `[resolution, resolution]` zeros: 0 outside of the face, 1 inside,
  /// more at eyes and mouth.
  func weigh(
    _ landmarks: Landmarks, mask: FaceMask, detailWeight: Float, resolution: Int,
    into weights: inout MutableSpan<Float>
  ) {
    let outline = mask.outline(of: landmarks).mapped(by: transform)
    SoftEdge(mask, outline).add(1, to: &weights, width: resolution, height: resolution)
    guard detailWeight > 0 else { return }
    for detail in FaceMask.details(of: landmarks) {
      SoftEdge(.detail, detail.mapped(by: transform))
        .add(detailWeight, to: &weights, width: resolution, height: resolution)
    }
  }
}
