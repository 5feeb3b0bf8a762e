public import FaceCore

import func Foundation.cos
import func Foundation.log2

/// What can be read off a face without a network, each with the version of its rule.
///
/// | name | meaning |
/// | --- | --- |
/// | `detector_score` | how far the detector is above its threshold |
/// | `inter_eye` | pixels between the centres of the eyes, divided by the cosine of the yaw |
/// | `sharpness` | deviation of luma's Laplacian over the face, brought to 160 pixels a face unit |
/// | `luminance` | mean linear luminance of the face, 0 to 1 |
/// | `luminance_variance` | its variance |
/// | `exposure` | its median in stops below white: −1 is half as bright |
/// | `dynamic_range` | entropy of its levels in 256 even steps, bits |
/// | `uniformity` | how alike the cheeks are lit: what their histograms share, 0 to 1 |
/// | `under_exposed`, `over_exposed` | part of the face below 26, above 246 of 255 linear |
/// | `landmark_misfit` | how far the landmarks are from a mean head, 0 to 1 of their spread |
/// | `eyes` | the wider eye's lid gap over the distance from chin to eyes |
/// | `mouth` | the largest gap of the inner lips over the same distance |
/// | `brows` | how far the brows are above the eyes, over the same distance |
/// | `doubt` | how far landmarks that can be seen are likely off, percent of the face; from its network |
///
/// Sources: ISO/IEC 29794-5 as its reference implementation OFIQ measures it, without its networks
/// and without its scaling to 0 to 100: thresholds are percentiles, taken elsewhere.
/// A face unit is the side of the mean face's square, about its width. The image may be the frame
/// or any crop, with the landmarks in its pixels.
public func measures(
  of landmarks: Landmarks, pose: Pose, score: Float, in image: Image
) -> [Measure] {
  measures(of: landmarks, pose: pose, score: score, in: GrayImage(image))
}

func measures(
  of landmarks: Landmarks, pose: Pose, score: Float, in gray: GrayImage
) -> [Measure] {
  let chinToEyes = max(chinToEyesDistance(landmarks), .leastNormalMagnitude)
  let patch = FacePatch(gray, landmarks: landmarks)
  let light = patch.exposure()
  let cosine = max(0.2, cos(pose.yaw * .pi / 180))
  return [
    Measure(name: "detector_score", value: Double(score), version: 1),
    .taken("inter_eye", Double(landmarks.interEyeDistance) / cosine),
    .taken(Measure.sharpness, patch.sharpness()),
    .taken(Measure.luminance, light.mean),
    .taken("luminance_variance", light.variance),
    .taken("exposure", log2(max(light.median, 1 / 4096))),
    .taken("dynamic_range", light.entropy),
    .taken("uniformity", patch.uniformity()),
    .taken("under_exposed", light.under),
    .taken("over_exposed", light.over),
    .taken("landmark_misfit", headMisfit(of: landmarks, pose: pose)),
    .taken(Measure.eyes, Double(lidGap(landmarks) / chinToEyes)),
    .taken(Measure.mouth, Double(lipGap(landmarks) / chinToEyes)),
    .taken("brows", Double(browHeight(landmarks) / chinToEyes)),
  ]
}

private func chinToEyesDistance(_ landmarks: Landmarks) -> Float {
  let eyes =
    (landmarks.mean(of: Landmarks.leftEye) + landmarks.mean(of: Landmarks.rightEye)) * 0.5
  return landmarks[8].distance(to: eyes)
}

/// Of each eye the mean of its two lid gaps; of the two eyes the wider, for the far one of a turned
/// head is seen badly.
///
/// Pixels.
private func lidGap(_ landmarks: Landmarks) -> Float {
  func gap(_ first: Int) -> Float {
    (landmarks[first + 1].distance(to: landmarks[first + 5])
      + landmarks[first + 2].distance(to: landmarks[first + 4])) / 2
  }
  return max(gap(36), gap(42))
}

/// Pixels.
private func lipGap(_ landmarks: Landmarks) -> Float {
  max(
    landmarks[61].distance(to: landmarks[67]), landmarks[62].distance(to: landmarks[66]),
    landmarks[63].distance(to: landmarks[65]))
}

/// Of each side the distance from the middle of the eye's corners to the middle of the brow, along the
/// face's own upright; their mean.
///
/// Pixels.
private func browHeight(_ landmarks: Landmarks) -> Float {
  let eyes =
    (landmarks.mean(of: Landmarks.leftEye) + landmarks.mean(of: Landmarks.rightEye)) * 0.5
  let up = eyes - landmarks[8]
  let length = max(up.distance(to: Point(x: 0, y: 0)), .leastNormalMagnitude)
  func height(_ brow: Range<Int>, _ corners: (Int, Int)) -> Float {
    let rise =
      landmarks.mean(of: brow) - (landmarks[corners.0] + landmarks[corners.1]) * 0.5
    return (rise.x * up.x + rise.y * up.y) / length
  }
  return (height(Landmarks.leftBrow, (36, 39)) + height(Landmarks.rightBrow, (42, 45))) / 2
}
