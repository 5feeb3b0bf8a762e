import ArgumentParser

@main struct Curate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Curate.", version: "0.1.0", subcommands: [Videos.self])
  @OptionGroup var workspace: WorkspaceOption
}

struct WorkspaceOption: ParsableArguments {
  @Option var workspace: String = "."
}
struct Videos: ParsableCommand {
  @OptionGroup var workspace: WorkspaceOption
  func run() { print(workspace.workspace) }
}
