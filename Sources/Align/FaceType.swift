public import FaceCore

import func Foundation.tanh

/// How much of the head a crop shows.
///
/// The raw values are DeepFaceLab's names.
///
/// The geometry is the closed form of DeepFaceLab's, whose models expect these very squares: the
/// landmarks are fitted to its mean face in the unit square, and the crop is a square of `extent`
/// units about `center`.
public enum FaceType: String, CaseIterable, Hashable, Sendable, Codable {
  case half = "half_face"
  case midFull = "midfull_face"
  case full = "full_face"
  case fullUpright = "full_face_no_align"
  case wholeFace = "whole_face"
  case head = "head"
  case headUpright = "head_no_align"

  /// The side of the crop in mean-face units: 1 + 2√2 · padding.
  var extent: Double { 1 + 2 * 2.0.squareRoot() * padding }

  private var padding: Double {
    switch self {
    case .half: 0
    case .midFull: 0.0675
    case .full, .fullUpright: 0.2109375
    case .wholeFace: 0.40
    case .head, .headUpright: 0.70
    }
  }

  /// The crop keeps the frame's own upright.
  var isUpright: Bool { self == .fullUpright || self == .headUpright }
}

/// The map from pixels of the frame to pixels of a square crop of this size and type.
public func cropTransform(
  landmarks: Landmarks, size: Int, type: FaceType
) -> AffineTransform {
  precondition(size > 0, "a crop has at least one pixel")
  let unit = MeanFace.fit(landmarks)
  let center = cropCenter(landmarks: landmarks, unit: unit, type: type)
  let scale = Double(size) / type.extent
  if type.isUpright {
    let middle = unit.inverse.apply(center)
    return AffineTransform.translation(x: -Double(middle.x), y: -Double(middle.y))
      .then(.scale(scale * unit.meanScale))
      .then(.translation(x: Double(size) / 2, y: Double(size) / 2))
  }
  return
    unit
    .then(.translation(x: -Double(center.x), y: -Double(center.y)))
    .then(.scale(scale))
    .then(.translation(x: Double(size) / 2, y: Double(size) / 2))
}

/// The middle of the crop in mean-face units.
private func cropCenter(landmarks: Landmarks, unit: AffineTransform, type: FaceType) -> Point {
  switch type {
  case .half, .midFull, .full, .fullUpright, .headUpright: return Point(x: 0.5, y: 0.5)
  case .wholeFace: return Point(x: 0.5, y: 0.43)
  case .head:
    // A turned head reaches further to the side its nose points away from.
    let x = landmarks.mapped(by: unit).points.map { Double($0.x) }
    let nose = x[27] + x[28] + x[29]
    let right = (x[14] + x[15] + x[16] - nose) / 3
    let left = (nose - x[0] - x[1] - x[2]) / 3
    let turn = right - left
    return Point(x: Float(0.5 + turn * abs(tanh(2 * turn)) / 2), y: 0)
  }
}
