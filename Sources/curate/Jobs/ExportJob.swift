import Augment
import Catalog
import FaceCore
import Foundation

/// Catalogue and recipe in, balanced manifest out.
struct ExportJob {
  let workspace: Workspace
  let recipe: Recipe
  let name: String

  /// How many faces matched and were chosen, by side.
  struct Tally: Encodable {
    var side: Side
    var identities: [String]
    var matching: Int
    var chosen: Int
    var cells: Int
    /// Cells that have fewer faces than the recipe asks for, by how many.
    var short: [String: Int]
    /// Whole videos, whole tracks, or nothing.
    var validationUnit: String
  }

  func run() throws -> (manifest: Manifest, tallies: [Tally]) {
    let faces: [Side: [FaceRecord]] = [
      .source: try workspace.faces(matching: FaceQuery(typed: recipe.source)),
      .target: try workspace.faces(matching: FaceQuery(typed: recipe.target)),
    ]
    var rows: [ManifestRow] = []
    var tallies: [Tally] = []
    let target = coverage(of: faces[.target] ?? [])
    for side in Side.allCases {
      let pool = faces[side] ?? []
      guard !pool.isEmpty else {
        let query = side == .source ? recipe.source : recipe.target
        throw CommandError("\(side.rawValue): no face matches: \(query)")
      }
      let selection = Selection(from: pool.map(candidate), plan: plan(for: side, target: target))
      let (made, unit) = manifestRows(of: pool, side: side, selection: selection)
      rows += made
      tallies.append(
        Tally(
          side: side, identities: Set(made.map(\.identity)).sorted(), matching: pool.count,
          chosen: made.count, cells: Set(made.map(\.cell)).count,
          short: Dictionary(
            uniqueKeysWithValues: selection.short.map { ($0.key.name, $0.value) }),
          validationUnit: unit.rawValue))
    }
    let header = Manifest.Header(
      name: name, recipe: recipe.text, seed: recipe.seed,
      catalogRevision: try workspace.revision(), tool: "curate \(Curate.version)",
      short: Dictionary(uniqueKeysWithValues: tallies.map { ($0.side.rawValue, $0.short) }))
    return (try Manifest(header: header, rows: rows), tallies)
  }

  /// Remembers in the catalogue what was written where.
  func record(_ manifest: Manifest, path: String) throws {
    try workspace.record(
      ManifestRecord(
        id: manifest.id, name: name, recipe: recipe.text, seed: recipe.seed,
        rowCount: manifest.rows.count, path: path),
      note: .now())
  }

  private func plan(for side: Side, target: Coverage) -> Selection.Plan {
    let goal: Quotas.Goal =
      switch (recipe.distribution, side) {
      case (.uniform, _): .uniform
      case (.match, .source): .match(target)
      case (.sqrt, _), (.match, .target): .sqrt
      }
    return Selection.Plan(
      count: recipe.faces, goal: goal, isFolded: recipe.mirror, seed: recipe.seed)
  }

  private func coverage(of faces: [FaceRecord]) -> Coverage {
    Coverage(of: faces.map { ($0.pose.yaw, $0.pose.pitch) }, folded: recipe.mirror)
  }

  private func candidate(_ face: FaceRecord) -> Candidate {
    Candidate(
      id: face.id.description, cell: cell(of: face),
      quality: face.measures[Measure.sharpness] ?? 0, track: track(of: face),
      frame: face.id.ordinal)
  }

  private func cell(of face: FaceRecord) -> PoseCell {
    PoseCell(yaw: face.pose.yaw, pitch: face.pose.pitch)
  }

  private func track(of face: FaceRecord) -> String { "\(face.videoSHA256):\(face.track)" }

  private func manifestRows(
    of pool: [FaceRecord], side: Side, selection: Selection
  ) -> (rows: [ManifestRow], unit: ValidationSplit.Unit) {
    let faces = Dictionary(uniqueKeysWithValues: pool.map { ($0.id.description, $0) })
    let chosen = selection.choices.compactMap { choice in
      faces[choice.id].map { (choice: choice, face: $0) }
    }
    let split = ValidationSplit(
      of: chosen.map {
        .init(id: $0.choice.id, video: $0.face.videoSHA256, track: track(of: $0.face))
      },
      fraction: recipe.validation, limit: max(0.3, recipe.validation), seed: recipe.seed)
    let rows = chosen.map { choice, face in
      row(face, side: side, choice: choice, isHeldOut: split.validation.contains(choice.id))
    }
    return (rows, split.unit)
  }

  private func row(
    _ face: FaceRecord, side: Side, choice: Selection.Choice, isHeldOut: Bool
  ) -> ManifestRow {
    ManifestRow(
      id: choice.id, identity: face.identity ?? "unnamed", side: side,
      split: isHeldOut ? .validation : .train,
      crop: .init(
        name: face.crop.name, sha256: face.crop.sha256, size: face.crop.size,
        faceType: face.crop.faceType, matrix: face.crop.transform),
      frame: .init(video: face.videoSHA256, time: face.time, ordinal: face.id.ordinal),
      landmarks: face.landmarks, pose: face.pose, light: face.light, quality: face.measures,
      cell: cell(of: face).name, weight: choice.weight.millionths,
      augmentation: .init(mirror: recipe.mirror), why: choice.why)
  }
}
