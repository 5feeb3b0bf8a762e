public import FaceCore

/// An installed network that finds faces; any number of threads may share one.
public struct OnnxDetector: ~Copyable, Sendable {
  public let kind: ModelKind
  private let session: OnnxSession
  private let layout: PixelLayout

  /// Throws `OnnxError.unknownKind` where the network is no detector.
  public init(_ model: consuming LoadedModel) throws(OnnxError) {
    try model.record.require(.detection)
    kind = model.record.kind
    // SCRFD's makers divided by 128, YuNet's wanted blue first.
    layout = PixelLayout(model.record.pixels, order: kind == .yunet ? .bgr : .rgb, half: 128)
    session = model.session
  }

  /// The faces of a picture, the surest first, in its pixels.
  ///
  /// The picture is reduced until its longer side has `longestSide` pixels (a network of fixed size
  /// looks at that size); faces below `threshold` (0 to 1) are dropped, as are those that overlap a surer
  /// one by more than `overlap` (intersection over union). Throws `OnnxError.badOutput`.
  public func faces(
    in image: Image, longestSide: Int = 640, threshold: Float = 0.6, overlap: Float = 0.4
  ) throws(OnnxError) -> [DetectedFace] {
    precondition(longestSide >= 32, "a detector looks at 32 pixels at least")
    let fixed = session.inputs[0].shape
    let (fixedHeight, fixedWidth) = (fixed[2], fixed[3])
    let limits = (
      width: fixedWidth > 0 ? fixedWidth : longestSide,
      height: fixedHeight > 0 ? fixedHeight : longestSide
    )
    let scale = min(
      Float(limits.width) / Float(image.width), Float(limits.height) / Float(image.height), 1)
    let width = min(limits.width, max(1, Int((Float(image.width) * scale).rounded())))
    let height = min(limits.height, max(1, Int((Float(image.height) * scale).rounded())))
    let input = OnnxTensor(
      scale < 1 ? image.resized(width: width, height: height) : image, layout,
      width: fixedWidth > 0 ? fixedWidth : (width + 31) / 32 * 32,
      height: fixedHeight > 0 ? fixedHeight : (height + 31) / 32 * 32)
    let found = try decoded(session.run(input), input: input, threshold: threshold)
    let (across, down) = (Float(image.width) / Float(width), Float(image.height) / Float(height))
    return DetectedFace.best(of: found, overlap: overlap)
      .map { $0.scaled(across: across, down: down) }
  }

  private func decoded(
    _ outputs: [OnnxTensor], input: OnnxTensor, threshold: Float
  ) throws(OnnxError) -> [DetectedFace] {
    let (height, width) = (input.shape[2], input.shape[3])
    guard kind == .yunet else {
      return try SCRFD.faces(
        in: outputs, width: width, height: height, threshold: threshold, name: session.name)
    }
    let named = Dictionary(
      zip(session.outputs.map(\.name), outputs), uniquingKeysWith: { first, _ in first })
    return try YuNet.faces(
      in: named, width: width, height: height, threshold: threshold, name: session.name)
  }
}
