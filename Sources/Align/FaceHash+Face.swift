public import FaceCore

/// The hash of a face: of the mean face's square, brows to lower lip, upright, whatever the picture
/// shows around it.
///
/// All face types show that square, so a face has the same hash in a crop of any type and size, but
/// for resampling. `landmarks` are in pixels of the picture.
public func faceHash(of picture: Image, landmarks: Landmarks) -> FaceHash {
  FaceHash(of: view(of: picture, through: MeanFace.fit(landmarks)))
}

/// Luma of what `unit` maps to the unit square, 64 × 64.
///
/// It is sampled four times as finely and then averaged: crops cut on different grids of pixels look
/// the same.
private func view(of picture: Image, through unit: FaceCore.AffineTransform) -> GrayImage {
  let (side, fine) = (FaceHash.side, 4 * FaceHash.side)
  let luma = GrayImage(
    picture.warped(
      by: unit.then(.scale(Double(fine))), width: fine, height: fine, border: .replicate)
  ).bytes
  let from = luma.span
  return GrayImage(
    width: side, height: side,
    bytes: (0..<side * side).map { index in
      let corner = index / side * 4 * fine + index % side * 4
      var sum = 8
      for row in 0..<4 {
        for column in 0..<4 { sum += Int(from[corner + row * fine + column]) }
      }
      return UInt8(sum / 16)
    })
}

/// How much a face changed from one picture to the next: the largest mean difference of luma in an
/// eighth of the face's square by an eighth, over the deviation of luma in the whole of it.
///
/// Both are looked at through the square of the first one's landmarks, so that it does not matter how
/// exactly landmarks are found: a frame that is shown twice and encoded changes by 0.03 to 0.06, a
/// head that turns by a degree by more.
///
/// - Parameters:
///   - landmarks: In pixels of `before`.
///   - transform: Maps pixels of `before` to pixels of `after`.
public func faceChange(
  from before: Image, landmarks: Landmarks, to after: Image,
  transform: FaceCore.AffineTransform
) -> Double {
  let side = FaceHash.side
  let unit = MeanFace.fit(landmarks)
  let old = view(of: before, through: unit).bytes
  let new = view(of: after, through: transform.inverse.then(unit)).bytes
  var blocks = [Int](repeating: 0, count: 64)
  var (sum, squares) = (0, 0)
  for (index, (old, new)) in zip(old, new).enumerated() {
    blocks[index / side / 8 * 8 + index % side / 8] += abs(Int(old) - Int(new))
    sum += Int(old)
    squares += Int(old) * Int(old)
  }
  let count = Double(side * side)
  let mean = Double(sum) / count
  let deviation = max(1, Double(squares) / count - mean * mean).squareRoot()
  return Double(blocks.max() ?? 0) / 64 / deviation
}
