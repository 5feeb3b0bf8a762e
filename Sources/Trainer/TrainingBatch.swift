/// Faces of one side for one training step.
///
/// Pixels are sRGB, 0 to 1, `[count, 3, resolution, resolution]`.
public struct TrainingBatch: Sendable {
  public let count: Int
  /// Side of the square, in pixels.
  public let resolution: Int
  /// What the encoder sees: the randomly warped face.
  public var input: [Float]
  /// What the decoder should answer: the same face without the warp.
  public var target: [Float]
  /// What each pixel counts, `[count, 1, resolution, resolution]`: 0 outside of the face, 1 inside,
  /// more where it matters more.
  public var mask: [Float]
  /// Which faces these are, by their place in the side's list.
  public var faces: [Int]

  /// Traps unless the arrays fill the shapes.
  public init(
    count: Int, resolution: Int, input: [Float], target: [Float], mask: [Float], faces: [Int]
  ) {
    let area = count * resolution * resolution
    precondition(input.count == 3 * area && target.count == 3 * area && mask.count == area)
    precondition(faces.count == count)
    (self.count, self.resolution, self.faces) = (count, resolution, faces)
    (self.input, self.target, self.mask) = (input, target, mask)
  }
}
