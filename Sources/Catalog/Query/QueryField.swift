/// A column of the view `faces` that a query may name.
public enum QueryField: String, Hashable, Sendable, CaseIterable {
  case identity, video, id
  case track, ordinal, seconds, yaw, pitch, roll, sharpness, size, luminance, score, mouth, eyes
  case rejected

  public enum Kind: Hashable, Sendable {
    case number, text, flag
  }

  public var kind: Kind {
    switch self {
    case .identity, .video, .id: .text
    case .rejected: .flag
    default: .number
    }
  }

  /// The field whose name is fewest edits away.
  static func nearest(to name: String) -> QueryField {
    let letters = Array(name.lowercased().prefix(40))
    var best = QueryField.identity
    var distance = Int.max
    for field in allCases {
      let candidate = editDistance(letters, Array(field.rawValue))
      if candidate < distance { (best, distance) = (field, candidate) }
    }
    return best
  }
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
