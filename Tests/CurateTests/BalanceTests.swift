import FaceCore
import Foundation
import TestSupport
import Testing

/// Coverage against a target, and balanced manifests, from the command line.
@Suite(.serialized) struct BalanceTests {
  static let prepared: TestWorkspace = {
    do {
      let workspace = try TestWorkspace.paired(faces: 30)
      let more = try workspace.curate(
        "import", "--quiet", "--identity", "alice", Samples.clip("alice-2"))
      precondition(more.status == 0, more.errors)
      return workspace
    } catch { preconditionFailure("\(error)") }
  }()

  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func coverageSaysWhatIsMissingWhenAndWhoHasIt() throws {
    let page = Self.prepared.folder.path("coverage.html")
    let shown = try Self.prepared.curate(
      "coverage", "identity = alice and video ~ \"*-1*\"", "--against", "identity = bob",
      "--page", page, "--format", "json")
    #expect(shown.status == 0, "\(shown.errors)")
    let report = try json(shown.output)
    let needs = try #require(report["needs"] as? [[String: Any]])
    #expect(!needs.isEmpty)
    var elsewhere: Set<String> = []
    for need in needs {
      let (have, wanted) = (try #require(need["have"] as? Int), try #require(need["need"] as? Int))
      #expect(have < wanted && wanted <= 20)
      let moments = try #require(need["moments"] as? [[String: Any]])
      let faces = moments.compactMap { $0["faces"] as? Int }.reduce(0, +)
      #expect(faces == need["target"] as? Int)
      for moment in moments {
        #expect(moment["video"] as? String == "bob-1.mp4")
        let (from, to) = (moment["from"] as? Double ?? -1, moment["to"] as? Double ?? -1)
        #expect(from >= 0 && from <= to && to <= 3)
      }
      elsewhere.formUnion(
        (need["elsewhere"] as? [[String: Any]] ?? []).compactMap { $0["video"] as? String })
    }
    #expect(elsewhere.isSubset(of: ["alice-2.mp4"]))
    // By pose alone no less is covered.
    let (all, poses) = (report["covered"] as? Double ?? 2, report["covered_poses"] as? Double ?? -1)
    #expect(all <= poses)
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("<figure") && text.contains("To film or to find"))
    let printed = try Self.prepared.curate(
      "coverage", "identity = alice and video ~ \"*-1*\"", "--against", "identity = bob")
    #expect(printed.output.contains("to film or to find, first what most"))
    #expect(printed.output.contains("of bob-1.mp4 ("))
  }

