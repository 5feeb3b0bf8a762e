import Catalog
import FaceCore
import Foundation
import Testing

/// A hundred thousand faces: answers are checked, times are only told.
@Suite struct LargeCatalogTests {
  @Test func hundredThousandFacesAreAnswered() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    var report: [String] = []
    @discardableResult func timed<Value>(_ name: String, _ body: () throws -> Value) rethrows
      -> Value
    {
      let clock = ContinuousClock()
      let start = clock.now
      let value = try body()
      let seconds = (clock.now - start) / .milliseconds(1)
      report.append("\(name): \(Int(seconds.rounded())) ms")
      return value
    }
    try timed("import") {
      for number in 1...4 {
        try SampleVideo(number: number, frames: 25_000).bring(into: workspace, batchSize: 256)
      }
    }
    let everyone = try timed("count all") { try workspace.count() }
    #expect(everyone > 98_000)
    try timed("assign a quarter") {
      try workspace.assign(
        "alice", to: FaceQuery(parsing: "video = interview-1.mp4"), creating: true, note: note)
    }
    try timed("reject a tenth") {
      try workspace.reject(matching: FaceQuery(parsing: "roll > 24"), reason: "x", note: note)
    }
    for text in [
      "identity = alice and yaw in -60..-20", "yaw in -20..20 and sharpness >= 5",
      "not (mouth > 3 or eyes < 2) and video ~ \"*-3*\"", "track = 3",
      "id = \"\(digest(2).prefix(16)):77:0\"",
    ] {
      let query = try FaceQuery(parsing: text)
      let count = try timed("count \(text)") { try workspace.count(matching: query) }
      let faces = try timed("the first 100 of \(count), sharpest first") {
        try workspace.faces(
          matching: query, sort: [FaceSort(.sharpness, descending: true)], limit: 100)
      }
      #expect(faces.count == min(100, count))
    }
    let cells = try timed("cells of one person") {
      try workspace.cellCounts(matching: FaceQuery(parsing: "identity = alice"))
    }
    #expect(cells.map(\.count).reduce(0, +) > 15_000)
    var seen = 0
    try timed("all records, one by one") { try workspace.forEachFace { _ in seen += 1 } }
    #expect(try seen == workspace.count())
    var bytes = 0
    try timed("all content lines") { try workspace.forEachContentLine { bytes += $0.utf8.count } }
    #expect(bytes > everyone * 1000)
    print(report.joined(separator: "\n"))
  }
}
