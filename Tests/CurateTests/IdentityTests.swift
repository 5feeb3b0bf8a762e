import Foundation
import TestSupport
import Testing

@Suite struct IdentityTests {
  private struct Suggestion: Decodable {
    var name: String
    var new: Bool
    var faces: Int
    var tracks: Int
    var videos: Int
    var example: String
  }

  /// By the threshold for filmed people: left to itself, the network knows that rendered ones are too much alike.
  private func suggestions(
    _ workspace: TestWorkspace, _ options: String...
  ) throws -> [Suggestion] {
    let listed = try workspace.curate(
      ["identity", "suggest", "--quiet", "--format", "json", "--threshold", "0.83"] + options)
    try #require(listed.status == 0, "\(listed.errors)")
    return try JSONDecoder().decode([Suggestion].self, from: Data(listed.output.utf8))
  }

  private static let clips = ["alice-1", "alice-2", "bob-1", "bob-2", "bob-target"]

  @Test func peopleAreToldApartAcrossVideosAndNewOnesJoinThoseWithNames() throws {
    let workspace = try TestWorkspace()
    for clip in ["alice-1", "bob-1", "bob-2"] {
      try #require(try workspace.curate("import", "--quiet", Samples.clip(clip)).status == 0)
    }
    let before = try workspace.contentHash()
    let first = try suggestions(workspace)
    #expect(first.allSatisfy { $0.new })
    #expect(first.map(\.name) == first.indices.map { "person-\($0 + 1)" })
    #expect(try workspace.contentHash() == before, "nothing changes without --assign")
    let all = try workspace.count()
    #expect(first.reduce(0) { $0 + $1.faces } == all)
    // bob-1 and bob-2 are one, alice is another.
    #expect(first.map(\.videos) == [2, 1])

    _ = try suggestions(workspace, "--assign")
    #expect(try workspace.count("identity = person-1") == first[0].faces)
    let renamed = try workspace.curate("identity", "name", "person-1", "bob")
    #expect(renamed.status == 0, "\(renamed.errors)")
    for clip in ["alice-2", "bob-target"] {
      try #require(try workspace.curate("import", "--quiet", Samples.clip(clip)).status == 0)
    }
    let second = try suggestions(workspace, "--assign")
    #expect(Set(second.map(\.name)) == ["bob", "person-2"])
    #expect(second.allSatisfy { !$0.new })
    #expect(try workspace.count("identity = bob and video ~ \"alice*\"") == 0)
    let faces = try workspace.count("video ~ \"bob*\"")
    #expect(try workspace.count("identity = bob") == faces)
    #expect(try suggestions(workspace).isEmpty)
    for _ in 0..<3 { #expect(try workspace.curate("undo").status == 0) }
  }

  @Test func whoIsExcludedStaysExcluded() throws {
    let workspace = try TestWorkspace()
    for (clip, name) in [("alice-1", "alice"), ("bob-1", "bob")] {
      let imported = try workspace.curate(
        "import", "--quiet", "--identity", name, Samples.clip(clip))
      try #require(imported.status == 0)
    }
    let excluded = try workspace.curate("identity", "exclude", "bob")
    #expect(excluded.status == 0 && excluded.errors.contains("faces rejected"))
    #expect(try workspace.count("identity = bob") == 0)
    try #require(try workspace.curate("import", "--quiet", Samples.clip("bob-2")).status == 0)
    let found = try suggestions(workspace, "--assign")
    #expect(found.map(\.name) == ["bob"])
    #expect(try workspace.count("video = bob-2.mp4") == 0)
    let back = try workspace.curate("accept", "identity = bob")
    #expect(back.status == 0)
    #expect(try workspace.count("video = bob-2.mp4 and identity = bob") > 0)
  }

  @Test func theFacesThatStandForAPersonAreShown() throws {
    let workspace = try TestWorkspace()
    let imported = try workspace.curate(
      "import", "--quiet", "--identity", "alice", Samples.clip("alice-1"))
    try #require(imported.status == 0)
    let shown = try workspace.curate("identity", "show", "alice", "--quiet")
    #expect(shown.status == 0 && shown.output.contains("alice-1.mp4"), "\(shown.errors)")
    let nobody = try workspace.curate("identity", "show", "nobody", "--quiet")
    #expect(nobody.status == 1 && nobody.errors.contains("nobody: no identity of this name"))
  }

  @Test func thePageShowsEachAndIsWholeOrNotThere() throws {
    let workspace = try TestWorkspace()
    try #require(try workspace.curate("import", "--quiet", Samples.clip("alice-1")).status == 0)
    let page = workspace.folder.path("who.html")
    _ = try suggestions(workspace, "--page", page)
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("<h2>person-1 ") && text.contains("data:image/jpeg;base64,"))
    #expect(!text.contains("http"))
    let nowhere = try workspace.curate(
      "identity", "suggest", "--quiet", "--page", "/no/such/folder/who.html")
    #expect(nowhere.status == 1 && nowhere.errors.contains("/no/such/folder"))
  }

