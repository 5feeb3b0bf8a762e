import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct InterruptionTests {
  /// SIGKILL at 20 random moments: the catalogue ends as if nothing had happened.
  @Test func anImportKilledAgainAndAgainEndsTheSame() throws {
    // Long enough for several batches.
    let footage = try TemporaryFolder()
    let clips = try ["alice-1", "bob-1"].map { try Samples.repeated($0, times: 8, in: footage) }
    let calm = try TestWorkspace()
    try #require(try calm.curate(["import", "--quiet"] + clips).status == 0)

    let expected = try calm.contentHash()

    var stormy = try TestWorkspace()
    var generator = SystemRandomNumberGenerator()
    var midway = 0
    for round in 0..<20 {
      // Short lives first, so that a fast machine is interrupted, too.
      let moment = Double.random(in: 0.2...0.7 + 0.15 * Double(round), using: &generator)
      _ = try stormy.curate(["import", "--quiet"] + clips, killAfter: moment)
      let videos = try stormy.videos()
      midway += videos.contains { $0.state == "importing" && $0.frames > 0 } ? 1 : 0
      if videos.count == clips.count, videos.allSatisfy({ $0.state == "done" }) {
        #expect(try stormy.contentHash() == expected)
        stormy = try TestWorkspace()
      }
    }
    #expect(midway > 0, "no kill fell between the first frame and the last")
    try #require(try stormy.curate(["import", "--quiet"] + clips).status == 0)
    #expect(try stormy.videos().allSatisfy { $0.state == "done" })
    #expect(try stormy.contentHash() == expected)
    let check = try Shell.run("sqlite3", [stormy.path + "/catalog.sqlite", "PRAGMA quick_check"])
    #expect(check.output == "ok\n")
  }

  /// Someone brings the program up to date while an import lies there unfinished.
  @Test func anImportThatAnotherVersionBeganIsFinished() throws {
    let footage = try TemporaryFolder()
    let clip = try Samples.repeated("alice-1", times: 8, in: footage)
    let calm = try TestWorkspace()
    try #require(try calm.curate("import", "--quiet", clip).status == 0)
    let workspace = try TestWorkspace()
    for round in 0..<20 {
      _ = try workspace.curate(
        "import", "--quiet", clip, killAfter: 0.4 + 0.1 * Double(round))
      if try workspace.videos().contains(where: { $0.frames > 0 }) { break }
    }
    let begun = try workspace.videos()
    try #require(begun.map(\.state) == ["importing"], "not killed midway")
    // What is made of it is made of a part.
    try #require(
      try workspace.curate("import", "--quiet", Samples.clip("bob-target")).status == 0)
    let exported = try workspace.curate(
      "export", "part", "--source", "video ~ \"alice*\"", "--target", "video ~ \"bob*\"", "--faces",
      "5")
    #expect(exported.status == 0)
    #expect(
      exported.errorLines.count { $0.contains("not finished") && $0.contains("retry") } == 1,
      "\(exported.errors)")
    func catalog(_ sql: String) throws -> String {
      try Shell.run("sqlite3", [workspace.path + "/catalog.sqlite", sql]).output
    }
    _ = try catalog(
      """
      UPDATE video SET parameters = 'align-0' || substr(parameters, instr(parameters, ' '))
        WHERE state = 'importing';
      DELETE FROM measure WHERE name = 'sharpness' AND video_id IN
        (SELECT id FROM video WHERE state = 'importing');
      """)
    // Other options are refused still.
    let others = try workspace.curate("import", "--quiet", "--min-face", "50", clip)
    #expect(others.status == 1 && others.errors.contains("other parameters"), "\(others.errors)")
    let retried = try workspace.curate("retry", "--quiet")
    #expect(retried.status == 0, "\(retried.errors)")
    let (found, expected) = (
      try #require(try workspace.videos().first { $0.name.hasPrefix("alice") }),
      try calm.videos()[0]
    )
    #expect(found.state == "done")
    #expect((found.frames, found.faces) == (expected.frames, expected.faces))
    let parameters = "SELECT parameters FROM video WHERE name LIKE 'alice%'"
    #expect(try catalog(parameters).hasPrefix("align-0,align-"))
    // A rule that the frames before were not measured by is not one of the video's, until all are.
    let isKnown = "SELECT count(*) FROM measure WHERE name = 'sharpness'"
    #expect(try catalog(isKnown) == "1\n")
    try #require(try workspace.curate("measure", "--quiet").status == 0)
    #expect(try catalog(isKnown) == "2\n")
    // Once more, and it is said whose they are.
    let again = try workspace.curate("import", "--quiet", clip)
    #expect(again.status == 0 && again.errors.contains("another version"), "\(again.errors)")
  }

  @Test func importingAgainChangesNothing() throws {
    let workspace = try TestWorkspace()
    let clip = Samples.clip("bob-target")
    try #require(try workspace.curate("import", "--quiet", clip).status == 0)
    let before = try workspace.contentHash()
    try #require(try workspace.curate("import", "--quiet", clip).status == 0)
    // The same bytes under another name are the same video.
    let copy = workspace.folder.path("copy.mp4")
    try FileManager.default.copyItem(atPath: clip, toPath: copy)
    try #require(try workspace.curate("import", "--quiet", copy).status == 0)
    #expect(try workspace.contentHash() == before)
    #expect(try workspace.videos().count == 1)
  }
}
