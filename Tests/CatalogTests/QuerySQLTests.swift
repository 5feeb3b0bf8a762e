import Catalog
import FaceCore
import Foundation
import Testing

/// The compiled query against its meaning.
@Suite struct QuerySQLTests {
  static let names = ["alice", "Bob O'Neil", "c \"d\" [2]"]

  /// Two videos, three people, a third of the faces without a name, a fifth rejected.
  static func filled(_ scratch: Scratch) throws -> Workspace {
    let workspace = try scratch.create()
    for number in 1...2 { try SampleVideo(number: number, frames: 150).bring(into: workspace) }
    for (index, name) in names.enumerated() {
      try workspace.createIdentity(name, note: note)
      try workspace.assign(
        name, to: FaceQuery(parsing: "ordinal in \(index * 40)..\(index * 40 + 30)"), note: note)
    }
    try workspace.reject(
      matching: FaceQuery(parsing: "roll > 15 and video ~ \"*-1.mp4\""), reason: "tilted",
      note: note)
    return workspace
  }

  @Test func sqlMeansWhatTheQuerySays() throws {
    let scratch = Scratch()
    let workspace = try QuerySQLTests.filled(scratch)
    let everyone = try workspace.faces(matching: FaceQuery(nil, includesRejected: true))
    #expect(everyone.contains { $0.rejection != nil })
    #expect(everyone.contains { $0.measures["mouth"] == nil })
    var random = SeededGenerator(seed: 3)
    var sizes: Set<Int> = []
    for _ in 0..<600 {
      let expression = QueryExpression.random(
        depth: 3, names: QuerySQLTests.names, using: &random)
      let found = try workspace.faces(matching: FaceQuery(expression, includesRejected: true))
      let expected = everyone.filter(expression.holds)
      #expect(found == expected, "\(expression)")
      sizes.insert(found.count)
    }
    #expect(sizes.count > 50)
  }

  @Test func cellsAreFoundByPattern() throws {
    let scratch = Scratch()
    let workspace = try QuerySQLTests.filled(scratch)
    let everyone = try workspace.faces(matching: .all)
    let expected = everyone.filter {
      PoseCell(yaw: $0.pose.yaw, pitch: $0.pose.pitch).yaw == 4
    }
    #expect(!expected.isEmpty && expected.count < everyone.count)
    #expect(try workspace.faces(matching: FaceQuery(parsing: "cell ~ \"y4*\"")) == expected)
  }

  @Test func rejectedFacesAreLeftOutUnlessSpokenOf() throws {
    let scratch = Scratch()
    let workspace = try QuerySQLTests.filled(scratch)
    let all = try workspace.count(matching: FaceQuery(nil, includesRejected: true))
    let rejected = try workspace.count(matching: FaceQuery(parsing: "rejected"))
    #expect(rejected > 0)
    #expect(try workspace.count() == all - rejected)
    #expect(try workspace.count(matching: FaceQuery(parsing: "rejected or yaw < 100")) == all)
    #expect(try workspace.count(matching: FaceQuery(parsing: "yaw < 100")) == all - rejected)
    func counted(_ query: FaceQuery) throws -> Int {
      try workspace.cellCounts(matching: query).reduce(0) { $0 + $1.count }
    }
    #expect(try counted(.all) == all - rejected)
    #expect(try counted(FaceQuery(nil, includesRejected: true)) == all)
  }

