import Foundation
import TestSupport
import Testing

@Suite struct HealthTests {
  private struct Report: Decodable {
    struct Counts: Decodable {
      var videos: Int
      var faces: Int
      var people: Int
      var rejected: Int
    }
    struct Measure: Decodable {
      var name: String
      var faces: Int
      var p50: Double
      var bars: [Int]
    }
    struct Worst: Decodable {
      var id: String
    }
    var counts: Counts
    var measures: [Measure]
    var worst: [Worst]
  }

  @Test func theReportIsTextAndJSONAndAPage() throws {
    let workspace = try TestWorkspace.paired(faces: 20)
    let rejected = try workspace.curate("reject", "sharpness < p10", "--reason", "soft")
    #expect(rejected.status == 0)
    #expect(rejected.errors.contains("are left"), "\(rejected.errors)")
    let text = try workspace.curate("health")
    #expect(text.status == 0 && text.output.contains("of 2 videos"), "\(text.errors)")
    #expect(text.output.contains("soft "))

    let page = workspace.folder.path("health.html")
    let json = try workspace.curate(
      "health", "identity = alice", "--format", "json", "--worst", "5", "--page", page)
    let report = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
    let alice = try workspace.count("identity = alice")
    #expect(report.counts.faces == alice && report.counts.videos == 1)
    #expect(report.counts.people == 1 && report.worst.count <= 5 && !report.worst.isEmpty)
    let sharpness = try #require(report.measures.first { $0.name == "sharpness" })
    #expect(sharpness.faces == alice && sharpness.bars.reduce(0, +) == alice)
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("identity = alice") && html.contains("data:image/jpeg;base64,"))
    #expect(!html.contains("http"), "the page speaks to nobody")
    #expect(!html.contains("Nearest neighbours"), "nobody has looked yet")
    try #require(try workspace.curate("dedup", "--quiet").status == 0)
    try #require(try workspace.curate("health", "--page", page).status == 0)
    let looked = try String(contentsOfFile: page, encoding: .utf8)
    #expect(looked.contains("Nearest neighbours") && looked.contains(" bits"))
  }

  @Test func anEmptyWorkspaceAndAMistakeAreToldApart() throws {
    let workspace = try TestWorkspace()
    let page = workspace.folder.path("empty.html")
    let empty = try workspace.curate("health", "--page", page)
    #expect(empty.status == 0 && empty.output.contains("0 faces in 0 tracks"), "\(empty.errors)")
    #expect(FileManager.default.fileExists(atPath: page))
    #expect(try workspace.curate("health", "beauty > 3").status == 64)
    #expect(try workspace.curate("health", "identity = nobody").status == 1)
  }

  /// A page takes no file's place but an earlier page's.
  @Test func aPageReplacesNothingButPages() throws {
    let workspace = try TestWorkspace()
    try #require(try workspace.curate("import", "--quiet", Samples.clip("bob-target")).status == 0)
    let other = workspace.folder.path("notes.html")
    try Data("<html>mine</html>".utf8).write(to: URL(fileURLWithPath: other))
    for verb in [["health"], ["coverage"], ["identity", "suggest"]] {
      for (page, words) in [
        (workspace.path + "/catalog.sqlite", ".html"), (Samples.clip("bob-target"), ".html"),
        (other, "no page of curate's"), (workspace.folder.path("nowhere/a.html"), "no folder"),
      ] {
        let refused = try workspace.curate(verb + ["--page", page])
        #expect(refused.status == 1 && refused.errors.contains(words), "\(refused.errors)")
        #expect(refused.output.isEmpty)
      }
    }
    #expect(try String(contentsOfFile: other, encoding: .utf8) == "<html>mine</html>")
    #expect(try workspace.count() > 0)
    let page = workspace.folder.path("page.html")
    for _ in 0..<2 { #expect(try workspace.curate("health", "--page", page).status == 0) }
  }
}
