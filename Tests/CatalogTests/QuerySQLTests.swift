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

  @Test func rejectedFacesAreLeftOutUnlessSpokenOf() throws {
    let scratch = Scratch()
    let workspace = try QuerySQLTests.filled(scratch)
    let all = try workspace.count(matching: FaceQuery(nil, includesRejected: true))
    let rejected = try workspace.count(matching: FaceQuery(parsing: "rejected"))
    #expect(rejected > 0)
    #expect(try workspace.count() == all - rejected)
    #expect(try workspace.count(matching: FaceQuery(parsing: "rejected or yaw < 100")) == all)
    #expect(try workspace.count(matching: FaceQuery(parsing: "yaw < 100")) == all - rejected)
    #expect(try workspace.poses().count == all - rejected)
    #expect(
      try workspace.poses(matching: FaceQuery(nil, includesRejected: true)).count == all)
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
}
