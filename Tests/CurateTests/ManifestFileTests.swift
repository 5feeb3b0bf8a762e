import FaceCore
import Foundation
import TestSupport
import Testing

/// Manifests as files: compared, replayed, exported, verified away from home.
@Suite(.serialized) struct ManifestFileTests {
  static let prepared: TestWorkspace = {
    do { return try TestWorkspace.paired(faces: 24) } catch { preconditionFailure("\(error)") }
  }()

  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func export(_ name: String, in workspace: TestWorkspace, _ options: String...) throws {
    let result = try workspace.curate(
      [
        "export", name, "--force", "--source", "identity = alice", "--target", "identity = bob",
      ] + options)
    try #require(result.status == 0, "\(result.errors)")
  }

  private func files(_ folder: String) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
    return Dictionary(
      uniqueKeysWithValues: names.compactMap { name in
        FileManager.default.contents(atPath: folder + "/" + name).map { (name, $0) }
      })
  }

  @Test func aDifferenceIsCountedAndExplained() throws {
    let workspace = Self.prepared
    try export("fewer", in: workspace, "--faces", "12")
    let same = try workspace.curate("manifest", "diff", "pair", "pair")
    #expect(same.status == 0 && same.output.hasPrefix("the same manifest"))
    let shown = try workspace.curate("manifest", "diff", "pair", "fewer")
    #expect(shown.status == 0, "\(shown.errors)")
    #expect(shown.output.contains("recipe   faces: 24, then 12"), "\(shown.output)")
    // It is said once, not of each face.
    #expect(!shown.output.contains("recipes differ"), "\(shown.output)")
    #expect(shown.output.contains(" more; --all lists them"))
    let all = try workspace.curate("manifest", "diff", "pair", "fewer", "--all", "--format", "json")
    let report = try json(all.output)
    func faces(_ key: String) throws -> (total: Int, listed: Int) {
      let part = try #require(report[key] as? [String: Any])
      return (try #require(part["total"] as? Int), (part["listed"] as? [Any])?.count ?? 0)
    }
    let (removed, added) = (try faces("removed"), try faces("added"))
    #expect(removed.total - added.total == 24, "\(shown.output)")
    #expect(removed.listed == removed.total && added.listed == added.total)
    #expect(report["is_same"] as? Bool == false)
  }

  @Test func aReplayIsTheSameUntilTheCatalogueChanges() throws {
    let workspace = try TestWorkspace.paired(faces: 24)
    let same = try workspace.curate("manifest", "replay", "pair")
    #expect(
      same.status == 0 && same.output.contains("48 faces, the same again"),
      "\(same.output)\(same.errors)")
    let manifest = try Manifest(path: workspace.path + "/manifests/pair.jsonl")
    let face = try #require(manifest.rows.first { $0.side == .source }).id
    let rejected = try workspace.curate("reject", "id = \"\(face)\"", "--reason", "blinks")
    try #require(rejected.status == 0, "\(rejected.errors)")
    let changed = try workspace.curate("manifest", "replay", "pair")
    #expect(changed.status == 1 && changed.errors.isEmpty, "\(changed.errors)")
    #expect(changed.output.hasPrefix("the catalogue has changed: revision "), "\(changed.output)")
    #expect(
      changed.output.contains("source \(face)") && changed.output.contains("rejected: blinks"))
    #expect(
      try Manifest(path: workspace.path + "/manifests/pair.jsonl").id == manifest.id,
      "nothing is written")
  }

  @Test func anImageFolderHoldsEveryFaceOnceAndIsWrittenTheSameAgain() throws {
    let workspace = Self.prepared
    let manifest = try Manifest(path: workspace.path + "/manifests/pair.jsonl")
    let folder = workspace.folder.path("images")
    func write(_ to: String) throws -> ShellResult {
      try workspace.curate("manifest", "export", "pair", to, "--as", "imagefolder", "--quiet")
    }
    let first = try write(folder)
    #expect(first.status == 0, "\(first.errors)")
    let made = try files(folder)
    var seen: Set<String> = []
    for split in ["train", "validation"] {
      let text = String(decoding: made["\(split)/metadata.jsonl"] ?? Data(), as: UTF8.self)
      for line in text.split(separator: "\n") {
        let row = try json(String(line))
        let name = try #require(row["file_name"] as? String)
        let id = try #require(row["id"] as? String)
        #expect(row["split"] as? String == split)
        #expect((row["landmarks"] as? [Double])?.count == 136)
        #expect(Digest.hex(of: try #require(made["\(split)/\(name)"])) == row["sha256"] as? String)
        #expect(seen.insert(id).inserted)
      }
    }
    #expect(seen == Set(manifest.rows.map(\.id)))
    let splits = Set(manifest.rows.map(\.split)).count
    #expect(made.count == manifest.rows.count + splits + 2, "tables, the card and the mark")
    let again = try write(folder)
    #expect(again.status == 0 && again.output.contains("there already"))
    #expect(try write(workspace.folder.path("images-2")).status == 0)
    #expect(try files(workspace.folder.path("images-2")) == made)
  }

  @Test func aTableHasOneLineAFace() throws {
    let workspace = Self.prepared
    let folder = workspace.folder.path("table")
    let result = try workspace.curate(
      "manifest", "export", "pair", folder, "--as", "csv", "--quiet")
    #expect(result.status == 0, "\(result.errors)")
    let text = String(decoding: try #require(try files(folder)["pair.csv"]), as: UTF8.self)
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(lines.count == 48 + 2 && lines.last == "")
    let names = lines[0].split(separator: ",")
    #expect(Set(names).count == names.count && names.contains("landmarks_67_y"))
    let mark = "\"{\"\"mirror\"\":false"
    #expect(lines[1].contains(mark), "quotes are doubled")
  }

  @Test func aFolderThatIsNotOursIsLeftAlone() throws {
    let workspace = Self.prepared
    let folder = workspace.folder.path("mine")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    func write(_ name: String, _ to: String, _ layout: String = "csv") throws -> ShellResult {
      try workspace.curate("manifest", "export", name, to, "--as", layout, "--quiet")
    }
    #expect(try write("pair", folder).status == 0, "an empty folder is taken")
    let mine = workspace.folder.path("mine-2")
    try FileManager.default.createDirectory(atPath: mine, withIntermediateDirectories: true)
    try Data("dear".utf8).write(to: URL(fileURLWithPath: mine + "/letter.txt"))
    let refused = try write("pair", mine)
    #expect(refused.status == 1 && refused.errors.contains("mine-2: holds other files"))
    #expect(refused.errorLines.count == 1)
    #expect(try files(mine).keys.sorted() == ["letter.txt"])
    let other = try write("pair", folder, "imagefolder")
    #expect(other.status == 1 && other.errors.contains("holds another export"))
    #expect(try files(folder)["pair.csv"] != nil)
    let file = try write("pair", mine + "/letter.txt")
    #expect(file.status == 1 && file.errors.contains("letter.txt: is no folder"))
    let nowhere = try write("pair", "/proc/here")
    #expect(nowhere.status == 1 && nowhere.errorLines.count == 1, "\(nowhere.errors)")
    #expect(nowhere.errors.contains("/proc/here: cannot be written: "), "\(nowhere.errors)")
  }

  @Test func aKilledExportIsGoneOnWith() throws {
    let workspace = Self.prepared
    let folder = workspace.folder.path("cut")
    // What a run leaves that had no room for its table.
    let whole = workspace.folder.path("whole")
    for path in [folder, whole] {
      let limited = try Shell.run(
        "bash",
        [
          "-c", "\(path == folder ? "trap '' XFSZ; ulimit -f 64; " : "")exec \"$@\"", "bash",
          Shell.curate, "--workspace", workspace.path, "manifest", "export", "pair", path, "--as",
          "imagefolder", "--quiet",
        ])
      #expect(limited.status == (path == folder ? 1 : 0), "\(limited.errors)")
      if path == folder {
        #expect(limited.errorLines.count == 1, "\(limited.errors)")
        #expect(limited.errors.contains("\(folder): cannot be written: File too large"))
        #expect(!FileManager.default.fileExists(atPath: folder))
      }
    }
    let result = try workspace.curate(
      "manifest", "export", "pair", folder, "--as", "imagefolder", "--quiet")
    #expect(result.status == 0, "\(result.errors)")
    #expect(try files(folder) == files(whole))
    let left = try FileManager.default.contentsOfDirectory(atPath: workspace.folder.url.path)
    #expect(!left.contains { $0.hasSuffix(".part") }, "\(left)")
  }

  @Test func aCroissantNamesItsFilesByTheirHashes() throws {
    let workspace = Self.prepared
    let folder = workspace.folder.path("croissant")
    let result = try workspace.curate(
      "manifest", "export", "pair", folder, "--as", "croissant", "--quiet")
    #expect(result.status == 0, "\(result.errors)")
    let made = try files(folder)
    let document = try json(String(decoding: try #require(made["croissant.json"]), as: UTF8.self))
    #expect(document["conformsTo"] as? String == "http://mlcommons.org/croissant/1.1")
    let objects = try #require(document["distribution"] as? [[String: Any]])
      .filter { $0["@type"] as? String == "cr:FileObject" }
    #expect(objects.count == 3, "table, manifest and shard")
    for object in objects {
      let name = try #require(object["contentUrl"] as? String)
      let data = try #require(made[name])
      #expect(object["sha256"] as? String == Digest.hex(of: data))
    }
    let card = String(decoding: try #require(made["README.md"]), as: UTF8.self)
    for heading in ["Composition", "Collection", "Preprocessing", "Biases", "Uses", "Rights"] {
      #expect(card.contains("## \(heading)\n"))
    }
    #expect(card.hasPrefix("---\n") && card.contains("license: unknown"))
    let verified = try workspace.curate("manifest", "verify", folder + "/pair.jsonl", "--quiet")
    #expect(verified.status == 0, "its shards are what the trainer reads: \(verified.errors)")
  }

  @Test func aManifestAwayFromItsCropsSaysWhatToDo() throws {
    let workspace = Self.prepared
    let away = workspace.folder.path("away")
    try FileManager.default.createDirectory(atPath: away, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: workspace.path + "/manifests/pair.jsonl", toPath: away + "/pair.jsonl")
    let lost = try Shell.run(
      Shell.curate, ["--workspace", away, "manifest", "verify", away + "/pair.jsonl"])
    #expect(lost.status == 1 && lost.errorLines.count == 1, "\(lost.errors)")
    #expect(lost.errors.contains("\(away)/pair.jsonl: its crops are not here; "), "\(lost.errors)")
    let named = try workspace.curate("manifest", "verify", away + "/pair.jsonl", "--quiet")
    #expect(named.status == 0, "\(named.errors)")
  }

  @Test func aTruncatedShardIsFoundWhereverItEnds() throws {
    let workspace = Self.prepared
    let shards = workspace.folder.path("shards")
    try #require(try workspace.curate("manifest", "pack", "pair", shards, "--quiet").status == 0)
    let path = shards + "/pair-000000.tar"
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in [0, 1, 512, 700, data.count / 2, data.count - 1024, data.count - 1] {
      try data.prefix(length).write(to: URL(fileURLWithPath: path))
      let result = try workspace.curate("manifest", "verify", shards + "/pair.jsonl", "--quiet")
      #expect(result.status == 1 && result.errorLines.count == 1, "\(length): \(result.errors)")
      #expect(result.errors.contains("pair-000000.tar: "), "\(length): \(result.errors)")
    }
    // A row beside its crop is as much a part of it.
    var changed = data
    let place = try #require(data.range(of: Data("\"side\"".utf8))).lowerBound
    changed[place + 1] ^= 1
    try changed.write(to: URL(fileURLWithPath: path))
    let result = try workspace.curate("manifest", "verify", shards + "/pair.jsonl", "--quiet")
    #expect(result.status == 1 && result.errorLines.count == 1, "\(result.errors)")
    #expect(result.errors.contains("pair-000000.tar: at byte \(place + 1): "), "\(result.errors)")
  }

  @Test func ofTwoExportsUnderOneNameOneIsKept() throws {
    let workspace = Self.prepared
    let script = """
      "$@" --seed 1 & first=$!; "$@" --seed 2 & second=$!
      wait $first; one=$?; wait $second; echo "$one $?"
      """
    let result = try Shell.run(
      "bash",
      [
        "-c", script, "bash", Shell.curate, "--workspace", workspace.path, "export", "race",
        "--source", "identity = alice", "--target", "identity = bob", "--faces", "20", "--format",
        "json",
      ])
    #expect(result.output.hasSuffix("0 1\n") || result.output.hasSuffix("1 0\n"), "\(result)")
    #expect(result.errorLines.count == 1, "\(result.errors)")
    #expect(result.errors.contains("manifests/race.jsonl: exists; add --force"))
    let kept = try Manifest(path: workspace.path + "/manifests/race.jsonl").id
    let known = try Shell.run(
      "sqlite3",
      [workspace.path + "/catalog.sqlite", "SELECT lower(id) FROM manifest WHERE name = 'race'"])
    #expect(known.output == kept + "\n")
  }

  /// Nothing but catalogue, recipe and seed decides what is written.
  @Test func threadsLanguageAndTimeZoneChangeNoByte() throws {
    let workspace = Self.prepared
    let path = workspace.path + "/manifests/same.jsonl"
    var all: [Data] = []
    for setting in [
      ["taskset", "-c", "0"], ["LC_ALL=C", "TZ=UTC"],
      ["LC_ALL=tr_TR.UTF-8", "LANG=tr_TR.UTF-8", "TZ=Asia/Kathmandu"],
      ["LC_ALL=de_DE.UTF-8", "LANG=de_DE.UTF-8", "TZ=America/St_Johns"],
    ] {
      let result = try Shell.run(
        "env",
        setting + [
          Shell.curate, "--workspace", workspace.path, "export", "same", "--force", "--source",
          "identity = alice", "--target", "identity = bob", "--faces", "20", "--limit", "2.5",
        ])
      #expect(result.status == 0, "\(result.errors)")
      all.append(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    #expect(Set(all).count == 1)
  }
}
