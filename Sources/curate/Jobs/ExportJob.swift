import Augment
import Catalog
import FaceCore
import Foundation

/// Catalogue and recipe in, balanced manifest out.
struct ExportJob {
  let workspace: Workspace
  let recipe: Recipe
  let name: String
  /// Of the result nothing depends on it.
  var threads = ProcessInfo.processInfo.activeProcessorCount

  /// How many faces matched and were chosen, by side.
  struct Tally: Encodable {
    var side: Side
    var identities: [String]
    /// Chosen faces of nobody named.
    var unnamed: Int
    /// Faces that match the side's query, and those of them that the floors and the collapse of
    /// near-duplicates leave out.
    var matching: Int
    var belowFloors: Int
    var duplicates: Int
    var chosen: Int
    var cells: Int
    /// Changed copies that fill cells which would be short.
    var variants: Int
    /// Cells that have fewer faces than the recipe asks for, with their variants, by how many.
    var short: [String: Int]
    /// Faces held out; they are of whole videos, whole shots, or there are none.
    var validation: Int
    var validationUnit: String
    /// What was held out beside what is trained on; nil where nothing was held out, or hashed.
    var leak: SplitLeak?
    /// The choice in numbers, beside two others of as many faces from the same pool.
    var audit: Audit
  }

  struct Audit: Encodable {
    var chosen: SelectionAudit
    var random: SelectionAudit
    var bestFaces: SelectionAudit
  }

  func run() throws -> (manifest: Manifest, tallies: [Tally]) {
    var pools: [Side: SidePool] = [:]
    for side in Side.allCases { pools[side] = try SidePool(side, recipe, workspace, threads) }
    try checkSides()
    let goal = try recipe.match.map { text in
      let faces = try FacePool(
        workspace, matching: FaceQuery(typed: text), axes: recipe.axes, threads: threads)
      guard !faces.rows.isEmpty else { throw CommandError("match: no face matches: \(text)") }
      return faces
    }
    var rows: [ManifestRow] = []
    var tallies: [Tally] = []
    for side in Side.allCases {
      guard let pool = pools[side], let target = goal ?? pools[.target]?.faces else { continue }
      let (made, tally) = try choose(side, from: pool, target: target)
      rows += made
      tallies.append(tally)
    }
    try workspace.warnOfOrphans()
    let header = Manifest.Header(
      name: name, recipe: recipe.text, seed: recipe.seed,
      catalogRevision: try workspace.revision(), tool: Curate.tool,
      short: Dictionary(uniqueKeysWithValues: tallies.map { ($0.side.rawValue, $0.short) }))
    return (try Manifest(header: header, rows: rows), tallies)
  }

  /// Throws where both queries ask for one face: a swap needs two people.
  private func checkSides() throws {
    let both = try FaceQuery(typed: recipe.source).and(FaceQuery(typed: recipe.target))
    let count = try workspace.count(matching: both)
    guard count > 0, let first = try workspace.faces(matching: both, limit: 1).first else { return }
    throw CommandError(
      "source and target both ask for \(count) faces, such as \(first.id); a swap needs two sides")
  }

  /// Remembers in the catalogue what was written where.
  func record(_ manifest: Manifest, path: String) throws {
    try workspace.record(
      ManifestRecord(
        id: manifest.id, name: name, recipe: recipe.text, seed: recipe.seed,
        rowCount: manifest.rows.count, path: path),
      note: .now())
  }

