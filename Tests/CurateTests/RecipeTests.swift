import FaceCore
import Foundation
import TestSupport
import Testing

/// Recipes as files and as options.
@Suite struct RecipeTests {
  static let examples: [String] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("manifests")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".toml") }.sorted().map { folder.path + "/" + $0 }
  }()

  /// What `export` says of a recipe, in a folder that is no workspace.
  private func answer(to recipe: String, _ options: String...) throws -> ShellResult {
    let folder = try TemporaryFolder()
    try recipe.write(toFile: folder.path("r.toml"), atomically: true, encoding: .utf8)
    return try Shell.run(Shell.curate, ["export", "r.toml"] + options, in: folder.url)
  }

  private static let sides = "source = 'identity = alice'\ntarget = 'identity = bob'\n"

  @Test func thereAreExamples() { #expect(Self.examples.count >= 6) }

  @Test(arguments: examples)
  func everyExampleIsUnderstood(path: String) throws {
    let result = try answer(to: try String(contentsOfFile: path, encoding: .utf8))
    #expect(
      result.errorLines.count == 1 && result.errors.contains("catalog.sqlite"), "\(result.errors)")
  }

  /// The rest of a recipe, and what is said of it.
  static let mistakes: [(String, String)] = [
    ("face = 3", "line 3, column 1: there is no key face; did you mean faces?"),
    (
      "[faces]\nmany = 3",
      "line 3, column 2: faces is a whole number from 1 to 10000000, not a table"
    ),
    (
      "faces = \"many\"",
      "line 3, column 9: faces is a whole number from 1 to 10000000, not \"many\""
    ),
    ("faces = 0", "line 3, column 9: faces is a whole number from 1 to 10000000, not 0"),
    ("faces = 10.0", "line 3, column 9: faces is a whole number from 1 to 10000000, not 10.0"),
    ("  limit = 0.5", "line 3, column 11: limit is a number from 1.0 to 1000.0, not 0.5"),
    ("limit = nan", "line 3, column 9: limit is a number from 1.0 to 1000.0, not nan"),
    ("validation = 0.6", "validation is a number from 0.0 to 0.5, not 0.6"),
    ("spread = -1", "line 3, column 10: spread is a number of 0 or more, not -1.0"),
    ("spread = inf", "spread is a number of 0 or more, not inf"),
    ("seed = -1", "seed is a whole number from 0 to 9223372036854775807, not -1"),
    ("mirror = \"yes\"", "line 3, column 10: mirror is true or false, not \"yes\""),
    (
      "distribution = \"even\"",
      "\"uniform\", \"sqrt\", \"match\", \"random\" or \"best-faces\", not \"even\""
    ),
    (
      "axes = [\n  \"light\",\n  \"dark\"\n]",
      "line 3, column 8: axes is a list of \"light\" or \"expression\", not [\"light\", \"dark\"]"
    ),
    ("axes = [\"light\", \"light\"]", "axes names \"light\" twice"),
    ("floors = 'yav > 3'", "line 3, column 10: floors is not understood: column 1"),
    ("floors = \"\"\"\nfaces = 0\"\"\"\nfaces = 0", "line 5, column 9: faces is"),
    ("match = 'identity = bob'", "line 3, column 9: match is given while distribution is \"sqrt\""),
    (
      "mirror = true\naugment = [\"mirror\"]",
      "line 4, column 11: augment holds \"mirror\" while mirror is true"
    ),
    ("faces = 3\nfaces = 4", "line 4, column 9: Error while parsing key-value pair"),
    ("faces = ", "line 3"),
    ("variants = 17", "line 3, column 12: variants is a whole number from 1 to 16, not 17"),
    ("faces = 9223372036854775807", "faces is a whole number from 1 to 10000000"),
    ("augment = [\"color\", \"blur\"]", "augment holds nothing that takes a face to another cell"),
    ("seed = 1979-05-27", "seed is a whole number"),
    ("\u{0}", "zero byte"),
  ]

  @Test(arguments: mistakes)
  func aMistakeIsNamedWithItsPlace(rest: String, expected: String) throws {
    let result = try answer(to: Self.sides + rest)
    #expect(result.status == 1)
    #expect(result.errorLines.count == 1, "\(result.errors)")
    #expect(
      result.errors.contains("r.toml: ") && result.errors.contains(expected), "\(result.errors)")
  }

  @Test func aRecipeNeedsTwoQueriesThatDiffer() throws {
    #expect(try answer(to: "source = 'identity = alice'").errors.contains("needs a target query"))
    let same = try answer(to: "source = 'identity = alice'\ntarget = 'identity = alice'")
    #expect(same.errors.contains("line 2, column 10: target is the same query as source"))
    let empty = try answer(to: "source = ' '\ntarget = 'identity = bob'")
    #expect(empty.errors.contains("source is empty"))
    let missing = try Shell.run(Shell.curate, ["export", "/nowhere/r.toml"])
    #expect(missing.status == 1 && missing.errors.contains("/nowhere/r.toml: no such recipe"))
  }

  @Test(arguments: [
    ["--faces", "0"], ["--limit", "0.5"], ["--axes", "dark"], ["--match", "identity = carol"],
    ["--recipe", "other.toml"], ["--augment", "mirror", "--mirror"], ["--floors", "yav > 3"],
    ["--variants", "99"],
    ["--name", "r.jsonl"],
  ])
  func wrongOptionsAreWrongUsage(options: [String]) throws {
    let folder = try TemporaryFolder()
    try Self.sides.write(toFile: folder.path("r.toml"), atomically: true, encoding: .utf8)
    let result = try Shell.run(Shell.curate, ["export", "r.toml"] + options, in: folder.url)
    #expect(result.status == 64 && result.output.isEmpty, "\(result.errors)")
  }

  @Test func moreOfEachCellThanFacesInAllIsRefused() throws {
    let folder = try TemporaryFolder()
    let told = "least is 20, more than faces, which is 10; give one of them another"
    try (Self.sides + "\nfaces = 10\nleast = 20\n").write(
      toFile: folder.path("r.toml"), atomically: true, encoding: .utf8)
    let file = try Shell.run(Shell.curate, ["export", "r.toml"], in: folder.url)
    #expect(file.status == 1 && file.errorLines.count == 1)
    #expect(file.errors.contains(told) && file.errors.contains("r.toml: line "), "\(file.errors)")
    try Self.sides.write(toFile: folder.path("r.toml"), atomically: true, encoding: .utf8)
    let options = try Shell.run(
      Shell.curate, ["export", "r.toml", "--faces", "10", "--least", "20"], in: folder.url)
    #expect(options.status == 64 && options.errors == "Error: --\(told)\n", "\(options.errors)")
  }

  /// Every key is set, by the file or by an option, and stands in the manifest as it was set.
  @Test func aManifestsRecipeIsReadAsItWasWritten() throws {
    let workspace = try TestWorkspace.paired(faces: 10)
    let path = workspace.folder.path("all.toml")
    try """
    source = "identity = alice or identity = \\"alice\\""
    target = "identity = bob\\n and size > 3"
    distribution = "match"
    match = '''identity = bob and not video = "bob's.mp4"'''
    axes = []
    floors = ""
    collapse = false
    least = 2
    spread = 1e-3
    augment = ["jpeg", "rotate"]
    variants = 5
    limit = 3
    validation = 0.123456789
    """.write(toFile: path, atomically: true, encoding: .utf8)
    func recipe(_ arguments: String...) throws -> String {
      let result = try workspace.curate(["export"] + arguments + ["--force"])
      #expect(result.status == 0, "\(result.errors)")
      return try Manifest(path: workspace.path + "/manifests/all.jsonl").header.recipe
    }
    let written = try recipe(path, "--faces", "7", "--seed", "9", "--axes", "expression")
    for line in [
      "faces = 7", "seed = 9", "axes = [\"expression\"]", "floors = ''", "spread = 0.001",
      "limit = 3.0", "augment = [\"jpeg\", \"rotate\"]", "validation = 0.123456789",
      "target = \"identity = bob\\n and size > 3\"", "collapse = false", "mirror = false",
    ] {
      #expect(written.split(separator: "\n").contains(Substring(line)), "\(line) in \(written)")
    }
    let again = workspace.folder.path("again.toml")
    try written.write(toFile: again, atomically: true, encoding: .utf8)
    #expect(try recipe(again, "--name", "all") == written)
    #expect(try recipe("all", "--recipe", again) == written)
  }
}
