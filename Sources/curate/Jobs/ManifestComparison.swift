import Catalog
import FaceCore
import Foundation

/// What two manifests differ in, and why as far as recipes, rows and catalogue tell.
struct ManifestComparison: Encodable {
  struct Head: Encodable {
    var manifestID: String
    var name: String
    var catalogRevision: Int
    var tool: String
    var faces: Int

    enum CodingKeys: String, CodingKey {
      case name, catalogRevision, tool, faces
      case manifestID = "manifestId"
    }
  }

  /// A key of the recipe; nil where it is not set.
  struct KeyChange: Encodable {
    var key: String
    var before: String?
    var after: String?
  }

  /// Faces that only one of the two holds.
  struct Faces: Encodable {
    var total = 0
    var bySide: [String: Int] = [:]
    var byCell: [String: Int] = [:]
    /// By the video's SHA-256.
    var byVideo: [String: Int] = [:]
    var byReason: [String: Int] = [:]
    /// The first ones, or all.
    var listed: [Line] = []

    struct Line: Encodable {
      var side: Side
      var id: String
      var cell: String
      var reason: String
    }
  }

  /// Faces that both hold, not in the same way.
  struct Changes: Encodable {
    var total = 0
    var byPart: [String: Int] = [:]
    var listed: [Line] = []

    struct Line: Encodable {
      var side: Side
      var id: String
      var parts: [Part]
    }

    /// A part of a row, as text.
    struct Part: Encodable {
      var part: String
      var before: String
      var after: String
    }
  }

  var isSame: Bool
  var before: Head
  var after: Head
  var recipe: [KeyChange]
  var added: Faces
  var removed: Faces
  var changed: Changes

  /// Lists hold `limit` faces at most.
  ///
  /// `workspace` is asked what became of faces that are gone. Throws what it throws.
  init(
    from old: Manifest, to new: Manifest, workspace: Workspace?, limit: Int
  ) throws {
    let difference = ManifestDifference(from: old.rows, to: new.rows)
    isSame = old.id == new.id
    (before, after) = (Head(old), Head(new))
    recipe = Self.keys(old.header.recipe, new.header.recipe)
    let reasons = AbsenceReasons(from: old, to: new, workspace: workspace)
    added = Faces(difference.added, reasons: difference.added.map(\.why), limit: limit)
    removed = Faces(
      difference.removed, reasons: try reasons.reasons(for: difference.removed), limit: limit)
    changed = Changes(difference.changed, limit: limit)
  }

  /// The keys whose values differ; the whole text where one is no recipe of this version.
  private static func keys(_ before: String, _ after: String) -> [KeyChange] {
    guard before != after else { return [] }
    do {
      let old = try Recipe(text: before, subject: "before")
      let new = try Recipe(text: after, subject: "after")
      return RecipeKey.all.compactMap { key in
        let (then, now) = (key.written(old), key.written(new))
        return then == now ? nil : KeyChange(key: key.name, before: then, after: now)
      }
    } catch {
      return [KeyChange(key: "recipe", before: before, after: after)]
    }
  }
}

extension ManifestComparison.Head {
  init(_ manifest: Manifest) {
    let header = manifest.header
    self.init(
      manifestID: manifest.id, name: header.name, catalogRevision: header.catalogRevision,
      tool: header.tool, faces: header.faces)
  }
}

extension ManifestComparison.Faces {
  init(_ rows: [ManifestRow], reasons: [String], limit: Int) {
    total = rows.count
    for (row, reason) in zip(rows, reasons) {
      bySide[row.side.rawValue, default: 0] += 1
      byCell[row.cell, default: 0] += 1
      byVideo[row.frame.video, default: 0] += 1
      byReason[reason, default: 0] += 1
    }
    listed = zip(rows, reasons).prefix(limit).map { row, reason in
      Line(side: row.side, id: row.id, cell: row.cell, reason: reason)
    }
  }
}

extension ManifestComparison.Changes {
  init(_ changes: [ManifestDifference.Change], limit: Int) {
    total = changes.count
    for aspect in changes.flatMap(\.aspects) { byPart[aspect.rawValue, default: 0] += 1 }
    listed = changes.prefix(limit).map { change in
      Line(
        side: change.before.side, id: change.before.id,
        parts: change.aspects.map {
          Part(part: $0.rawValue, before: $0.text(change.before), after: $0.text(change.after))
        })
    }
  }
}

extension ManifestDifference.Aspect {
  /// What a row says of it, short.
  fileprivate func text(_ row: ManifestRow) -> String {
    switch self {
    case .identity: row.identity
    case .split: row.split.rawValue
    case .crop: "\(row.crop.sha256.prefix(12)), \(row.crop.size) px, \(row.crop.faceType)"
    case .frame: "\(row.frame.video.prefix(12)), \(row.frame.time.seconds) s"
    case .cell: row.cell
    case .weight: "\(row.weight)"
    case .augmentation: (try? CanonicalJSON.line(row.augmentation)) ?? "?"  // Plain values encode.
    case .why: row.why
    case .measures:
      "yaw \(row.pose.yaw.text(1)), pitch \(row.pose.pitch.text(1)), "
        + "sharpness \(row.quality["sharpness"].map { $0.text(1) } ?? "unknown")"
    }
  }
}
