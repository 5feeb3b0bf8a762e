import FaceCore

/// SCRFD's answers, decoded.
///
/// Each anchor, one or two a cell of strides 8, 16 and 32, says how sure it is, how far the box's sides are
/// from the cell's corner, and where five points are, in strides. The outputs are scores of the three
/// strides, then boxes, then points.
/// Source: Guo et al., "Sample and Computation Redistribution for Efficient Face Detection", 2022.
public enum SCRFD {
  static let strides = [8, 16, 32]

  /// Whether the outputs are three scores, three boxes and, mostly, three times five points.
  static func hasShapes(of outputs: [OnnxPort]) -> Bool {
    let widths = outputs.map { $0.shape.last ?? 0 }
    let boxes = [1, 1, 1, 4, 4, 4]
    return widths == boxes || widths == boxes + [10, 10, 10]
  }

  /// The faces of one picture that score `threshold` or more, overlapping ones included.
  ///
  /// `width` and `height` are the picture's, in pixels, multiples of 32. Throws `OnnxError.badOutput`,
  /// with `name` as its subject.
  public static func faces(
    in outputs: [OnnxTensor], width: Int, height: Int, threshold: Float, name: String = "scrfd"
  ) throws(OnnxError) -> [DetectedFace] {
    guard outputs.count == 6 || outputs.count == 9 else {
      throw OnnxError(
        code: .badOutput, subject: name,
        reason: "it has \(outputs.count) outputs, not the 6 or 9 of a network of kind scrfd")
    }
    var faces: [DetectedFace] = []
    for (level, stride) in strides.enumerated() {
      let cells = (width / stride) * (height / stride)
      let scores = outputs[level].values
      let boxes = outputs[3 + level].values
      let points = outputs.count == 9 ? outputs[6 + level].values : nil
      let anchors = cells > 0 ? scores.count / cells : 0
      guard anchors > 0, scores.count == cells * anchors, boxes.count == scores.count * 4,
        points.map({ $0.count == scores.count * 10 }) ?? true
      else {
        throw OnnxError(
          code: .badOutput, subject: name,
          reason: "its outputs for stride \(stride) have \(scores.count), \(boxes.count) and "
            + "\(points?.count ?? 0) numbers, which do not fit \(cells) cells; not a network of "
            + "kind scrfd")
      }
      for index in scores.indices where scores[index] >= threshold {
        let cell = index / anchors
        let corner = Point(
          x: Float(cell % (width / stride) * stride), y: Float(cell / (width / stride) * stride))
        faces.append(
          DetectedFace(
            box: box(boxes[4 * index..<4 * index + 4], from: corner, stride: Float(stride)),
            score: scores[index],
            points: points.map {
              five($0[10 * index..<10 * index + 10], from: corner, stride: Float(stride))
            }))
      }
    }
    return faces
  }

  /// Distances to the left, the top, the right and the bottom, in strides.
  private static func box(_ sides: ArraySlice<Float>, from corner: Point, stride: Float) -> Box {
    let first = sides.startIndex
    return Box(
      x: corner.x - sides[first] * stride, y: corner.y - sides[first + 1] * stride,
      width: (sides[first] + sides[first + 2]) * stride,
      height: (sides[first + 1] + sides[first + 3]) * stride)
  }

  private static func five(
    _ values: ArraySlice<Float>, from corner: Point, stride: Float
  ) -> FivePoints {
    FivePoints(
      (0..<5).map { point in
        let first = values.startIndex + 2 * point
        return corner + Point(x: values[first], y: values[first + 1]) * stride
      })
  }
}
