import ArgumentParser
import Catalog
import FaceCore
import Foundation

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Choose a balanced set of faces and freeze it as a manifest.",
    discussion: """
      The same catalogue, recipe and seed give the same bytes. Faces are spread over the cells of \
      yaw, pitch and light, good ones that differ from each other first; validation faces are of \
      videos, else of shots, that no training face is of.

      """ + queryHelp)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Argument(help: "A recipe file that ends in .toml, or the manifest's name.")
  var recipeOrName: String

  @Option(help: "The manifest's name (the recipe file's).")
  var name: String?

  @Option(
    help: "A recipe file, where the argument is a name; the options here go before what it says.")
  var recipe: String?

  @OptionGroup(title: "Recipe") var options: RecipeOptions

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

  /// The recipe file, where there is one.
  private var recipePath: String? { recipeOrName.hasSuffix(".toml") ? recipeOrName : recipe }

  private var manifestName: String {
    guard name == nil, recipeOrName.hasSuffix(".toml") else { return name ?? recipeOrName }
    return URL(fileURLWithPath: recipeOrName).deletingPathExtension().lastPathComponent
  }

  func validate() throws {
    guard !(recipeOrName.hasSuffix(".toml") && recipe != nil) else {
      throw ValidationError("the recipe is given twice")
    }
    guard recipeOrName.hasSuffix(".toml") || name == nil else {
      throw ValidationError("the name is given twice")
    }
    guard Manifest.isName(manifestName), !manifestName.hasSuffix(".jsonl") else {
      throw ValidationError(
        "a name is letters, digits, '-', '_' and '.', begins with one of the first two and does not end "
          + "in .jsonl"
          + (recipeOrName.hasSuffix(".toml") && name == nil ? "; give one with --name" : ""))
    }
    guard recipePath != nil || (options.source != nil && options.target != nil) else {
      throw ValidationError("give --source and --target, or a recipe")
    }
  }

  func run() throws {
    let name = manifestName
    let recipe = try resolvedRecipe()
    let path = workspace.manifestPath(name)
    let taken = CommandError("\(path): exists; add --force to replace it")
    guard dryRun || force || !FileManager.default.fileExists(atPath: path) else { throw taken }
    let opened = try dryRun ? workspace.open(.readOnly) : workspace.openForWriting()
    let job = ExportJob(workspace: opened, recipe: recipe, name: name)
    let (manifest, tallies) = try job.run()
    if !dryRun {
      try FileManager.default.makeFolder(workspace.folder + "/manifests")
      if force {
        try AtomicFile.write(try manifest.data(), to: path)
      } else if try !AtomicFile.create(try manifest.data(), at: path) {
        throw taken
      }
      try job.record(manifest, path: URL(fileURLWithPath: path).standardizedFileURL.path)
    }
    for tally in tallies where tally.identities.count > 1 {
      warn(
        "Warning: \(tally.side.rawValue) mixes \(tally.identities.joined(separator: ", "))")
    }
    for tally in tallies where tally.unnamed > 0 {
      warn(
        "Warning: \(tally.side.rawValue): \(tally.unnamed) of \(tally.chosen) faces are of nobody named and "
          + "may be of several people; curate identity suggest tells them apart")
    }
    let summary = Summary(
      name: name, manifestID: manifest.id, path: dryRun ? nil : path, sides: tallies)
    try output.show(summary) { text(summary) }
  }

  private func resolvedRecipe() throws -> Recipe {
    var resolved =
      try recipePath.map { try Recipe(path: $0) } ?? Recipe(source: "", target: "")
    try options.apply(to: &resolved)
    return resolved
  }

  private func text(_ summary: Summary) -> String {
    let end = summary.path ?? "nothing was written"
    return (["manifest \(summary.manifestID)"] + summary.sides.map(\.text) + [end])
      .joined(separator: "\n")
  }
}
