import TestSupport
import Testing

@Suite struct HelpTests {
  static let verbs = [
    "init", "sample", "import", "videos", "faces", "health", "measure", "identity", "dedup",
    "coverage", "export",
    "manifest",
    "train", "apply", "models", "doctor",
  ]

  @Test func helpListsEveryVerb() throws {
    let help = try Shell.run(Shell.curate, ["--help"])
    #expect(help.status == 0)
    for verb in Self.verbs { #expect(help.output.contains("  \(verb) "), "\(verb)") }
    #expect(help.output.contains("64 wrong usage"))
  }

  @Test(arguments: verbs)
  func everyVerbExplainsItself(verb: String) throws {
    let help = try Shell.run(Shell.curate, [verb, "--help"])
    #expect(help.status == 0)
    #expect(help.output.contains("OVERVIEW:"))
    #expect(help.output.contains("--workspace") || help.output.contains("SUBCOMMANDS:"))
  }

  @Test(arguments: [["fly"], ["faces", "--limit", "-1"], ["train"], ["import"]])
  func wrongUsageExitsWith64(arguments: [String]) throws {
    let result = try Shell.run(Shell.curate, arguments)
    #expect(result.status == 64)
    #expect(result.output.isEmpty && !result.errors.isEmpty)
  }

  @Test func theDoctorKnowsWhatIsInstalled() throws {
    let folder = try TemporaryFolder()
    let result = try Shell.run(Shell.curate, ["doctor"], in: folder.url)
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains("OpenBLAS kernels for"))
    #expect(result.output.contains("curate init"))
  }
}
