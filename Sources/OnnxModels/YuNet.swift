import FaceCore
import Foundation

/// YuNet's answers, decoded.
///
/// Each cell of strides 8, 16 and 32 says how sure it is of a face (`cls`) and of its place (`obj`), where
/// the face's centre lies and its size's logarithm (`bbox`), and five points (`kps`), all in strides.
/// Source: Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023.
public enum YuNet {
  static let strides = [8, 16, 32]
  static let outputNames = ["cls", "obj", "bbox", "kps"].flatMap { name in
    strides.map { "\(name)_\($0)" }
  }

  /// The faces of one picture that score `threshold` or more, overlapping ones included.
  ///
  /// `outputs` by their names; `width` and `height` are the picture's, in pixels, multiples of 32.
  /// Throws `OnnxError.badOutput`, with `name` as its subject.
  public static func faces(
    in outputs: [String: OnnxTensor], width: Int, height: Int, threshold: Float,
    name: String = "yunet"
  ) throws(OnnxError) -> [DetectedFace] {
    var faces: [DetectedFace] = []
    for stride in strides {
      let (columns, rows) = (width / stride, height / stride)
      func output(_ kind: String, _ length: Int) throws(OnnxError) -> [Float] {
        let key = "\(kind)_\(stride)"
        guard let tensor = outputs[key], tensor.values.count == columns * rows * length else {
          throw OnnxError(
            code: .badOutput, subject: name,
            reason: "output \(key) has not the \(columns * rows)×\(length) numbers that a picture "
              + "of \(width)×\(height) makes; not a network of kind yunet")
        }
        return tensor.values
      }
      let (classes, objects) = (try output("cls", 1), try output("obj", 1))
      let (boxes, points) = (try output("bbox", 4), try output("kps", 10))
      for cell in 0..<columns * rows {
        let sureness = min(1, max(0, classes[cell])) * min(1, max(0, objects[cell]))
        let score = sureness.squareRoot()
        guard score >= threshold else { continue }
        let cell = Cell(
          column: cell % columns, row: cell / columns, stride: Float(stride), index: cell)
        faces.append(
          DetectedFace(box: cell.box(boxes), score: score, points: cell.points(points)))
      }
    }
    return faces
  }

  private struct Cell {
    var column, row: Int
    var stride: Float
    var index: Int

    func box(_ values: [Float]) -> Box {
      let x = (Float(column) + values[4 * index]) * stride
      let y = (Float(row) + values[4 * index + 1]) * stride
      let width = exp(values[4 * index + 2]) * stride
      let height = exp(values[4 * index + 3]) * stride
      return Box(x: x - width / 2, y: y - height / 2, width: width, height: height)
    }

    func points(_ values: [Float]) -> FivePoints {
      FivePoints(
        (0..<5).map { point in
          Point(
            x: (Float(column) + values[10 * index + 2 * point]) * stride,
            y: (Float(row) + values[10 * index + 2 * point + 1]) * stride)
        })
    }
  }
}