  @Test func unknownPersonIsAnErrorThatListsTheKnown() throws {
    let scratch = Scratch()
    let workspace = try QuerySQLTests.filled(scratch)
    let query = try FaceQuery(parsing: "yaw < 3 and identity = alcie")
    let error = try #require(catalogError { _ = try workspace.count(matching: query) })
    #expect(error.code == .unknownIdentity)
    #expect(error.description.contains("alcie") && error.description.contains("alice"))
    #expect(error.excerpt == query.description + "\n" + String(repeating: " ", count: 23) + "^")
    #expect(throws: Never.self) {
      try workspace.count(matching: FaceQuery(parsing: "identity ~ \"x*\""))
    }
  }

  @Test func sortedPagesJoinToTheWhole() throws {
    let scratch = Scratch()
    let workspace = try QuerySQLTests.filled(scratch)
    let sort = try FaceSort.parsing("mouth desc, identity")
    let whole = try workspace.faces(sort: sort)
    let pages = try stride(from: 0, to: whole.count, by: 37).flatMap {
      try workspace.faces(sort: sort, limit: 37, offset: $0)
    }
    #expect(pages == whole)
    let mouths = whole.map { $0.measures["mouth"] }
    let measured = mouths.compactMap { $0 }
    #expect(measured == measured.sorted(by: >))
    #expect(mouths.prefix(measured.count).allSatisfy { $0 != nil })
  }

  @Test func defaultOrderIsThatOfTheIDs() throws {
    let scratch = Scratch()
    let workspace = try QuerySQLTests.filled(scratch)
    let ids = try workspace.faces().map(\.id)
    let sorted = ids.sorted {
      ($0.video, $0.ordinal, $0.position) < ($1.video, $1.ordinal, $1.position)
    }
    #expect(ids == sorted)
  }

  @Test func percentilesAreThoseOfTheSameIdentityAndCell() throws {
    let scratch = Scratch()
    let workspace = try QuerySQLTests.filled(scratch)
    let faces = try workspace.faces().filter { $0.measures["sharpness"] != nil }
    func group(_ face: FaceRecord) -> String {
      "\(face.identity ?? "") \(PoseCell(yaw: face.pose.yaw, pitch: face.pose.pitch))"
    }
    func sharpness(_ face: FaceRecord) -> Double { face.measures["sharpness"] ?? 0 }
    let groups = Dictionary(grouping: faces, by: group)
    #expect(groups.values.contains { $0.count > 3 })
    for rank in [0, 1, 40, 50, 99, 100] {
      let expected = faces.filter { face in
        let sorted = (groups[group(face)] ?? []).map(sharpness).sorted()
        let place = max(1, Int((Double(sorted.count * rank) / 100).rounded(.up)))
        return sharpness(face) >= sorted[place - 1]
      }
      let found = try workspace.faces(matching: FaceQuery(parsing: "sharpness >= p\(rank)"))
      #expect(found == expected, "p\(rank)")
      let alice = try FaceQuery(parsing: "identity = alice and sharpness >= p\(rank)")
      #expect(
        try workspace.faces(matching: alice) == expected.filter { $0.identity == "alice" })
      #expect(try workspace.count(matching: alice) == workspace.faces(matching: alice).count)
    }
    let middle = try workspace.count(matching: FaceQuery(parsing: "sharpness in p50..p60"))
    let low = try workspace.count(matching: FaceQuery(parsing: "sharpness < p50"))
    let high = try workspace.count(matching: FaceQuery(parsing: "sharpness > p60"))
    #expect(middle + low + high == faces.count && low + high > 0)
  }

  @Test func facetsAndCellsCountWhatAListHolds() throws {
    let scratch = Scratch()
    let workspace = try QuerySQLTests.filled(scratch)
    for text in [
      "", "identity = alice", "identity = none", "not identity = alice and light = flat",
      "cell = y4p2 or cell = y3p2", "rejected", "yaw > 0 and sharpness >= 3", "shot = 1",
      "video ~ \"*1*\"", "sharpness >= p50",
    ] {
      let query = try FaceQuery(parsing: text)
      let faces = try workspace.faces(matching: query)
      let facets = try workspace.facets(matching: query)
      #expect(facets.total == faces.count, "\(text)")
      for facet in facets.identities {
        #expect(facet.count == faces.filter { $0.identity == facet.value }.count)
      }
      for facet in facets.lights {
        #expect(facet.count == faces.filter { $0.lightBin == facet.value }.count)
      }
      for facet in facets.videos {
        #expect(facet.count == faces.filter { $0.video == facet.value }.count)
      }
      #expect(facets.videos.map(\.count).reduce(0, +) == faces.count)
      let cells = try workspace.cellCounts(matching: query)
      #expect(cells.map(\.count).reduce(0, +) == faces.count, "\(text)")
      for cell in cells {
        let same = faces.filter {
          PoseCell(yaw: $0.pose.yaw, pitch: $0.pose.pitch) == cell.cell && $0.lightBin == cell.light
        }
        #expect(same.count == cell.count, "\(text) \(cell)")
      }
    }
  }

  /// A million rows are counted from the index, not from the table.
  @Test func countingTouchesTheIndexAlone() throws {
    let scratch = Scratch()
    let workspace = try QuerySQLTests.filled(scratch)
    for text in ["identity = alice and yaw in -60..-20 and sharpness >= 30", "light = flat", ""] {
      let plan = try workspace.explain(FaceQuery(parsing: text))
      let count = plan.components(separatedBy: "count: ")[1]
      #expect(count.contains("USING COVERING INDEX face_filter"), "\(plan)")
      #expect(!count.contains("JOIN") && !count.contains("face USING INDEX"), "\(plan)")
    }
  }
}
