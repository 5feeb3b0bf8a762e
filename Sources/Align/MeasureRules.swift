public import FaceCore

/// The versions of the rules that measure a face: one that grows has its measure taken anew.
///
/// Those of the aligned square, which is kept.
public let squareRules: [String: Int] = [
  "inter_eye": 1, "sharpness": 1, "luminance": 1, "luminance_variance": 1, "exposure": 1,
  "dynamic_range": 1, "uniformity": 1, "under_exposed": 1, "over_exposed": 1,
  "landmark_misfit": 1, "eyes": 1, "mouth": 1, "brows": 1, "noise": 1, "blur": 1,
  "blur_angle": 1, "tint": 1, "warmth": 1, "colour_cast": 1, "outside": 1, "occluded": 1,
]

/// Those of the frame, which is seen once.
public let frameRules: [String: Int] = [
  "upscaled": 1, "blockiness": 1, "interlaced": 1, "doubt": 1,
]

/// Those of a track as a whole.
public let trackRules: [String: Int] = ["jitter": 1]

extension Measure {
  /// Traps on a name without a rule.
  static func taken(_ name: String, _ value: Double) -> Measure {
    guard let version = squareRules[name] ?? frameRules[name] else {
      preconditionFailure("a measure has a rule")
    }
    return Measure(name: name, value: value, version: version)
  }
}

/// All measures of a face that follow from its aligned square, which `transform` maps pixels of a frame of
/// `width` × `height` to.
///
/// They are what an import says of it but for the loss of JPEG, and how the frame was scaled.
public func squareMeasures(
  of landmarks: Landmarks, pose: Pose, in crop: Image, transform: AffineTransform, width: Int,
  height: Int, occlusion: OcclusionMeter
) -> [Measure] {
  let placed = landmarks.mapped(by: transform)
  let scale = transform.meanScale
  return measures(of: placed, pose: pose, score: 0, in: crop).filter { squareRules[$0.name] != nil }
    .map { $0.name == "inter_eye" ? .taken($0.name, $0.value / scale) : $0 }
    + cropMeasures(
      of: placed, in: crop, transform: transform, width: width, height: height,
      occlusion: occlusion)
    + [outside(transform, size: crop.width, width: width, height: height)]
}
