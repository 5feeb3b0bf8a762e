import Augment
import Foundation

/// What a manifest should hold: two queries, and how faces are chosen from what they match.
///
/// Written as flat TOML; ``RecipeKey`` has the keys, and the options of `curate export` are named like
/// them.
///
/// ```
/// source = 'identity = alice and size >= 40'
/// target = 'identity = bob'
/// faces = 1000
/// axes = ["light"]
/// ```
struct Recipe: Equatable {
  /// Toward what the cells are filled; `random` and `best-faces` choose the source in other ways, to
  /// compare with.
  enum Distribution: String, CaseIterable {
    case uniform, sqrt, match, random
    case bestFaces = "best-faces"
  }

  /// What splits the cells of yaw and pitch further.
  enum Axis: String, CaseIterable { case light, expression }

  /// A way to make one face from another.
  typealias Operation = AugmentationPlan.Operation

  /// Query of the face that is put in.
  var source: String
  /// Query of the footage it is put into.
  var target: String
  /// Faces a side, at most.
  var faces = 1000
  var distribution = Distribution.sqrt
  /// Query whose faces `match` follows; nil for the target's.
  var match: String?
  /// Beside yaw and pitch; none is pose alone.
  var axes = [Axis.light]
  /// A query that every face must meet beside its side's; nil for none.
  ///
  /// Percentiles are within identity and pose cell.
  var floors: String? = "sharpness >= p10"
  /// Whether of near-duplicates only the best may be chosen.
  var collapse = true
  /// Faces each wanted cell gives before the distribution is looked at.
  var least = 1
  /// Degrees that chosen faces of a cell are apart, see `FacePlace`; nil for as large as the quota allows.
  var spread: Double?
  /// Whether a face and its mirror image count alike, and the trainer mirrors.
  var mirror = false
  /// What may be done to faces to fill cells that selection left short.
  var augment: [Operation] = []
  /// Augmented faces made from one, at most.
  var variants = 3
  /// How many times as often as the mean a face may be drawn.
  var limit = 4.0
  /// Share of a side kept for validation, 0 to 0.5.
  var validation = 0.1
  /// Decides between equals; TOML holds 63 bits of it.
  var seed: UInt64 = 1

  init(source: String, target: String) {
    (self.source, self.target) = (source, target)
  }

  /// The recipe in TOML, with every default written out; reading it gives the same recipe.
  var text: String {
    RecipeKey.all.map { key in
      key.written(self).map { "\(key.name) = \($0)" } ?? "# \(key.name): \(key.unset)"
    }.joined(separator: "\n")
  }
}

extension Recipe {
  /// A key whose value does not do, and why.
  struct Fault: Equatable {
    var key: String
    var reason: String
  }

  /// The first thing that is wrong with the values, each alone or two together; nil when nothing is.
  var fault: Fault? {
    for key in RecipeKey.all {
      if let reason = key.fault(self) { return Fault(key: key.name, reason: reason) }
    }
    return conflict
  }

  /// Two keys that ask for opposite things.
  private var conflict: Fault? {
    if source == target {
      return Fault(key: "target", reason: "is the same query as source; a swap needs two sides")
    }
    if least > faces {
      return Fault(
        key: "least",
        reason: "is \(least), more than faces, which is \(faces); give one of them another")
    }
    if match != nil, distribution != .match {
      return Fault(
        key: "match",
        reason: "is given while distribution is \"\(distribution.rawValue)\"; "
          + "write distribution = \"match\", or leave match out")
    }
    if mirror, augment.contains(.mirror) {
      return Fault(
        key: "augment", reason: "holds \"mirror\" while mirror is true; one of the two is enough")
    }
    if !augment.isEmpty, !augment.contains(where: \.fillsCells) {
      return Fault(
        key: "augment",
        reason: "holds nothing that takes a face to another cell; add \"mirror\", \"rotate\" or "
          + "\"relight\", beside which the others vary the picture")
    }
    return nil
  }
}
