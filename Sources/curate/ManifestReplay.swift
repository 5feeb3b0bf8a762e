import ArgumentParser
import Catalog
import FaceCore
import Foundation

struct ManifestReplay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Run a manifest's recipe again, and say whether the same comes out.",
    discussion: """
      Nothing is written. On the same revision of the catalogue the same version of the program makes \
      the same manifest_id. Exit status 1 when another one comes out.
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption

  @Argument(help: "A manifest's name in the workspace, or its file.")
  var name: String

  @Flag(help: "List all faces that differ, not only the first ten of each kind.")
  var all = false

  func run() throws {
    let path = workspace.resolveManifest(name)
    let manifest = try Manifest(path: path)
    let recipe = try Recipe(text: manifest.header.recipe, subject: "\(path): recipe")
    let opened = try workspace.open(.readOnly)
    let job = ExportJob(workspace: opened, recipe: recipe, name: manifest.header.name)
    let again = try replayed(job, of: manifest, in: opened)
    let comparison = try ManifestComparison(
      from: manifest, to: again, workspace: opened, limit: ManifestComparison.limit(all: all))
    try output.show(comparison) { text(comparison) }
    if !comparison.isSame { throw ExitCode.failure }
  }

  /// Throws what the export throws, and says so where the catalogue is no longer as it was.
  private func replayed(
    _ job: ExportJob, of manifest: Manifest, in opened: Workspace
  ) throws -> Manifest {
    do {
      return try job.run().manifest
    } catch {
      let (then, now) = (manifest.header.catalogRevision, try opened.revision())
      guard then != now, !(error is ExitCode) else { throw error }
      throw CommandError("\(error) (the catalogue has changed: revision \(then) then, \(now) now)")
    }
  }

  private func text(_ comparison: ManifestComparison) -> String {
    if comparison.isSame {
      return "\(comparison.before.manifestID)  \(comparison.before.faces) faces, the same again"
    }
    let (then, now) = (comparison.before.catalogRevision, comparison.after.catalogRevision)
    let cause =
      then != now
      ? "the catalogue has changed: revision \(then) then, \(now) now"
      : comparison.before.tool != comparison.after.tool
        ? "made by \(comparison.before.tool), replayed by \(comparison.after.tool)"
        : "revision \(now) as then, and yet another manifest"
    return "\(cause)\n\(comparison.text)"
  }
}