  private func choose(
    _ side: Side, from pool: SidePool, target: FacePool
  ) throws -> (rows: [ManifestRow], tally: Tally) {
    let selection = select(side, from: pool.faces.candidates, target: target)
    guard !selection.choices.isEmpty else {
      throw CommandError(
        "\(side.rawValue): none of its \(pool.matching) faces has a pose that the faces to match have"
      )
    }
    let rows = pool.faces.rows(of: selection.choices.lazy.map(\.id))
    let records = try workspace.faces(rows: selection.choices.compactMap { rows[$0.id] })
    let videos = Set(records.map(\.videoSHA256))
    for video in try workspace.videos(in: [.importing, .failed])
    where videos.contains(video.facts.sha256) {
      warn("Warning: \(video.name): its import is not finished; curate retry goes on with it")
    }
    let (split, leak) = try split(records)
    var made = zip(selection.choices, records).map { choice, face in
      row(face, side: side, choice: choice, isHeldOut: split.validation.contains(choice.id))
    }
    let short = augment(&made, short: selection.short, from: pool.faces)
    let tally = Tally(
      side: side, identities: Set(made.map(\.identity)).sorted(),
      unnamed: records.count { $0.identity == nil }, matching: pool.matching,
      belowFloors: pool.belowFloors, duplicates: pool.duplicates, chosen: made.count,
      cells: Set(made.map(\.cell)).count,
      variants: made.reduce(0) { $0 + $1.augmentation.variants.count },
      short: Dictionary(uniqueKeysWithValues: short.map { ($0.key.name, $0.value) }),
      validation: split.validation.count, validationUnit: split.unit.rawValue, leak: leak,
      audit: audit(
        selection, of: pool.faces, target: side == .source ? target.candidates : nil))
    return (made, tally)
  }

  /// Only the source is matched to the target, or chosen in another way to compare with.
  private func select(_ side: Side, from pool: [Candidate], target: FacePool) -> Selection {
    let goal: Quotas.Goal
    var covered: [Candidate] = []
    switch (recipe.distribution, side) {
    case (.random, .source):
      let faces = Selection.random(recipe.faces, from: pool, seed: recipe.seed)
      return Selection(of: faces, why: "drawn by lot")
    case (.bestFaces, .source):
      let faces = Selection.bestFaces(recipe.faces, from: pool)
      return Selection(of: faces, why: "among the best of its yaw")
    case (.match, .source):
      goal = .match(target.coverage(folded: recipe.mirror))
      covered = target.candidates
    case (.uniform, _): goal = .uniform
    case (.sqrt, _), (_, .target): goal = .sqrt
    }
    let plan = Selection.Plan(
      count: recipe.faces, goal: goal, isFolded: recipe.mirror, floor: recipe.least,
      spacing: recipe.spread.map { Float($0) }, weightLimit: recipe.limit, seed: recipe.seed)
    return Selection(from: pool, plan: plan, covering: covered, threads: threads)
  }

  /// Gives faces that are trained on the variants that fill what is short, and returns what still is.
  private func augment(
    _ rows: inout [ManifestRow], short: [FaceCell: Int], from pool: FacePool
  ) -> [FaceCell: Int] {
    guard !recipe.augment.isEmpty else { return short }
    let ids = Set(rows.lazy.filter { $0.split == .train }.compactMap { FaceID($0.id) })
    let qualities = Dictionary(
      uniqueKeysWithValues: pool.candidates(of: ids).map { ($0.id.description, $0.quality) })
    var rules = AugmentationPlan.Rules()
    rules.operations = Set(recipe.augment)
    (rules.variantsPerFace, rules.limit) = (recipe.variants, recipe.limit)
    (rules.isFolded, rules.seed) = (recipe.mirror, recipe.seed)
    let faces = rows.compactMap { row in
      qualities[row.id].map { quality in
        AugmentationPlan.Face(
          row, expression: row.expression, quality: Double(quality))
      }
    }
    let plan = AugmentationPlan(of: faces, filling: short, rules: rules)
    for index in rows.indices {
      rows[index].augmentation.variants = plan.variants[rows[index].id] ?? []
    }
    return plan.short
  }

