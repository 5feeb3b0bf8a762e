import ArgumentParser

@main
struct Curate: ParsableCommand {
  static let version = "0.1.0"
  /// What files say they were made with.
  static let tool = "curate \(version)"

  static let configuration = CommandConfiguration(
    commandName: "curate",
    abstract: "Turn videos into a balanced set of faces, train a face-swap model, apply it.",
    discussion: """
      Results go to stdout, everything else to stderr. Exit status: 0 done, 1 failed, 2 done in \
      part (stderr says what was left out), 64 wrong usage.
      """,
    version: version,
    subcommands: [
      Init.self, Sample.self, Import.self, Retry.self, Merge.self, Videos.self, Faces.self,
      Health.self, MeasureCommand.self, Dedup.self, Identity.self, Reject.self, Accept.self,
      Log.self, Undo.self, Redo.self, Check.self, Repair.self, CoverageCommand.self, Export.self,
      ManifestCommand.self, Train.self, Apply.self, Models.self, Doctor.self,
    ])

  /// Takes `--workspace` before the verb as well as after it.
  @OptionGroup var workspace: WorkspaceOption
}

extension Curate {
  /// As the argument parser does it, but that help which cannot be printed is an error as any result is.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      guard exitCode(for: error).isSuccess else {
        let text = fullMessage(for: error)
        if !text.isEmpty { warn(text) }
        exit(withError: exitCode(for: error))
      }
      do {
        let text = fullMessage(for: error)
        if !text.isEmpty { try OutputOption.say(text) }
      } catch {
        exit(withError: error)
      }
    }
  }
}
