public import FaceCore

/// Where a face to be swapped lies in a frame.
public struct TargetFace: Hashable, Sendable {
  /// In pixels of the frame.
  public var landmarks: Landmarks
  /// Frame pixels to pixels of the network's square.
  public var transform: AffineTransform

  public init(landmarks: Landmarks, transform: AffineTransform) {
    (self.landmarks, self.transform) = (landmarks, transform)
  }
}

/// A face as the network answers it.
public struct SwappedFace: Hashable, Sendable {
  /// `[3, resolution, resolution]`, sRGB, 0 to 1.
  public var pixels: [Float]
  /// Where the network says the face is, `[resolution, resolution]`, 0 to 1, if it does.
  public var mask: [Float]?
  /// Side of the square, in pixels.
  public let resolution: Int

  /// Traps unless the arrays fill the square.
  public init(pixels: [Float], mask: [Float]? = nil, resolution: Int) {
    precondition(pixels.count == 3 * resolution * resolution, "three planes of the square")
    precondition(mask.map { $0.count == resolution * resolution } ?? true, "a plane of the square")
    (self.pixels, self.mask, self.resolution) = (pixels, mask, resolution)
  }
}

/// Puts a swapped face into its frame.
///
/// The mask is a closed form in frame pixels and so has no steps when the face is larger than the
/// network's square. The blend is done on sRGB values, not in linear light: the network's loss
/// works on them, target and swapped skin are close, and the ramp looks even to the eye where
/// linear light would let the brighter side win.
public struct Compositor: Hashable, Sendable, Codable {
  public var mask = FaceMask.blending
  /// Nil keeps the network's colours.
  public var colorMatch: ColorMatch? = ColorMatch()

  public init() {}

  /// Blends the face into the frame and returns the mask that was used.
  ///
  /// Pixels where the mask is 0 keep their bytes.
  ///
  /// - Parameters:
  ///   - patch: The square as it was cut from the frame, if the caller has it: `[3, resolution,
  ///     resolution]`.
  @discardableResult
  public func composite(
    _ swapped: SwappedFace, patch: [Float]? = nil, at face: TargetFace, into frame: inout Image
  ) -> FrameMask {
    let side = swapped.resolution
    var pixels = Pixels(planes: swapped.pixels, fourth: swapped.mask, side: side)
    let outline = mask.outline(of: face.landmarks)
    if let colorMatch {
      let target =
        patch ?? FacePatch.cut(from: frame, transform: face.transform, resolution: side)
      var core = mask
      core.feather = 0
      // The margin holds the taps of whatever filter reads the face.
      colorMatch.apply(
        to: &pixels, target: Pixels(planes: target, side: side),
        mask: core.render(outline.mapped(by: face.transform), width: side, height: side),
        margin: 4 + Int(face.transform.meanScale.rounded(.up)))
    }
    let square = Outline(square: side, seenThrough: face.transform.inverse)
    let edge = SoftEdge(mask, outline, inside: square)
    var region = FrameMask(
      around: outline, frameWidth: frame.width, frameHeight: frame.height)
    blend(pixels, through: face.transform, edge: edge, region: &region, into: &frame)
    return region
  }

  /// Fills the region's values and changes the frame where they are not 0.
  private func blend(
    _ face: Pixels, through map: AffineTransform, edge: SoftEdge, region: inout FrameMask,
    into frame: inout Image
  ) {
    let sampler = PatchSampler(face, map: map)
    let values = face.values.span
    let frameWidth = frame.width
    var bytes = frame.bytes.mutableSpan
    for row in 0..<region.height {
      let y = Float(region.y + row) + 0.5
      for column in 0..<region.width {
        let x = Float(region.x + column) + 0.5
        var alpha = edge.value(x: x, y: y)
        guard alpha > 0 else { continue }
        let color = sampler.color(values, x: x, y: y)
        alpha *= max(0, min(1, color.w))
        region.values[row * region.width + column] = alpha
        guard alpha > 0 else { continue }
        let at = ((region.y + row) * frameWidth + region.x + column) * 3
        for channel in 0..<3 {
          let wanted = max(0, min(1, color[channel])) * 255
          let before = Float(bytes[at + channel])
          bytes[at + channel] = UInt8(before + (wanted - before) * alpha + 0.5)
        }
      }
    }
  }
}

/// Reads the network's square at positions of the frame: cubic when the face grows on its way
/// back, the mean of a grid of samples when it shrinks.
private struct PatchSampler {
  private let width: Int
  private let height: Int
  private let a, b, tx, c, d, ty: Float
  /// Samples along a side of a frame pixel.
  private let grid: Int

  init(_ face: Pixels, map: AffineTransform) {
    (width, height) = (face.width, face.height)
    (a, b, tx) = (Float(map.a), Float(map.b), Float(map.tx) - 0.5)
    (c, d, ty) = (Float(map.c), Float(map.d), Float(map.ty) - 0.5)
    grid = min(16, max(1, Int((map.meanScale - 1e-3).rounded(.up))))
  }

  @inline(__always)
  func color(_ values: Span<SIMD4<Float>>, x: Float, y: Float) -> SIMD4<Float> {
    if grid == 1 {
      return cubic(
        values, width: width, height: height, x: a * x + b * y + tx, y: c * x + d * y + ty)
    }
    let step = 1 / Float(grid)
    var sum = SIMD4<Float>.zero
    for row in 0..<grid {
      let v = y - 0.5 + (Float(row) + 0.5) * step
      for column in 0..<grid {
        let u = x - 0.5 + (Float(column) + 0.5) * step
        sum += bilinear(
          values, width: width, height: height, x: a * u + b * v + tx, y: c * u + d * v + ty)
      }
    }
    return sum * (step * step)
  }
}

extension Outline {
  /// The network's square in frame pixels.
  fileprivate init(square side: Int, seenThrough back: AffineTransform) {
    let end = Float(side)
    self.init(
      hullOf: [
        Point(x: 0, y: 0), Point(x: end, y: 0), Point(x: end, y: end), Point(x: 0, y: end),
      ].map(back.apply))
  }
}