  private func audit(
    _ selection: Selection, of pool: FacePool, target: [Candidate]?
  ) -> Audit {
    let count = selection.choices.count
    @Sendable func audit(_ chosen: [Candidate]) -> SelectionAudit {
      SelectionAudit(
        of: chosen, from: pool.candidates, wanted: count, target: target, isFolded: recipe.mirror)
    }
    let made = concurrentMap([0, 1, 2], threads: threads) { way in
      switch way {
      case 0: audit(pool.candidates(of: selection.choices.lazy.map(\.id)))
      case 1: audit(Selection.random(count, from: pool.candidates, seed: recipe.seed))
      default: audit(Selection.bestFaces(count, from: pool.candidates))
      }
    }
    return Audit(chosen: made[0], random: made[1], bestFaces: made[2])
  }

  /// Near-duplicates by their hashes hold units together, and what still leaks is counted.
  private func split(_ faces: [FaceRecord]) throws -> (ValidationSplit, SplitLeak?) {
    let hashes = try workspace.hashes(rows: faces.map(\.row))
    let twins = SplitLeak.twins(of: hashes, threads: threads)
    let split = ValidationSplit(
      of: faces.map { .init(id: $0.id, shot: $0.shot) }, twins: twins,
      fraction: recipe.validation, limit: max(0.3, recipe.validation), seed: recipe.seed)
    guard split.unit != .none, hashes.contains(where: { $0 != nil }) else { return (split, nil) }
    let leak = SplitLeak(
      hashes, twins: twins, isHeldOut: faces.map { split.validation.contains($0.id) })
    return (split, leak)
  }

  private func row(
    _ face: FaceRecord, side: Side, choice: Selection.Choice, isHeldOut: Bool
  ) -> ManifestRow {
    ManifestRow(
      id: choice.id.description, identity: face.identity ?? "unnamed", side: side,
      split: isHeldOut ? .validation : .train,
      crop: .init(
        name: face.crop.name, sha256: face.crop.sha256, size: face.crop.size,
        faceType: face.crop.faceType, matrix: face.crop.transform),
      frame: .init(video: face.videoSHA256, time: face.time, ordinal: face.id.ordinal),
      landmarks: face.landmarks, pose: face.pose, light: face.light, quality: face.measures,
      cell: choice.cell.name, weight: choice.weight.millionths,
      augmentation: .init(mirror: recipe.mirror), why: choice.why)
  }
}

/// What one side may be chosen from, and what was left out on the way.
private struct SidePool {
  let faces: FacePool
  let matching: Int
  let belowFloors: Int

  var duplicates: Int { faces.duplicates }

  init(_ side: Side, _ recipe: Recipe, _ workspace: Workspace, _ threads: Int) throws {
    let text = side == .source ? recipe.source : recipe.target
    let query = try FaceQuery(typed: text)
    matching = try workspace.count(matching: query)
    guard matching > 0 else {
      throw CommandError("\(side.rawValue): no face matches: \(text)")
    }
    let good = try query.and(recipe.floors.map { try FaceQuery(typed: $0) })
    // Read once: a percentile among the floors costs more than the faces do.
    faces = try FacePool(
      workspace, matching: good, axes: recipe.axes, collapses: recipe.collapse, threads: threads)
    belowFloors = matching - faces.rows.count - faces.duplicates
    guard !faces.rows.isEmpty else {
      throw CommandError(
        "\(side.rawValue): of \(matching) faces \(belowFloors) are below the floors and "
          + "\(duplicates) are near-duplicates; none is left")
    }
  }
}

extension ManifestRow {
  /// As cells name it; nil where it was not measured.
  fileprivate var expression: ExpressionBin? {
    guard let mouth = quality[Measure.mouth], let eyes = quality[Measure.eyes] else { return nil }
    return ExpressionBin(mouth: mouth, eyes: eyes)
  }
}

extension FaceQuery {
  /// Faces that match both; text in errors is that of the parts.
  fileprivate func and(_ other: FaceQuery?) -> FaceQuery {
    guard let other, let theirs = other.expression else { return self }
    return FaceQuery(
      expression.map { .and([$0, theirs]) } ?? theirs,
      includesRejected: includesRejected || other.includesRejected)
  }
}
