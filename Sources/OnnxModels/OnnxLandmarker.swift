public import FaceCore

/// An installed network that places landmarks; any number of threads may share one.
public struct OnnxLandmarker: ~Copyable, Sendable {
  public let kind: ModelKind
  private let session: OnnxSession
  private let layout: PixelLayout
  /// Which output holds the points.
  private let place: Int
  /// Pixels on a side of what the network looks at.
  private let side: Int

  /// Throws `OnnxError.unknownKind` where the network places no landmarks.
  public init(_ model: consuming LoadedModel) throws(OnnxError) {
    try model.record.require(.landmarks)
    kind = model.record.kind
    layout = PixelLayout(model.record.pixels, half: 128)
    let wanted = model.record.kind
    place =
      model.session.outputs.firstIndex { LandmarkNet.kind(ofWidth: $0.shape.last) == wanted } ?? 0
    let fixed = model.session.inputs[0].shape[3]
    side = fixed > 0 ? fixed : wanted == .landmarks106 ? 192 : 112
    session = model.session
  }

  /// The landmarks of the face in the box, both in pixels of the picture.
  ///
  /// Throws `OnnxError.badOutput`.
  public func landmarks(in image: Image, box: Box) throws(OnnxError) -> Landmarks {
    let width = session.outputs.indices.contains(place) ? session.outputs[place].shape.last ?? 0 : 0
    let seen = max(1, max(box.width, box.height)) * LandmarkNet.margin(of: kind, width: width)
    let scale = Double(Float(side) / seen)
    let look = AffineTransform(
      a: scale, b: 0, tx: Double(side) / 2 - scale * Double(box.center.x),
      c: 0, d: scale, ty: Double(side) / 2 - scale * Double(box.center.y))
    let outputs = try session.run(
      OnnxTensor(image.warped(by: look, width: side, height: side), layout))
    guard outputs.indices.contains(place) else {
      throw OnnxError(code: .badOutput, subject: session.name, reason: "it has no output")
    }
    return try LandmarkNet.landmarks(
      outputs[place], kind: kind, side: Float(side), name: session.name
    ).mapped(by: look.inverse)
  }
}
