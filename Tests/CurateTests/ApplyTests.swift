import FaceCore
import Foundation
import Media
import TestSupport
import Testing

/// Whose face `apply` replaces, in which frames, and what it never writes over.
@Suite(.serialized) struct ApplyTests {
  /// A model of two people, and bob-2 in the catalogue: `import` options decide of which frames.
  private func workspace(_ options: String...) throws -> TestWorkspace {
    let workspace = try TestWorkspace.paired(faces: 20)
    let trained = try workspace.curate(
      "train", "pair", "--quiet", "--resolution", "32", "--batch-size", "4", "--iterations", "2")
    try #require(trained.status == 0, "\(trained.errors)")
    let imported = try workspace.curate(
      ["import", "--quiet", "--identity", "bob", Samples.clip("bob-2")] + options)
    try #require(imported.status == 0, "\(imported.errors)")
    return workspace
  }

  /// What is read of `faces --format json`.
  private struct Face: Decodable {
    struct Place: Decodable { var x: Double }
    var id: String
    var box: Place
  }

  private struct Summary: Decodable {
    var frames: Int
    var swapped: Int
  }

  private func apply(
    _ workspace: TestWorkspace, _ clip: String, to out: String = "out.mp4", _ options: String...
  ) throws -> ShellResult {
    try workspace.curate(
      ["apply", "pair", clip, "-o", workspace.folder.path(out), "--quiet", "--format", "json"]
        + options)
  }

  private func summary(_ result: ShellResult) throws -> Summary {
    try #require(result.status == 0, "\(result.errors)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Summary.self, from: Data(result.output.utf8))
  }

  @Test func framesThatTheImportLeftOutAreSwappedToo() throws {
    let workspace = try workspace("--every", "5")
    let swapped = try summary(apply(workspace, Samples.clip("bob-2")))
    #expect(swapped.frames > 30 && swapped.swapped == swapped.frames)
  }

