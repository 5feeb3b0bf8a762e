import ArgumentParser
import Catalog
import FaceCore
import Foundation

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Choose a balanced set of faces and freeze it as a manifest.",
    discussion: """
      The same catalogue, recipe and seed give the same bytes. Faces are spread over the cells of \
      yaw and pitch, the sharpest of each cell first, apart in time; validation faces are of \
      videos that no training face is of.

      """ + queryHelp)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Argument(help: "The manifest's name.")
  var name: String

  @Option(help: "Query of the face that is put in.")
  var source: String?

  @Option(help: "Query of the footage it is put into.")
  var target: String?

  @Option(help: "A recipe file; the options here go before what it says.")
  var recipe: String?

  @Option(help: "Faces of each side, at most (1000).")
  var faces: Int?

  @Option(help: "uniform, sqrt or match: how cells are filled (sqrt).")
  var distribution: Recipe.Distribution?

  @Option(help: "Decides between equals (1).")
  var seed: UInt64?

  @Flag(help: "Let the trainer mirror faces.")
  var mirror = false

  @Flag(help: "Replace a manifest of this name.")
  var force = false

  @Flag(help: "Only say what would be chosen.")
  var dryRun = false

  private struct Summary: Encodable {
    var name: String
    var manifestID: String
    var path: String?
    var sides: [ExportJob.Tally]

    enum CodingKeys: String, CodingKey {
      case name, path, sides
      case manifestID = "manifestId"
    }
  }

  func validate() throws {
    guard Manifest.isName(name) else {
      throw ValidationError("a name is letters, digits, '-', '_' and '.'")
    }
    guard recipe != nil || (source != nil && target != nil) else {
      throw ValidationError("give --source and --target, or a --recipe")
    }
    guard faces ?? 1 > 0 else { throw ValidationError("--faces is more than 0") }
  }

  func run() throws {
    let path = workspace.manifestPath(name)
    guard dryRun || force || !FileManager.default.fileExists(atPath: path) else {
      throw CommandError("\(path): exists; add --force to replace it")
    }
    let opened = try dryRun ? workspace.open(.readOnly) : workspace.openForWriting()
    let job = ExportJob(workspace: opened, recipe: try resolvedRecipe(), name: name)
    let (manifest, tallies) = try job.run()
    if !dryRun {
      try FileManager.default.createDirectory(
        atPath: workspace.folder + "/manifests", withIntermediateDirectories: true)
      try AtomicFile.write(try manifest.data(), to: path)
      try job.record(manifest, path: path)
    }
    for tally in tallies where tally.identities.count > 1 {
      warn(
        "Warning: \(tally.side.rawValue) mixes \(tally.identities.joined(separator: ", "))")
    }
    let summary = Summary(
      name: name, manifestID: manifest.id, path: dryRun ? nil : path, sides: tallies)
    try output.show(summary) { text(summary) }
  }

  private func resolvedRecipe() throws -> Recipe {
    var resolved: Recipe
    if let recipe {
      guard let text = try? String(contentsOfFile: recipe, encoding: .utf8) else {
        throw CommandError("\(recipe): no such recipe, or not text")
      }
      resolved = try Recipe(text: text, subject: recipe)
    } else {
      resolved = Recipe(source: "", target: "")
    }
    if let source { resolved.source = source }
    if let target { resolved.target = target }
    if let faces { resolved.faces = faces }
    if let distribution { resolved.distribution = distribution }
    if let seed { resolved.seed = seed }
    if mirror { resolved.mirror = true }
    return resolved
  }

  private func text(_ summary: Summary) -> String {
    let lines = summary.sides.map { side in
      var line =
        "\(side.side.rawValue)  \(side.identities.joined(separator: ", "))  "
        + "\(side.chosen) of \(side.matching) faces in \(side.cells) cells"
      let short = side.short.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      if !short.isEmpty {
        line +=
          "; short: "
          + short.prefix(6).map { "\($0.key) by \($0.value)" }
          .joined(separator: ", ")
      }
      return line
    }
    let end = summary.path ?? "nothing was written"
    return (["manifest \(summary.manifestID)"] + lines + [end]).joined(separator: "\n")
  }
}

extension Recipe.Distribution: ExpressibleByArgument {}
