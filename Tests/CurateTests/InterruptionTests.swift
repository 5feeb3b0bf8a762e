import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct InterruptionTests {
  /// SIGKILL at 20 random moments: the catalogue ends as if nothing had happened.
  @Test func anImportKilledAgainAndAgainEndsTheSame() throws {
    let clips = ["alice-1", "bob-1"].map(Samples.clip)
    let calm = try TestWorkspace()
    try #require(try calm.curate(["import", "--quiet"] + clips).status == 0)

    let stormy = try TestWorkspace()
    var generator = SystemRandomNumberGenerator()
    var unfinished = 0
    for _ in 0..<20 {
      let moment = Double.random(in: 0.05...1.6, using: &generator)
      _ = try stormy.curate(["import", "--quiet"] + clips, killAfter: moment)
      let states = try stormy.videos().map(\.state)
      unfinished += states.count < clips.count || states.contains("importing") ? 1 : 0
    }
    #expect(unfinished > 0, "every kill came too late to interrupt anything")
    try #require(try stormy.curate(["import", "--quiet"] + clips).status == 0)
    #expect(try stormy.videos().allSatisfy { $0.state == "done" })
    #expect(try stormy.contentHash() == calm.contentHash())
    let check = try Shell.run("sqlite3", [stormy.path + "/catalog.sqlite", "PRAGMA quick_check"])
    #expect(check.output == "ok\n")
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
