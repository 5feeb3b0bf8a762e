import FaceCore
import Foundation
import TestSupport
import Testing

/// Folders for other programs: cut short, two at once, where they cannot be.
@Suite(.serialized) struct ExportFolderTests {
  static let prepared: TestWorkspace = {
    do { return try TestWorkspace.paired(faces: 24) } catch { preconditionFailure("\(error)") }
  }()

  private let workspace = Self.prepared

  private func arguments(_ name: String, _ folder: String, _ layout: String) -> [String] {
    [
      Shell.curate, "--workspace", workspace.path, "manifest", "export", name, folder, "--as",
      layout, "--quiet",
    ]
  }

  private func bash(_ script: String, _ arguments: [String]) throws -> ShellResult {
    try Shell.run("bash", ["-c", script, "bash"] + arguments)
  }

  private func files(_ folder: String) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
    return Dictionary(
      uniqueKeysWithValues: names.compactMap { name in
        FileManager.default.contents(atPath: folder + "/" + name).map { (name, $0) }
      })
  }

  private func parts() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: workspace.folder.url.path)
      .filter { $0.hasSuffix(".part") }
  }

  /// What a run leaves that has no room for its table, and the pipe that stands for one of its images:
  /// whoever writes that waits until the pipe's other end is opened.
  private func cut(_ folder: String) throws -> (part: String, pipe: String) {
    let limited = try bash(
      "trap '' XFSZ; ulimit -f 64; exec \"$@\"", arguments("pair", folder, "imagefolder"))
    #expect(limited.status == 1 && limited.errorLines.count == 1, "\(limited.errors)")
    let part = try #require(try parts().first)
    #expect(
      limited.errors.contains("cannot be written: File too large; what is written stays in "),
      "\(limited.errors)")
    #expect(limited.errors.contains(part) && limited.errors.contains("the same command goes on"))
    let images = workspace.folder.path(part) + "/train"
    let image = try #require(
      try FileManager.default.contentsOfDirectory(atPath: images).sorted().first)
    let pipe = images + "/" + image
    try FileManager.default.removeItem(atPath: pipe)
    #expect(mkfifo(pipe, 0o600) == 0)
    return (part, pipe)
  }

  /// Runs the export until it writes the pipe, does something, and lets it go on.
  private func hold(_ pipe: String, _ meanwhile: String, _ arguments: [String]) throws
    -> ShellResult
  {
    let script = """
      pipe=$1; shift; "$@" & first=$!
      for try in {1..100}; do grep -q partner /proc/$first/wchan && break; sleep 0.1; done
      \(meanwhile); exec 3<>"$pipe"; cat <&3 >/dev/null & drain=$!
      wait $first; status=$?; kill $drain 2>/dev/null; rm -f "$pipe"; exit $status
      """
    return try bash(script, [pipe] + arguments)
  }

  @Test func anInterruptedExportSaysSoAndIsGoneOnWith() throws {
    let folder = workspace.folder.path("stopped")
    let whole = workspace.folder.path("stopped-whole")
    let pipe = try cut(folder).pipe
    let command = arguments("pair", folder, "imagefolder")
    let stopped = try hold(pipe, "kill -TERM $first", command)
    #expect(stopped.status == 2, "\(stopped.errors)")
    #expect(stopped.errors == "stopped; run the same command again to go on\n")
    #expect(!FileManager.default.fileExists(atPath: folder))
    #expect(try parts().count == 1)
    #expect(try bash("exec \"$@\"", command).status == 0)
    #expect(try bash("exec \"$@\"", arguments("pair", whole, "imagefolder")).status == 0)
    #expect(try files(folder) == files(whole))
    #expect(try parts().isEmpty)
  }

  @Test func ofTwoExportsToOneFolderOneSaysThatTheOtherIsAtWork() throws {
    let folder = workspace.folder.path("both")
    let pipe = try cut(folder).pipe
    let result = try hold(
      pipe, "timeout 5 \"$@\"; echo \"second $?\"", arguments("pair", folder, "imagefolder"))
    #expect(result.status == 0 && result.output.contains("second 1\n"), "\(result.output)")
    #expect(result.errors == "Error: \(folder): is being written by another process\n")
    #expect(try files(folder)["README.md"] != nil && parts().isEmpty)
  }

  @Test func anExportThatCannotSucceedLeavesNothing() throws {
    let shards = workspace.folder.path("shards")
    try #require(try workspace.curate("manifest", "pack", "pair", shards, "--quiet").status == 0)
    let path = shards + "/pair-000000.tar"
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    data[700] ^= 1
    try data.write(to: URL(fileURLWithPath: path))
    for layout in ["imagefolder", "croissant"] {
      let failed = try workspace.curate(
        "manifest", "export", "pair", workspace.folder.path("changed"), "--crops", shards, "--as",
        layout, "--quiet")
      #expect(failed.status == 1 && failed.errorLines.count == 1, "\(failed.errors)")
      #expect(failed.errors.contains("changed since the manifest was written"))
      #expect(try parts().isEmpty, "\(layout)")
    }
  }

  @Test func theFolderItRunsInIsRefusedAndAnEmptyOneIsTaken() throws {
    let here = workspace.folder.url.appending(path: "here")
    try FileManager.default.createDirectory(at: here, withIntermediateDirectories: true)
    for path in [".", here.path, "../here"] {
      let refused = try Shell.run(
        Shell.curate, Array(arguments("pair", path, "csv").dropFirst()), in: here)
      #expect(refused.status == 1 && refused.errorLines.count == 1, "\(refused.errors)")
      #expect(refused.errors.contains("\(path): is the folder this runs in; "), "\(refused.errors)")
      #expect(try parts().isEmpty && files(here.path).isEmpty)
    }
    let taken = try workspace.curate(
      "manifest", "export", "pair", here.path + "/.", "--as", "csv", "--quiet")
    #expect(taken.status == 0, "\(taken.errors)")
    #expect(try files(here.path)["pair.csv"] != nil)
    let nameless = try workspace.curate("manifest", "export", "pair", "", "--as", "csv")
    #expect(nameless.status == 1 && nameless.errorLines.count == 1, "\(nameless.errors)")
  }

  /// Runs a script as the first user of a system of its own, who may mount.
  private static func mounting(_ script: String, _ arguments: [String]) throws -> ShellResult {
    try Shell.run("unshare", ["-rm", "bash", "-c", script, "bash"] + arguments)
  }

  private static let mayMount =
    (try? mounting("mount -t tmpfs none /mnt", []))?.status == 0  // Without the program: no.

  @Test(.enabled(if: mayMount, "users may not mount here"))
  func whereADiskIsMountedIsRefusedAndAFolderOnItIsTaken() throws {
    let disk = workspace.folder.path("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let mount = "mount -t tmpfs none \"$1\"; shift; "
    let refused = try Self.mounting(
      mount + "exec \"$@\"", [disk] + arguments("pair", disk, "csv"))
    #expect(refused.status == 1, "\(refused.errors)")
    #expect(
      refused.errors == "Error: \(disk): is where a disk is mounted; "
        + "name a folder inside it that is not there yet\n")
    let taken = try Self.mounting(
      mount + "\"$@\" && ls \"${@: -4:1}\"", [disk] + arguments("pair", disk + "/new", "csv"))
    #expect(taken.status == 0 && taken.output.contains("pair.csv"), "\(taken.errors)")
    #expect(try parts().isEmpty && files(disk).isEmpty)
  }

  private static let mayTrace =
    (try? Shell.run("strace", ["-f", "-o", "/dev/null", "true"]))?.status == 0

  /// No disk of that kind can be had everywhere: the system is made to answer as one does.
  @Test(
    .enabled(if: mayTrace, "needs strace, which is not here or may not trace"),
    arguments: ["EPERM", "EOPNOTSUPP", "ENOSYS"])
  func aManifestIsWrittenWhereFilesHaveOneNameOnly(answer: String) throws {
    let name = "linkless-\(answer)"
    let command = [
      "-f", "-o", "/dev/null", "-e", "inject=link,linkat:error=\(answer)", Shell.curate,
      "--workspace", workspace.path, "export", name, "--source", "identity = alice", "--target",
      "identity = bob", "--faces", "8",
    ]
    let made = try Shell.run("strace", command)
    #expect(made.status == 0, "\(made.errors)")
    #expect(try workspace.curate("manifest", "verify", name).status == 0)
    let again = try Shell.run("strace", command)
    #expect(again.status != 0 && again.errorLines.count == 1, "\(again.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: workspace.path + "/manifests")
    #expect(!names.contains { $0.hasSuffix(".tmp") }, "\(names)")
  }

  @Test func aTableNeedsNoCrops() throws {
    let away = workspace.folder.path("away")
    try FileManager.default.createDirectory(atPath: away, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: workspace.path + "/manifests/pair.jsonl", toPath: away + "/pair.jsonl")
    func export(_ layout: String) throws -> ShellResult {
      try Shell.run(
        Shell.curate,
        [
          "--workspace", away, "manifest", "export", away + "/pair.jsonl", away + "/" + layout,
          "--as", layout, "--quiet",
        ])
    }
    let table = try export("csv")
    #expect(table.status == 0, "\(table.errors)")
    #expect(try files(away + "/csv")["pair.csv"] != nil)
    let images = try export("imagefolder")
    #expect(images.status == 1 && images.errors.contains("its crops are not here"))
  }

  /// A manifest whose names and reasons are what no program should take for its own.
  private func odd(_ identity: String) throws {
    let plain = try Manifest(path: workspace.path + "/manifests/pair.jsonl")
    var header = plain.header
    header.name = "odd"
    let rows = plain.rows.map { row in
      var row = row
      if row.side == .source { row.identity = identity }
      row.why = "=HYPERLINK(\"x\")"
      return row
    }
    let data = try Manifest(header: header, rows: rows).data()
    try data.write(to: URL(fileURLWithPath: workspace.path + "/manifests/odd.jsonl"))
  }

  /// What an export of it holds, as text by file.
  private func exported(_ identity: String, as layout: String) throws -> [String: String] {
    try odd(identity)
    let folder = workspace.folder.path("odd-\(UUID().uuidString)")
    let made = try workspace.curate(
      "manifest", "export", "odd", folder, "--as", layout, "--quiet")
    #expect(made.status == 0, "\(made.errors)")
    return try files(folder).mapValues { String(decoding: $0, as: UTF8.self) }
  }

  private func card(_ identity: String) throws -> String {
    let made = try exported(identity, as: "croissant")
    let description = made["croissant.json"] ?? ""
    #expect(!description.contains("&lt;") && !description.contains("\\\\*"), "plain text")
    return made["README.md"] ?? ""
  }

  @Test func namesAreTextInACard() throws {
    let text = try card("<b>x</b> *y* [z](u) `c` a|b &amp;")
    #expect(!text.contains("<b>") && !text.contains("*y*") && !text.contains("[z]("))
    let shown = "&lt;b&gt;x&lt;/b&gt; \\*y\\* \\[z\\](u) \\`c\\` a\\|b &amp;amp;"
    #expect(text.components(separatedBy: shown).count == 4, "summary, table and rights")
  }

  @Test func peopleNobodyHasNamedAreNotCalledByAName() throws {
    let text = try card("unnamed")
    #expect(!text.contains("unnamed"))
    #expect(text.contains("24 faces of people nobody has named as source"))
    #expect(text.contains("24 faces of bob as target"))
    #expect(text.contains("The images show bob and people nobody has named. "))
    #expect(text.contains("; a person has named 24 of those here, nobody the other 24. "))
    #expect(text.contains("| source | nobody has named them | 24 |"))
    let named = try card("alice")
    #expect(named.contains(", and named by a person. "))
  }

  @Test func noCellOfATableIsAFormula() throws {
    for (identity, cell) in [
      ("=1+1", "'=1+1"), ("+1", "'+1"), ("-anna", "'-anna"), ("@x", "'@x"), ("\tx", "'\tx"),
      ("a=b", "a=b"), ("=a,b", "\"'=a,b\""),
    ] {
      let text = try exported(identity, as: "csv")["odd.csv"] ?? ""
      #expect(text.contains(",\(cell),source,"), "\(identity)")
      #expect(text.contains("\"'=HYPERLINK(\"\"x\"\")\""))
      #expect(text.contains(",-"), "numbers stay")
    }
  }
}
