import ArgumentParser
import Augment
import Catalog
import FaceCore

struct CoverageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "Count the faces of a query over poses and lights, alone or against a target.",
    discussion: """
      Rows are pitch (up to down), columns yaw (image left to image right), in degrees. With \
      --against, each cell shows what there is and what the target needs ('!' marks a gap), and a \
      shooting list says what is missing, for which moments of the target, and which other video \
      has it.

      """ + queryHelp)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Argument(help: "The query; all faces unless told.")
  var query = ""

  @Option(help: "Query of the target: show what the first query lacks for it.")
  var against: String?

  @Option(help: "Faces a cell of the target needs in the source.")
  var floor = 20

  @Option(
    help: "What splits cells further: light, expression, both with a comma, '' for neither (light)."
  )
  var axes: RecipeList<Recipe.Axis>?

  @Option(help: "Lines of the shooting list.")
  var list = 10

  @Flag(help: "Count a face and its mirror image alike.")
  var mirror = false

  @Flag(help: "Show the mean loss of each cell's faces, of the model that learned them last.")
  var loss = false

  @Option(help: "Write a page (HTML) that shows a face of each cell.")
  var page: String?

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
    /// 0 all in one pose, 1 alike in each.
    var evenness: Double
    /// Part of the target's faces in cells without a gap; and in poses without one.
    var covered: Double?
    var coveredPoses: Double?
    /// By pose.
    var cells: [Cell]
    /// Faces by where their light comes from; those whose light is unknown are left out.
    var lights: [String: Int]
    /// What the target lacks.
    var needs: [CoverageReport.Need]
  }

  func validate() throws {
    guard floor > 0 else { throw ValidationError("--floor is more than 0") }
    guard list >= 0 else { throw ValidationError("--list is not negative") }
    guard !loss || against == nil else {
      throw ValidationError("--loss and --against are two questions")
    }
  }

  func run() throws {
    try FacePage.check(page)
    let opened = try workspace.open(.readOnly)
    let target = try against.map { try FaceQuery(typed: $0, as: "--against") }
    let report = try CoverageReport(
      opened, query: FaceQuery(typed: query), target: target, axes: axes?.values ?? [.light],
      floor: floor, folded: mirror)
    if let target, report.theirs?.total == 0 {
      throw CommandError("--against: no face matches: \(target.text)")
    }
    let losses = try loss ? meanLosses(opened) : [:]
    if let page { try CoveragePage(workspace: opened, report: report).write(to: page) }
    try output.show(summary(report, losses)) {
      report.text(losses: losses, gaps: list) + (page.map { "\n\($0)" } ?? "")
    }
  }

  private func summary(_ report: CoverageReport, _ losses: [PoseCell: Double]) -> Summary {
    let mine = report.mine
    let theirs = report.theirs
    let gaps = theirs.map { mine.ofPoses.gaps(for: $0.ofPoses, floor: floor) } ?? []
    let missing = Dictionary(uniqueKeysWithValues: gaps.map { ($0.cell.pose, $0.missing) })
    return Summary(
      faces: mine.total, evenness: mine.evenness,
      covered: theirs.map { mine.covered(of: $0, floor: floor) },
      coveredPoses: theirs.map { mine.ofPoses.covered(of: $0.ofPoses, floor: floor) },
      cells: mine.poseCells.map { cell in
        Cell(
          cell: cell.name, yaw: cell.center.yaw, pitch: cell.center.pitch, faces: mine[cell],
          target: theirs?[cell], missing: theirs.map { _ in missing[cell] ?? 0 },
          loss: losses[cell])
      }, lights: report.lights, needs: report.needs)
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
}
