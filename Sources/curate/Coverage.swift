import ArgumentParser
import Augment
import Catalog
import FaceCore

struct CoverageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "Count the faces of a query over yaw and pitch, alone or against a target.",
    discussion: """
      Rows are pitch (up to down), columns yaw (image left to image right), in degrees. With \
      --against, each cell shows what there is and what the target needs; '!' marks a gap.

      """ + queryHelp)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Argument(help: "The query; all faces unless told.")
  var query = ""

  @Option(help: "Query of the target: show what the first query lacks for it.")
  var against: String?

  @Option(help: "Faces a cell of the target needs in the source.")
  var floor = 20

  @Flag(help: "Count a face and its mirror image alike.")
  var mirror = false

  @Flag(help: "Show the mean loss of each cell's faces, of the model that learned them last.")
  var loss = false

  private struct Cell: Encodable {
    var cell: String
    /// Degrees, of the cell's middle.
    var yaw: Double
    var pitch: Double
    var faces: Int
    /// With a target: its faces in the cell, and what the first query should have there.
    var target: Int?
    var missing: Int?
    /// With --loss, where a model has learned some of its faces.
    var loss: Double?
  }

  private struct Summary: Encodable {
    var faces: Int
    /// 0 all in one cell, 1 alike in each.
    var evenness: Double
    /// Part of the target's faces in cells without a gap.
    var covered: Double?
    var cells: [Cell]
    /// Faces by where their light comes from; those whose light is unknown are left out.
    var lights: [String: Int]
  }

  func validate() throws {
    guard floor > 0 else { throw ValidationError("--floor is more than 0") }
    guard !loss || against == nil else {
      throw ValidationError("--loss and --against are two questions")
    }
  }

  func run() throws {
    let opened = try workspace.open(.readOnly)
    func coverage(_ text: String) throws -> Coverage {
      var coverage = Coverage(folded: mirror)
      for cell in try opened.cellCounts(matching: FaceQuery(typed: text)) {
        coverage.add(cell.cell, count: cell.count)
      }
      return coverage
    }
    let mine = try coverage(query)
    let lights = try lightCounts(opened)
    let losses = try loss ? meanLosses(opened) : [:]
    let target = try against.map(coverage)
    let gaps = target.map { mine.gaps(for: $0, floor: floor) } ?? []
    let missing = Dictionary(uniqueKeysWithValues: gaps.map { ($0.cell, $0.missing) })
    let summary = Summary(
      faces: mine.total, evenness: mine.evenness,
      covered: target.map { mine.covered(of: $0, floor: floor) },
      cells: mine.cells.map { cell in
        Cell(
          cell: cell.name, yaw: cell.center.yaw, pitch: cell.center.pitch, faces: mine[cell],
          target: target?[cell], missing: target.map { _ in missing[cell] ?? 0 },
          loss: losses[cell])
      }, lights: lights)
    try output.show(summary) {
      guard let target else {
        let lit = lights.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
          .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let table = loss ? mine.table(with: losses, decimals: 4) : mine.table()
        return table + "\n\(mine.total) faces, evenness \(mine.evenness.text(2))"
          + (lit.isEmpty ? "" : "\nlight: \(lit)")
      }
      var lines = [mine.table(for: target, floor: floor)]
      let share = (mine.covered(of: target, floor: floor) * 100).text(0)
      lines.append("\(mine.total) faces cover \(share) % of the target's \(target.total)")
      for gap in gaps.prefix(10) {
        lines.append(
          "lacks \(gap.missing) at yaw \(gap.cell.center.yaw.text(0)), "
            + "pitch \(gap.cell.center.pitch.text(0)): \(gap.target) target faces")
      }
      return lines.joined(separator: "\n")
    }
  }

  private func meanLosses(_ opened: Workspace) throws -> [PoseCell: Double] {
    var sums: [PoseCell: (sum: Double, count: Int)] = [:]
    for found in try opened.cellLosses(matching: FaceQuery(typed: query)) {
      let cell = mirror ? found.cell.folded : found.cell
      let sum = sums[cell] ?? (0, 0)
      sums[cell] = (sum.sum + found.loss * Double(found.count), sum.count + found.count)
    }
    return sums.mapValues { $0.sum / Double($0.count) }
  }

  private func lightCounts(_ opened: Workspace) throws -> [String: Int] {
    try opened.cellCounts(matching: FaceQuery(typed: query)).reduce(into: [:]) { counts, cell in
      if let light = cell.light { counts[light.rawValue, default: 0] += cell.count }
    }
  }
}