  @Test func aTargetWithoutFacesIsOneLine() throws {
    let shown = try Self.prepared.curate("coverage", "--against", "identity = bob and yaw > 89")
    #expect(shown.status == 1)
    #expect(shown.errors == "Error: --against: no face matches: identity = bob and yaw > 89\n")
    let wrong = try Self.prepared.curate("coverage", "--against", "yow > 3")
    #expect(wrong.status == 64)
    #expect(
      wrong.errors.hasPrefix("Error: --against: column 1: unknown field 'yow'"), "\(wrong.errors)")
    let exported = try Self.prepared.curate(
      "export", "none", "--source", "identity = alice", "--target", "identity = bob and yaw > 89")
    #expect(exported.status == 1)
    #expect(exported.errors == "Error: target: no face matches: identity = bob and yaw > 89\n")
  }

  @Test func moreThanThereAreIsAllThatAreGoodEnough() throws {
    let result = try Self.prepared.curate(
      "export", "all", "--source", "identity = alice", "--target", "identity = bob", "--faces",
      "100000", "--floors", "", "--no-collapse", "--dry-run", "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    let sides = try #require(try json(result.output)["sides"] as? [[String: Any]])
    for side in sides {
      #expect(side["chosen"] as? Int == side["matching"] as? Int)
      #expect(side["below_floors"] as? Int == 0 && side["duplicates"] as? Int == 0)
    }
  }

  @Test(arguments: [
    ("identity = alice", "video ~ \"*-1*\"", "such as"),
    ("identity = alice", "identity = bob and yaw > 89", "target: no face matches"),
  ])
  func sidesThatDoNotDoAreToldInOneLine(source: String, target: String, said: String) throws {
    let result = try Self.prepared.curate("export", "no", "--source", source, "--target", target)
    #expect(result.status == 1 && result.errorLines.count == 1)
    #expect(result.errors.contains(said), "\(result.errors)")
  }

  @Test func noFaceToMatchIsToldInOneLine() throws {
    let result = try Self.prepared.curate(
      "export", "no", "--source", "identity = alice", "--target", "identity = bob",
      "--distribution", "match", "--match", "identity = bob and yaw > 89")
    #expect(result.status == 1)
    #expect(result.errors == "Error: match: no face matches: identity = bob and yaw > 89\n")
  }

  @Test func facesOfNobodyNamedAreToldOf() throws {
    let workspace = try TestWorkspace()
    for name in ["alice-1", "bob-1"] {
      #expect(try workspace.curate("import", "--quiet", Samples.clip(name)).status == 0)
    }
    let result = try workspace.curate(
      "export", "two", "--source", "video ~ \"alice*\"", "--target", "video ~ \"bob*\"",
      "--faces", "20")
    #expect(result.status == 0)
    #expect(result.errors.contains("source: 20 of 20 faces are of nobody named"))
    #expect(result.errors.contains("curate identity suggest"))
    let shown = try workspace.curate(
      "coverage", "video ~ \"bob*\" and yaw > 0", "--against", "video ~ \"bob*\"", "--axes",
      "expression")
    #expect(shown.output.contains("in alice-1.mp4 (of nobody named)"), "\(shown.output)")
  }

  @Test func aReplayThatCannotBeSaysThatTheCatalogueHasChanged() throws {
    let workspace = try TestWorkspace.paired(faces: 30)
    let export = [
      "export", "then", "--source", "identity = alice", "--target", "identity = bob", "--faces",
    ]
    #expect(try workspace.curate(export + ["20", "--name", "then"]).status == 64)
    #expect(try workspace.curate(export + ["20"]).status == 0)
    #expect(
      try workspace.curate(
        [
          "export", "fewer", "--source", "identity = alice", "--target", "identity = bob",
          "--faces", "10",
        ]
      ).status == 0)
    #expect(try workspace.curate("identity", "rename", "alice", "carol").status == 0)
    let replayed = try workspace.curate("manifest", "replay", "then")
    #expect(replayed.status == 1 && replayed.errorLines.count == 1, "\(replayed.errors)")
    #expect(replayed.errors.contains("alice: no identity"), "\(replayed.errors)")
    #expect(replayed.errors.contains("the catalogue has changed: revision"), "\(replayed.errors)")
    // Both are of one state of the catalogue: what it says now explains nothing.
    let difference = try workspace.curate("manifest", "diff", "then", "fewer")
    #expect(!difference.output.contains("carol now"), "\(difference.output)")
    #expect(difference.output.contains("recipe   faces: 20, then 10"), "\(difference.output)")
  }

  @Test(arguments: ["match", "uniform", "random", "best-faces"])
  func asManyAreChosenInEveryWay(way: String) throws {
    let result = try Self.prepared.curate(
      "export", way, "--source", "identity = alice", "--target", "identity = bob", "--faces",
      "40", "--distribution", way, "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    let sides = try #require(try json(result.output)["sides"] as? [[String: Any]])
    #expect(sides.map { $0["chosen"] as? Int } == [40, 40])
    let audit = try #require(sides[0]["audit"] as? [String: [String: Any]])
    #expect(audit.keys.sorted() == ["best_faces", "chosen", "random"])
    if way == "uniform" {
      let chosen = try #require(audit["chosen"])
      #expect(chosen["filled"] as? Int == chosen["feasible"] as? Int)
    }
    // The audit names the same faces that the other ways choose.
    if way == "random" {
      #expect(NSDictionary(dictionary: audit["chosen"] ?? [:]).isEqual(to: audit["random"] ?? [:]))
    }
    #expect(try Self.prepared.curate("manifest", "verify", way).status == 0)
  }

  @Test func variantsFillWhatIsShort() throws {
    func export(_ name: String, _ more: String...) throws -> [String: Any] {
      let result = try Self.prepared.curate(
        [
          "export", name, "--source", "identity = alice", "--target", "identity = bob",
          "--distribution", "match", "--faces", "60", "--format", "json",
        ] + more)
      try #require(result.status == 0, "\(result.errors)")
      return try #require(try json(result.output)["sides"] as? [[String: Any]])[0]
    }
    func short(_ side: [String: Any]) -> Int {
      (side["short"] as? [String: Int] ?? [:]).values.reduce(0, +)
    }
    let plain = try export("plain")
    let varied = try export("varied", "--augment", "mirror,rotate,relight")
    let variants = try #require(varied["variants"] as? Int)
    #expect(plain["variants"] as? Int == 0 && variants > 0)
    #expect(short(varied) < short(plain))
    let manifest = try Manifest(path: Self.prepared.path + "/manifests/varied.jsonl")
    let rows = manifest.rows.filter { $0.side == .source }
    #expect(rows.reduce(0) { $0 + $1.augmentation.variants.count } == variants)
    #expect(rows.allSatisfy { $0.split == .train || $0.augmentation.variants.isEmpty })
    #expect(try Self.prepared.curate("manifest", "verify", "varied").status == 0)
  }
}