  @Test func anUnknownNetworkIsOneLine() throws {
    let workspace = try TestWorkspace()
    let result = try workspace.curate("identity", "suggest", "--model", "nothing")
    #expect(result.status == 1 && result.errors.contains("nothing"), "\(result.errors)")
    #expect(try workspace.curate("identity", "suggest", "--threshold", "3").status == 64)
  }

  @Test func aKilledLookGoesOnWhereItWas() throws {
    let workspace = try TestWorkspace()
    for clip in Self.clips {
      try #require(try workspace.curate("import", "--quiet", Samples.clip(clip)).status == 0)
    }
    for delay in [0.02, 0.08, 0.15] {
      _ = try workspace.curate("identity", "suggest", "--quiet", killAfter: delay)
    }
    let whole = try suggestions(workspace)
    #expect(whole.map(\.videos).sorted() == [2, 3])
  }

  @Test func splitTakesTracksUnlessFacesAreAskedFor() throws {
    let workspace = try TestWorkspace()
    try #require(
      try workspace.curate(
        "import", "--quiet", "--identity", "carl", Samples.clip("bob-1")
      ).status == 0)
    let (all, half) = (try workspace.count(), try workspace.count("ordinal < 10"))
    try #require(half > 0 && half < all)
    let dry = try workspace.curate("identity", "split", "carl", "dan", "ordinal < 10", "--dry-run")
    #expect(dry.errors.contains("\(half) faces match") && dry.status == 0)
    let none = try workspace.curate("identity", "split", "carl", "dan", "ordinal > 99999")
    #expect(none.status == 1 && none.errors.contains("no face"), "\(none.errors)")
    #expect(try !workspace.curate("identity").output.contains("dan"))
    try #require(
      try workspace.curate("identity", "split", "carl", "dan", "ordinal < 10", "--faces-only")
        .status == 0)
    #expect(try workspace.count("identity = dan") == half)
    try #require(
      try workspace.curate("identity", "split", "carl", "eve", "ordinal = 12").status == 0)
    #expect(try workspace.count("identity = carl") == 0)
  }

  @Test(arguments: ["none", "", " x", "a\u{1b}[31mb"])
  func whatAQueryCannotNameIsNoName(name: String) throws {
    let workspace = try TestWorkspace()
    try #require(
      try workspace.curate(
        "import", "--quiet", "--identity", "carl", Samples.clip("bob-1")
      ).status == 0)
    for verb in [["assign", name, "ordinal = 0"], ["rename", "carl", name]] {
      let refused = try workspace.curate(["identity"] + verb)
      #expect(refused.status == 1 && refused.errors.contains("name"), "\(refused.errors)")
      #expect(!refused.errors.contains("CHECK") && !refused.errors.contains("\u{1b}"))
    }
    #expect(try workspace.count("identity = carl") == workspace.count())
  }

  @Test func whatWouldChangeCanBeAskedFirst() throws {
    let workspace = try TestWorkspace()
    for (name, clip) in [("carl", "bob-1"), ("dan", "bob-target")] {
      try #require(
        try workspace.curate("import", "--quiet", "--identity", name, Samples.clip(clip)).status
          == 0)
    }
    let hash = try workspace.contentHash()
    let (carl, dan) = (
      try workspace.count("identity = carl"), try workspace.count("identity = dan")
    )
    let merge = try workspace.curate("identity", "merge", "carl", "dan", "--dry-run")
    #expect(merge.errors.hasPrefix("\(carl) faces would be dan"), "\(merge.errors)")
    let exclude = try workspace.curate("identity", "exclude", "dan", "--dry-run")
    #expect(exclude.errors.hasPrefix("\(dan) faces would be rejected"), "\(exclude.errors)")
    #expect(try workspace.curate("identity", "exclude", "eve", "--dry-run").status == 1)
    #expect(try workspace.contentHash() == hash)
  }

  @Test func anEmptyQueryDecidesNothing() throws {
    let workspace = try TestWorkspace()
    try #require(try workspace.curate("import", "--quiet", Samples.clip("bob-target")).status == 0)
    let all = try workspace.count()
    for verb in [["reject"], ["accept"], ["identity", "assign", "zoe"]] {
      let refused = try workspace.curate(verb + [" "])
      #expect(refused.status == 64 && refused.errors.contains("empty"), "\(refused.errors)")
    }
    #expect(try workspace.count("identity = none") == all)
    #expect(try workspace.curate("reject", "not rejected").status == 0)
    #expect(try workspace.count() == 0)
  }
}
