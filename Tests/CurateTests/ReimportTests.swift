import Foundation
import TestSupport
import Testing

/// `import --again`, seen from outside.
@Suite(.serialized) struct ReimportTests {
  /// Who is who in every fifth frame, and two faces rejected.
  private static func surveyed() throws -> TestWorkspace {
    let workspace = try TestWorkspace()
    let survey = try workspace.curate(
      "import", "--quiet", "--every", "5", Samples.clip("bob-target"), Samples.clip("alice-1"))
    try #require(survey.status == 0, "\(survey.errors)")
    for (name, clip) in [("bob", "bob-target"), ("alice", "alice-1")] {
      let named = try workspace.curate("identity", "assign", name, "video = \(clip).mp4")
      try #require(named.status == 0, "\(named.errors)")
    }
    let rejected = try workspace.curate(
      "reject", "video = bob-target.mp4 and ordinal in (5, 10)", "--reason", "blink")
    try #require(rejected.status == 0, "\(rejected.errors)")
    return workspace
  }

  @Test func aSurveyBecomesAnImportOfEveryFrame() throws {
    let workspace = try ReimportTests.surveyed()
    let (bob, alice) = try (workspace.count("identity = bob"), workspace.count("identity = alice"))
    #expect(bob == 6)
    let exported = try workspace.curate(
      "export", "survey", "--source", "identity = alice", "--target", "identity = bob",
      "--faces", "5")
    try #require(exported.status == 0, "\(exported.errors)")
    let plain = try workspace.curate("import", "--quiet", Samples.clip("bob-target"))
    #expect(plain.errors.contains("--again"), "\(plain.errors)")
    let again = try workspace.curate(
      "import", "--again", "--crop-size", "320", "--face-type", "whole_face",
      Samples.clip("bob-target"))
    #expect(again.status == 0, "\(again.errors)")
    #expect(
      (again.output + again.errors).contains(
        "in the place of 8 faces of before; 37 have a name, 6 stay rejected"),
      "\(again.output) \(again.errors)")
    // Two looks that were rejected, one after the other, and the four frames between them.
    #expect(try workspace.count("identity = bob") == 31)
    #expect(try workspace.count("identity = alice") == alice)
    #expect(try workspace.videos().first { $0.name == "bob-target.mp4" }?.faces == 37)
    #expect(try workspace.curate("check", "--quiet").status == 0)
    // What was made of the survey is whole.
    let verified = try workspace.curate("manifest", "verify", "survey", "--quiet")
    #expect(verified.status == 0, "\(verified.errors)")
    // The same again changes nothing, and what is said of others neither.
    let hash = try workspace.contentHash()
    try #require(
      try workspace.curate(
        "import", "--quiet", "--again", "--crop-size", "320", "--face-type", "whole_face",
        Samples.clip("bob-target")
      ).status == 0)
    #expect(try workspace.contentHash() == hash)
    try #require(try workspace.curate("undo").status == 0)
    #expect(try workspace.count("identity = bob") == bob)
    try #require(try workspace.curate("redo").status == 0)
    #expect(try workspace.contentHash() == hash)
  }

  @Test func killedAtAnyInstantItGoesOn() throws {
    let footage = try TemporaryFolder()
    let clip = try Samples.repeated("bob-1", times: 4, in: footage)
    var hashes: Set<String> = []
    for delays in [[], [0.15, 0.4, 0.8, 1.2]] {
      let workspace = try TestWorkspace()
      try #require(
        try workspace.curate("import", "--quiet", "--every", "7", clip).status == 0)
      try #require(try workspace.curate("identity", "assign", "bob", "yaw < 200").status == 0)
      let again = ["import", "--quiet", "--again", clip]
      for delay in delays { _ = try workspace.curate(again, killAfter: delay) }
      let ended = try workspace.curate(again)
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(try workspace.count("not identity = bob") == 0)
      hashes.insert(try workspace.contentHash())
    }
    #expect(hashes.count == 1)
  }

  @Test func whatCannotFindFacesTakesNoPlace() throws {
    let workspace = try ReimportTests.surveyed()
    let before = try workspace.contentHash()
    let missing = try workspace.curate(
      "import", "--quiet", "--again", "--detector", "nobody", Samples.clip("bob-target"))
    #expect(missing.status != 0)
    let shard = try workspace.curate(
      "import", "--again", "--shard", "1/2", Samples.clip("bob-target"))
    #expect(shard.status == 64 && shard.errors.contains("--shard"), "\(shard.errors)")
    #expect(try workspace.contentHash() == before)
  }
}
