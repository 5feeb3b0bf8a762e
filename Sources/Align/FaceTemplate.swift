import FaceCore

/// What a face looks like, coarsely: its luma on a grid over the mean face's square.
struct FaceTemplate: Hashable, Sendable, Codable {
  private static let side = 16
  /// Samples across a field of the grid.
  private static let steps = 3

  /// Means of the fields, row by row.
  private let fields: [UInt8]

  init(_ frame: GrayImage, landmarks: Landmarks) {
    let count = FaceTemplate.side * FaceTemplate.steps
    let back = MeanFace.fit(landmarks).inverse
    let luma = frame.bytes.span
    var sums = [Int](repeating: 0, count: FaceTemplate.side * FaceTemplate.side)
    let (maxX, maxY) = (Double(frame.width - 1), Double(frame.height - 1))
    for row in 0..<count {
      let v = (Double(row) + 0.5) / Double(count)
      for column in 0..<count {
        let u = (Double(column) + 0.5) / Double(count)
        let x = max(0, min(maxX, back.a * u + back.b * v + back.tx - 0.5))
        let y = max(0, min(maxY, back.c * u + back.d * v + back.ty - 0.5))
        let field = row / FaceTemplate.steps * FaceTemplate.side + column / FaceTemplate.steps
        sums[field] += Int(luma[Int(y + 0.5) * frame.width + Int(x + 0.5)])
      }
    }
    fields = sums.map { UInt8($0 / (FaceTemplate.steps * FaceTemplate.steps)) }
  }

  /// How alike two are whatever their brightness and contrast, −1 to 1: normalised correlation.
  ///
  /// 0 where one of them is plain.
  func likeness(to other: FaceTemplate) -> Double { correlation(fields, other.fields) }
}
