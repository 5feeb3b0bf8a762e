/// A measure that faces can be filtered by: a column of `face`.
enum MeasureColumn: String, CaseIterable {
  case sharpness, luminance, mouth, eyes
  case interEye = "inter_eye"
  case underExposed = "under_exposed"
  case overExposed = "over_exposed"
  case landmarkMisfit = "landmark_misfit"
  case exposure, uniformity, noise, blur, upscaled, blockiness, interlaced, outside, jitter, brows
  case warmth, tint
  case luminanceVariance = "luminance_variance"
  case dynamicRange = "dynamic_range"
  case blurAngle = "blur_angle"
  case colourCast = "colour_cast"
  case doubt, occluded

  /// Those that migration 2 made columns.
  static let version2: [MeasureColumn] = [
    .sharpness, .luminance, .mouth, .eyes, .interEye, .underExposed, .overExposed, .landmarkMisfit,
  ]

  /// Those that migration 5 added.
  static let version5 = allCases.filter {
    !version2.contains($0) && ![.doubt, .occluded].contains($0)
  }

  /// Whether the index that answers filters holds it; the others, which say little alone, are read from
  /// the table.
  var isIndexed: Bool {
    switch self {
    case .luminanceVariance, .dynamicRange, .blurAngle, .colourCast, .tint, .warmth, .uniformity,
      .interlaced, .outside, .upscaled, .doubt:
      false
    default: true
    }
  }

  static var indexed: [MeasureColumn] { allCases.filter(\.isIndexed) }
}
