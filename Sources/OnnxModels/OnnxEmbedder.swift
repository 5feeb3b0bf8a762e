public import FaceCore

/// An installed network that tells people apart; any number of threads may share one.
public struct OnnxEmbedder: ~Copyable, Sendable {
  private let session: OnnxSession
  private let layout: PixelLayout

  /// Throws `OnnxError.unknownKind` where the network makes no embeddings.
  public init(_ model: consuming LoadedModel) throws(OnnxError) {
    try model.record.require(.embedding)
    layout = PixelLayout(model.record.pixels)
    session = model.session
  }

  /// What the network says of a face, at length 1: the product of two is the cosine between them.
  ///
  /// Throws `OnnxError.badOutput`.
  public func embedding(of image: Image, points: FivePoints) throws(OnnxError) -> [Float] {
    try embedding(ofCrop: ArcFace.crop(of: image, points: points))
  }

  /// The same for a face that is cut already, as `ArcFace.crop` does.
  public func embedding(ofCrop crop: Image) throws(OnnxError) -> [Float] {
    let outputs = try session.run(OnnxTensor(crop, layout))
    guard let output = outputs.first else {
      throw OnnxError(code: .badOutput, subject: session.name, reason: "it has no output")
    }
    return try ArcFace.embedding(output, name: session.name)
  }
}
