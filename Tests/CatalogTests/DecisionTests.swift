import Catalog
import Foundation
import GRDB
import Testing

@Suite struct DecisionTests {
  private func filled(_ scratch: Scratch) throws -> Workspace {
    let workspace = try scratch.create()
    try SampleVideo(number: 1).bring(into: workspace)
    return workspace
  }

  @Test func rejectionCarriesWhoWhenWhyAndIsTakenBack() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    let before = try contentLines(workspace)
    let query = try FaceQuery(parsing: "yaw > 20")
    let count = try workspace.count(matching: query)
    #expect(try workspace.reject(matching: query, reason: "blurred", note: note) == count)
    let rejected = try workspace.faces(matching: FaceQuery(parsing: "rejected"))
    #expect(rejected.count == count)
    #expect(
      rejected.allSatisfy {
        $0.rejection?.author == "tester" && $0.rejection?.reason == "blurred"
          && $0.rejection?.time == "2023-11-14T22:13:20Z"
      })
    #expect(try contentLines(workspace) != before)
    #expect(try workspace.accept(matching: .all, note: note) == count)
    #expect(try contentLines(workspace) == before)
  }

  @Test func decisionThatChangesNothingLeavesNoTrace() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    let query = try FaceQuery(parsing: "yaw > 20")
    try workspace.assign("alice", to: query, creating: true, note: note)
    try workspace.reject(matching: query, reason: "blurred", note: note)
    let revision = try workspace.revision()
    let everyone = FaceQuery(query.expression, includesRejected: true)
    #expect(try workspace.reject(matching: everyone, reason: "again", note: note) == 0)
    #expect(try workspace.assign("alice", to: everyone, creating: true, note: note) == 0)
    #expect(try workspace.createIdentity("alice", note: note) == false)
    #expect(try workspace.accept(matching: FaceQuery(parsing: "yaw < 20"), note: note) == 0)
    #expect(try workspace.revision() == revision)
  }

  @Test func eachDecisionIsOneJournalEntryThatKeepsWhatWasBefore() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    let revision = try workspace.revision()
    let count = try workspace.assign("alice", to: .all, creating: true, note: note)
    try workspace.assign("bob", to: .all, creating: true, note: note)
    try workspace.assign(nil, to: .all, note: note)
    #expect(try workspace.revision() == revision + 3)
    let database = try DatabaseQueue(path: scratch.catalogPath)
    let rows = try database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT count(*) AS n, b.name AS before, a.name AS after FROM decision
          LEFT JOIN identity a ON a.id = decision.identity_id
          LEFT JOIN identity b ON b.id = decision.previous_identity_id
          GROUP BY decision.journal_id ORDER BY decision.journal_id
          """)
    }
    #expect(rows.map { $0["n"] as Int } == [count, count, count])
    #expect(rows.map { $0["before"] as String? } == [nil, "alice", "bob"])
    #expect(rows.map { $0["after"] as String? } == ["alice", "bob", nil])
  }

  @Test func namesSurviveImportingAgain() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let sample = SampleVideo(number: 1)
    try sample.bring(into: workspace, stopAt: 100)
    try workspace.assign("alice", to: .all, creating: true, note: note)
    try sample.bring(into: workspace)
    try sample.bring(into: workspace)
    let people = try workspace.identities()
    #expect(people.map(\.name) == ["alice"])
    #expect(people[0].faceCount > 0)
    #expect(people[0].faceCount < (try workspace.count()))
    #expect(people[0].videoCount == 1)
    #expect(people[0].author == "tester")
  }

  @Test func importNamesItsFacesWhenAsked() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let sample = SampleVideo(number: 1)
    #expect(
      catalogError { try sample.bring(into: workspace, identity: "alice") }?.code
        == .unknownIdentity)
    try workspace.createIdentity("alice", note: note)
    try sample.bring(into: workspace, stopAt: 100, identity: "alice")
    #expect(catalogError { try sample.bring(into: workspace) }?.code == .conflict)
    try sample.bring(into: workspace, identity: "alice")
    #expect(
      try workspace.count(matching: FaceQuery(parsing: "identity = alice")) == workspace.count())
  }

  @Test(arguments: ["", " alice", "alice\n"])
  func badNameIsRefused(name: String) throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    #expect(catalogError { try workspace.createIdentity(name, note: note) }?.code == .invalid)
    #expect(try workspace.revision() == 0)
  }

  @Test func nameIsOneHoweverItsAccentsAreSpelled() throws {
    let scratch = Scratch()
    let workspace = try filled(scratch)
    try workspace.createIdentity("Ren\u{e9}", note: note)
    #expect(try workspace.createIdentity("Rene\u{301}", note: note) == false)
    try workspace.assign("Rene\u{301}", to: .all, note: note)
    let query = try FaceQuery(parsing: "identity = \"Rene\u{301}\"")
    #expect(try workspace.count(matching: query) == workspace.count())
  }

  @Test func manifestsAreRememberedOnce() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    var manifest = ManifestRecord(
      id: digest(9), name: "a", recipe: "{}", seed: .max, rowCount: 3, path: "manifests/a.jsonl")
    try workspace.record(manifest, note: note)
    manifest.path = "manifests/b.jsonl"
    try workspace.record(manifest, note: note)
    #expect(try workspace.manifests() == [manifest])
    #expect(try workspace.revision() == 0)
  }
}
