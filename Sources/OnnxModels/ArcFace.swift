public import FaceCore

/// The square that networks of ArcFace's kind were trained on, and what they answer.
///
/// Source: Deng et al., "ArcFace", 2019; the five places are the field's common template.
public enum ArcFace {
  /// Pixels on a side.
  public static let side = 112

  /// How many numbers such a network may answer with.
  static let widths: Set<Int> = [128, 192, 256, 512, 1024]

  /// Where eyes, nose and corners of the mouth come to lie, in pixels, centres at .5.
  public static let template = FivePoints(
    zip(
      [38.2946, 73.5318, 56.0252, 41.5493, 70.7299] as [Float],
      [51.6963, 51.5014, 71.7366, 92.3655, 92.2041] as [Float]
    ).map { Point(x: $0 + 0.5, y: $1 + 0.5) })  // It is given with centres at whole numbers.

  /// The face, brought to the template by turning, scaling and shifting.
  public static func crop(of image: Image, points: FivePoints) -> Image {
    image.warped(
      by: .similarity(from: points.all, to: template.all), width: side, height: side)
  }

  /// The network's answer at length 1, so that the product of two is their cosine.
  ///
  /// Throws `OnnxError.badOutput`, with `name` as its subject, where it is nothing or no number.
  public static func embedding(
    _ output: OnnxTensor, name: String = "arcface"
  ) throws(OnnxError) -> [Float] {
    let length = output.values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard length > 0, length.isFinite, output.rows == 1 else {
      throw OnnxError(
        code: .badOutput, subject: name,
        reason: "its answer is no embedding: \(output.values.count) numbers of length \(length)")
    }
    return output.values.map { Float(Double($0) / length) }
  }
}
