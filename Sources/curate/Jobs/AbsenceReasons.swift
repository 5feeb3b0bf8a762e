import Catalog
import FaceCore
import Foundation

/// Why faces of one manifest are not in another.
///
/// The catalogue is asked first, as it is now; then the recipes and the cells are compared.
struct AbsenceReasons {
  private let new: Manifest
  private let old: Manifest
  private let recipe: Recipe?
  private let workspace: Workspace?
  /// Side and id of faces on both sides of the second manifest.
  private let otherSides: Set<String>

  init(from old: Manifest, to new: Manifest, workspace: Workspace?) {
    (self.old, self.new) = (old, new)
    // What the catalogue says now explains nothing where both were made from one state of it.
    let isOneState = old.header.catalogRevision == new.header.catalogRevision
    self.workspace = isOneState ? nil : workspace
    // One of an older version says nothing here; that it differs is told anyway.
    recipe = try? Recipe(text: new.header.recipe, subject: new.header.name)
    otherSides = Set(new.rows.map(\.id))
  }

  /// One for each row.
  ///
  /// Throws what the catalogue throws.
  func reasons(for rows: [ManifestRow]) throws -> [String] {
    var known: [String: String] = [:]
    if let workspace {
      for row in rows { known[key(row)] = try fate(of: row, in: workspace) }
      for side in Side.allCases {
        let open = rows.filter { $0.side == side && known[key($0)] == nil }
        for (row, reason) in try refusals(of: open, side: side, in: workspace) {
          known[key(row)] = reason
        }
      }
    }
    return rows.map { row in
      if otherSides.contains(row.id) { return "is on the other side" }
      return known[key(row)] ?? comparison(row)
    }
  }

  private func key(_ row: ManifestRow) -> String { "\(row.side.rawValue) \(row.id)" }

  /// What became of the face itself; nil where nothing did.
  private func fate(of row: ManifestRow, in workspace: Workspace) throws -> String? {
    guard let id = FaceID(row.id) else { return "has an id that is no face's" }
    let face: FaceRecord
    do {
      face = try workspace.face(id)
    } catch let error as CatalogError where error.code == .unknownFace {
      return "is not in the catalogue"
    }
    if let rejection = face.rejection { return "rejected: \(rejection.reason)" }
    let name = face.identity ?? "unnamed"
    if name != row.identity { return "\(row.identity) then, \(name) now" }
    if face.isDuplicate, recipe?.collapse == true { return "a better one shows the same moment" }
    return nil
  }

  /// Faces that the side's query or the floors leave out now.
  private func refusals(
    of rows: [ManifestRow], side: Side, in workspace: Workspace
  ) throws -> [(ManifestRow, String)] {
    guard let recipe, !rows.isEmpty else { return [] }
    var refused: [(ManifestRow, String)] = []
    var rest = rows
    let query = side == .source ? recipe.source : recipe.target
    for (text, reason) in [
      (query, "\(side.rawValue) does not ask for it"), (recipe.floors, "below the floors"),
    ] {
      guard let text else { continue }
      let matching = try ids(of: rest, matching: text, in: workspace)
      refused += rest.filter { !matching.contains($0.id) }.map { ($0, reason) }
      rest.removeAll { !matching.contains($0.id) }
    }
    return refused
  }

  /// A few hundred ids are asked for at once.
  private func ids(
    of rows: [ManifestRow], matching text: String, in workspace: Workspace
  ) throws -> Set<String> {
    var found: Set<String> = []
    for start in stride(from: 0, to: rows.count, by: 500) {
      let ids = rows[start..<min(start + 500, rows.count)].map { "\"\($0.id)\"" }
      let query = "(\(text)) and id in (\(ids.joined(separator: ", ")))"
      do {
        try workspace.forEachFace(matching: FaceQuery(parsing: query)) {
          found.insert($0.id.description)
        }
      } catch let error as CatalogError where error.code == .unknownIdentity {
        return []  // Nobody is called so any more.
      }
    }
    return found
  }

  /// What the rows and recipes say.
  private func comparison(_ row: ManifestRow) -> String {
    let side = row.side.rawValue
    let then = old.header.counts[side]?[row.cell] ?? 0
    let now = new.header.counts[side]?[row.cell] ?? 0
    // What the recipes differ in is told once, before all faces.
    let because =
      old.header.recipe == new.header.recipe
        && old.header.catalogRevision != new.header.catalogRevision
      ? "; the catalogue has changed" : ""
    return now < then
      ? "\(side) \(row.cell) gives \(now) instead of \(then)\(because)"
      : "others of \(side) \(row.cell) were chosen\(because)"
  }
}
