import Foundation

/// What a manifest should hold: one `key: value` a line, `#` starts a comment.
///
/// ```
/// source: identity = alice and size >= 40
/// target: identity = bob
/// faces: 1000
/// distribution: sqrt
/// seed: 1
/// ```
struct Recipe: Equatable {
  /// Toward what the cells of yaw and pitch are filled.
  enum Distribution: String, CaseIterable { case uniform, sqrt, match }

  var source: String
  var target: String
  /// Faces a side, at most.
  var faces = 1000
  var distribution = Distribution.sqrt
  var seed: UInt64 = 1
  /// Share of a side kept for validation, 0 to 0.5.
  var validation = 0.1
  /// Whether the trainer may mirror faces.
  var mirror = false

  /// Reads a recipe's text.
  ///
  /// Throws a `CommandError` that names the line.
  init(text: String, subject: String) throws {
    var values: [String: String] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let bare = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
        .trimmingCharacters(in: .whitespaces)
      if bare.isEmpty { continue }
      let place = "\(subject): line \(index + 1)"
      let parts = bare.split(separator: ":", maxSplits: 1).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard parts.count == 2 else { throw CommandError("\(place): not 'key: value'") }
      guard values.updateValue(parts[1], forKey: parts[0]) == nil else {
        throw CommandError("\(place): \(parts[0]) twice")
      }
    }
    guard let source = values.removeValue(forKey: "source"),
      let target = values.removeValue(forKey: "target")
    else { throw CommandError("\(subject): needs a source and a target query") }
    self.init(source: source, target: target)
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      guard set(key, to: value) else {
        throw CommandError("\(subject): \(key): '\(value)' is not understood")
      }
    }
  }

  init(source: String, target: String) {
    (self.source, self.target) = (source, target)
  }

  private mutating func set(_ key: String, to value: String) -> Bool {
    switch key {
    case "faces":
      guard let number = Int(value), number > 0 else { return false }
      faces = number
    case "distribution":
      guard let kind = Distribution(rawValue: value) else { return false }
      distribution = kind
    case "seed":
      guard let number = UInt64(value) else { return false }
      seed = number
    case "validation":
      guard let share = Double(value), (0...0.5).contains(share) else { return false }
      validation = share
    case "mirror":
      guard value == "yes" || value == "no" else { return false }
      mirror = value == "yes"
    default: return false
    }
    return true
  }

  /// The recipe written out, with every default; reading it gives the same recipe.
  var text: String {
    """
    source: \(source)
    target: \(target)
    faces: \(faces)
    distribution: \(distribution.rawValue)
    seed: \(seed)
    validation: \(validation)
    mirror: \(mirror ? "yes" : "no")
    """
  }
}
