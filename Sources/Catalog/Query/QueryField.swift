import FaceCore

/// A column of the view `faces` that a query may name.
public enum QueryField: String, Hashable, Sendable, CaseIterable {
  case identity, video, path, id, light, cell
  case track, shot, ordinal, seconds, yaw, pitch, roll, sharpness, size, luminance, score, mouth
  case eyes
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
  /// Of the model that learned the face last.
  case loss
  case rejected, duplicate

  public enum Kind: Hashable, Sendable {
    case number, text, flag
  }

  public var kind: Kind {
    switch self {
    case .identity, .video, .path, .id, .light, .cell: .text
    case .rejected, .duplicate: .flag
    default: .number
    }
  }

  /// The only values there are; nil where any text will do.
  var vocabulary: [String]? {
    switch self {
    case .light: LightBin.allCases.map(\.rawValue)
    case .cell: PoseCell.all.map(\.name)
    default: nil
    }
  }

  /// The number above which a face is what the name says, so that the name alone is a query.
  var meantAbove: Double? { self == .occluded ? 0.1 : nil }

  /// Whether its values are spread over faces, so that `p40` means something.
  var hasPercentiles: Bool {
    kind == .number && ![.track, .shot, .ordinal, .seconds].contains(self)
  }

  /// The field whose name is fewest edits away.
  static func nearest(to name: String) -> QueryField {
    let best = nearestWord(to: name, among: allCases.map(\.rawValue))
    return QueryField(rawValue: best) ?? .identity
  }
}

/// The word that is fewest edits away.
///
/// Traps when there are none.
package func nearestWord(to name: String, among words: [String]) -> String {
  let letters = Array(name.lowercased().prefix(40))
  var best = words[0]
  var distance = Int.max
  for word in words {
    let candidate = editDistance(letters, Array(word))
    if candidate < distance { (best, distance) = (word, candidate) }
  }
  return best
}

/// Insertions, deletions and replacements that turn one word into the other (Levenshtein, 1966).
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in b.enumerated() {
      let replaced = diagonal + (letter == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