  @Test func whatIsLeftOfADamagedVideoIsSwappedAndSaid() throws {
    let workspace = try workspace()
    let clip = workspace.folder.path("cut.mkv")
    try FFmpeg.run("-i", Samples.clip("bob-2"), "-c", "copy", "-an", clip)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: clip))
    try bytes.prefix(bytes.count * 2 / 3).write(to: URL(fileURLWithPath: clip))
    let swapped = try apply(workspace, clip)
    #expect(swapped.status == 2 && swapped.errors.contains("cut.mkv: "), "\(swapped.errors)")
    #expect(FileManager.default.fileExists(atPath: workspace.folder.path("out.mp4")))
  }

  /// Pictures are what is shown around.
  @Test func sheetsAndPreviewsSayWhatTheyAre() throws {
    let workspace = try workspace()
    let sheet = workspace.folder.path("sheet.png")
    try #require(
      try apply(workspace, Samples.clip("bob-2"), to: "out.mp4", "--sheet", sheet).status == 0)
    let again = try workspace.curate(
      "train", "pair", "--quiet", "--resume", "--preview-every", "3", "--iterations", "3")
    try #require(again.status == 0, "\(again.errors)")
    for path in [sheet, workspace.path + "/models/pair/previews/000003.png"] {
      let texts = try PNG.texts(of: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
      let xmp = try #require(texts.first { $0.keyword == "XML:com.adobe.xmp" })
      #expect(xmp.text.contains("compositeWithTrainedAlgorithmicMedia"))
    }
  }

  /// To take the wrong face, and to write over footage, for want of a catalogue that is there.
  @Test func aDamagedCatalogueIsNotPassedOver() throws {
    let workspace = try workspace()
    try Data("x".utf8).write(to: URL(fileURLWithPath: workspace.path + "/catalog.sqlite"))
    let swapped = try apply(workspace, Samples.clip("bob-2"))
    #expect(swapped.status == 1 && swapped.errors.contains("catalog.sqlite"), "\(swapped.errors)")
    let doctor = try workspace.curate("doctor")
    #expect(doctor.status == 1 && doctor.output.contains("is not a SQLite database"))
  }

  @Test func rejectedFacesAreSwappedToo() throws {
    let workspace = try workspace()
    try #require(try workspace.curate("reject", "sharpness < p50").status == 0)
    let swapped = try summary(apply(workspace, Samples.clip("bob-2")))
    #expect(swapped.frames > 30 && swapped.swapped == swapped.frames)
  }

  @Test func onlyTheOneWhoIsAskedForIsSwapped() throws {
    let workspace = try workspace()
    let bob = Samples.clip("bob-2")
    for (clip, name, words) in [
      (bob, "bbo", "bbo"), (bob, "alice", "no face of alice"),
      (Samples.clip("bob-target"), "bob", "not in the catalogue"),
    ] {
      let refused = try apply(workspace, clip, "--identity", name)
      #expect(refused.status == 1 && refused.errors.contains(words), "\(refused.errors)")
      #expect(!FileManager.default.fileExists(atPath: workspace.folder.path("out.mp4")))
    }
    // Nobody asked, so the largest face will do, but it is said.
    let other = try apply(workspace, Samples.clip("alice-1"))
    #expect(try summary(other).swapped > 30)
    #expect(other.errors.contains("no face of bob in it, but of alice"), "\(other.errors)")
    // A person is the same under another name.
    try #require(try workspace.curate("identity", "rename", "bob", "robert").status == 0)
    let renamed = try apply(workspace, bob, to: "again.mp4")
    #expect(renamed.status == 0 && !renamed.errors.contains("Warning"), "\(renamed.errors)")
  }

  /// Two people side by side: the smaller one is found by what the catalogue says of every tenth frame.
  @Test func ofTwoPeopleTheCatalogueSaysWhichIsWhich() throws {
    let workspace = try workspace()
    let clip = workspace.folder.path("two.mp4")
    try FFmpeg.run(
      "-i", Samples.clip("bob-target"), "-i", Samples.clip("alice-1"), "-filter_complex",
      "[0]scale=480:270,pad=640:360[a];[1]scale=640:360[b];[a][b]hstack=shortest=1", "-an",
      "-frames:v", "30", clip)
    try #require(try workspace.curate("import", "--quiet", "--every", "10", clip).status == 0)
    let listed = try workspace.curate("faces", "video = \"two.mp4\"", "--format", "json")
    let faces = try JSONDecoder().decode([Face].self, from: Data(listed.output.utf8))
    for (name, isLeft) in [("bob", true), ("alice", false)] {
      let ids = faces.filter { ($0.box.x < 600) == isLeft }.map { "\"\($0.id)\"" }
      try #require(ids.count == 3)
      let query = "id in (\(ids.joined(separator: ", ")))"
      try #require(try workspace.curate("identity", "assign", name, query).status == 0)
    }
    let swapped = try summary(apply(workspace, clip, to: "out.mp4", "--quality", "0"))
    #expect(swapped.frames == 30 && swapped.swapped > 25)
    // Alice, at the right, stays as she was.
    let (left, right) = try change(from: clip, to: workspace.folder.path("out.mp4"))
    #expect(right < 0.2 * left, "\(left), \(right)")
  }

  /// Mean difference of the halves' pixels, over all frames.
  private func change(from one: String, to other: String) throws -> (left: Double, right: Double) {
    var first = try VideoReader(path: one)
    var second = try VideoReader(path: other)
    var sums = (left: 0.0, right: 0.0)
    while let a = try first.next(), let b = try second.next() {
      let (a, b) = (a.image, b.image)
      for index in a.bytes.indices {
        let difference = abs(Double(a.bytes[index]) - Double(b.bytes[index]))
        if index / 3 % a.width < a.width / 2 {
          sums.left += difference
        } else {
          sums.right += difference
        }
      }
    }
    return sums
  }

  @Test func footageIsNeverReplaced() throws {
    let workspace = try workspace()
    let clip = workspace.folder.path("own.mp4")
    try FileManager.default.copyItem(atPath: Samples.clip("bob-target"), toPath: clip)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: clip))
    let link = workspace.folder.path("link.mp4")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: clip)
    for out in ["own.mp4", "link.mp4"] {
      let refused = try apply(workspace, clip, to: out, "--force")
      #expect(refused.status == 1 && refused.errors.contains("footage"), "\(refused.errors)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: clip)) == bytes)
    // What is in the catalogue is footage, whatever is swapped.
    try #require(try workspace.curate("import", "--quiet", clip).status == 0)
    let refused = try apply(workspace, Samples.clip("bob-2"), to: "own.mp4", "--force")
    #expect(refused.status == 1 && refused.errors.contains("footage"), "\(refused.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: clip)) == bytes)
  }

  @Test func outputsAreRefusedBeforeAnythingIsLookedAt() throws {
    let workspace = try workspace()
    let bob = Samples.clip("bob-2")
    let sheet = workspace.folder.path("sheet.png")
    try Data("mine".utf8).write(to: URL(fileURLWithPath: sheet))
    for (out, options, words) in [
      ("out.avi", [], ".mp4"), ("nowhere/out.mp4", [], "no folder"),
      ("out.mp4", ["--sheet", workspace.folder.path("sheet.mp4")], ".png"),
      ("out.mp4", ["--sheet", sheet], "exists"),
    ] as [(String, [String], String)] {
      let refused = try workspace.curate(
        ["apply", "pair", bob, "-o", workspace.folder.path(out)] + options)
      #expect(refused.status == 1 && refused.errors.contains(words), "\(refused.errors)")
      #expect(!refused.errors.contains("find faces") && refused.errorLines.count == 1)
    }
    #expect(try String(contentsOfFile: sheet, encoding: .utf8) == "mine")
  }

  @Test func aModelThatIsNotThereIsNamedWithThoseThatAre() throws {
    let workspace = try workspace()
    let refused = try workspace.curate(
      "apply", "pear", Samples.clip("bob-2"), "-o", workspace.folder.path("out.mp4"))
    #expect(refused.status == 1 && refused.errors == "Error: pear: no such model; there are pair\n")
  }

  @Test func aClipWithoutAFaceGivesNoVideo() throws {
    let workspace = try workspace()
    let clip = workspace.folder.path("grey.mp4")
    try FFmpeg.run("-f", "lavfi", "-i", "color=gray:s=320x240:d=0.4", clip)
    let refused = try apply(workspace, clip)
    #expect(refused.status == 1 && refused.errors.contains("no face"), "\(refused.errors)")
    #expect(!FileManager.default.fileExists(atPath: workspace.folder.path("out.mp4")))
  }
}
