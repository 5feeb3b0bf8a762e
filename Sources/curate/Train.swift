import ArgumentParser

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a face-swap model from a manifest, and see how it goes.",
    discussion: """
      `curate train NAME` is `curate train run NAME`; `curate train run --help` lists its options.
      """,
    subcommands: [TrainRun.self, TrainStatus.self], defaultSubcommand: TrainRun.self)
}
