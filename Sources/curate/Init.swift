import ArgumentParser
import Catalog

struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a folder a workspace: a catalogue and a crop archive, both empty.",
    discussion: "Videos stay where they are. What is made from them goes into the workspace.")

  @OptionGroup var workspace: WorkspaceOption

  @Argument(help: "The folder, made when it is missing; the current one unless told.")
  var folder: String?

  func run() throws {
    let folder = folder ?? workspace.folder
    try Workspace.create(at: folder).close()
    warn("\(folder): a new workspace")
  }
}
