import Foundation
import TestSupport
import Testing

/// What `curate measure` promises, seen from outside.
@Suite(.serialized) struct MeasureTests {
  /// The catalogue's own numbers of each face: id and values.
  private func numbers(_ workspace: TestWorkspace, _ columns: String) throws -> [[String]] {
    let result = try Shell.run(
      "sqlite3",
      ["-separator", "|", workspace.path + "/catalog.sqlite", "SELECT id, \(columns) FROM faces"])
    try #require(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n").map {
      $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private func forget(_ workspace: TestWorkspace, _ columns: [String]) throws {
    let sets = columns.map { "\($0) = NULL" }.joined(separator: ", ")
    let names = columns.map { "'\($0)'" }.joined(separator: ", ")
    let result = try Shell.run(
      "sqlite3",
      [
        workspace.path + "/catalog.sqlite",
        "UPDATE face SET \(sets); DELETE FROM measure WHERE name IN (\(names))",
      ])
    try #require(result.status == 0, "\(result.errors)")
  }

  @Test func whatAnOlderImportLacksIsTakenFromItsCrops() throws {
    let workspace = try TestWorkspace()
    try #require(
      try workspace.curate("import", "--quiet", Samples.clip("bob-target")).status == 0)
    let columns = "exposure, warmth, brows, outside, noise, occluded"
    let before = try numbers(workspace, columns)
    #expect(before.allSatisfy { !$0.contains("") })
    try forget(
      workspace, ["exposure", "warmth", "brows", "outside", "noise", "occluded", "upscaled"])
    let dry = try workspace.curate("measure", "--dry-run")
    #expect(dry.errors.contains("\(before.count) faces of 1 videos"), "\(dry.errors)")
    let done = try workspace.curate("measure", "--quiet")
    #expect(done.status == 0, "\(done.errors)")
    for (old, new) in zip(before, try numbers(workspace, columns)) {
      for (a, b) in zip(old.dropFirst(), new.dropFirst()) {
        let (a, b) = (try #require(Double(a)), try #require(Double(b)))
        #expect(abs(a - b) < 0.08 * max(1, abs(a)), "\(a), \(b)")
      }
    }
    // What only the frame tells is not made up.
    #expect(try numbers(workspace, "upscaled").allSatisfy { $0[1].isEmpty })
    #expect(try workspace.curate("measure", "--dry-run").errors.contains("0 faces"))
    // Poses and lights are told of what each face shows by itself, not of what was told.
    let again = try workspace.curate("measure")
    #expect(again.errors.contains("0 faces changed"), "\(again.errors)")
    #expect(try workspace.curate("check", "--quiet").status == 0)
  }

  @Test func itMayBeKilledAndRunAgain() throws {
    let footage = try TemporaryFolder()
    let clip = try Samples.repeated("bob-1", times: 6, in: footage)
    let workspace = try TestWorkspace()
    try #require(
      try workspace.curate("import", "--quiet", "--identity", "bob", clip).status == 0)
    try #require(try workspace.curate("measure", "--quiet", "--again").status == 0)
    let calm = try workspace.contentHash()
    try forget(workspace, ["noise", "blur", "tint"])
    for wait in [0.15, 0.3, 0.5] {
      _ = try workspace.curate("measure", "--quiet", killAfter: wait)
    }
    let last = try workspace.curate("measure", "--quiet")
    #expect(last.status == 0, "\(last.errors)")
    #expect(try workspace.contentHash() == calm)
  }

  @Test func missingCropsAreSaidAndTheRestIsMeasured() throws {
    let workspace = try TestWorkspace()
    try #require(
      try workspace.curate("import", "--quiet", Samples.clip("bob-target")).status == 0)
    try forget(workspace, ["noise"])
    let broken = try Shell.run(
      "sqlite3",
      [workspace.path + "/crops.sqlar", "DELETE FROM sqlar WHERE name LIKE '%/7_0.jpg'"])
    try #require(broken.status == 0, "\(broken.errors)")
    let result = try workspace.curate("measure", "--quiet")
    #expect(result.status == 2 && result.errors.contains("1 crops are missing"), "\(result.errors)")
    #expect(try workspace.count("noise = none") == 1)
  }

  @Test func sortingShowsWhatIsSortedBy() throws {
    let workspace = try TestWorkspace()
    try #require(
      try workspace.curate("import", "--quiet", Samples.clip("bob-target")).status == 0)
    let listed = try workspace.curate("faces", "--sort", "blur desc", "--limit", "3")
    #expect(listed.status == 0 && listed.output.contains(" blur"), "\(listed.output)")
  }
}
