import Catalog
import FaceCore
import GRDB
import Testing

@Suite struct JournalTests {
  static let names = ["alice", "bob", "carol", "dave"]

  static func filled(_ scratch: Scratch) throws -> Workspace {
    let workspace = try scratch.create()
    for number in 1...2 { try SampleVideo(number: number, frames: 120).bring(into: workspace) }
    return workspace
  }

  /// One decision of any kind; what cannot be done is left undone.
  static func decide(_ workspace: Workspace, using random: inout SeededGenerator) throws {
    let low = Int.random(in: -60...50, using: &random)
    let query = try FaceQuery(parsing: "yaw in \(low)..\(low + 20)", includesRejected: true)
    let scope: DecisionScope = Bool.random(using: &random) ? .faces : .tracks
    let name = names.randomElement(using: &random) ?? "alice"
    let other = names.randomElement(using: &random) ?? "bob"
    do {
      switch Int.random(in: 0..<8, using: &random) {
      case 0, 1:
        try workspace.assign(name, to: query, creating: true, scope: scope, note: note)
      case 2: try workspace.reject(matching: query, reason: "x", scope: scope, note: note)
      case 3: try workspace.accept(matching: query, scope: scope, note: note)
      case 4: try workspace.merge([name], into: other, note: note)
      case 5: try workspace.split(name, matching: query, to: other, note: note)
      case 6: try workspace.rename(name, to: "\(name) \(low)", note: note)
      default:
        let faces = try workspace.faces(matching: query, limit: 3).map(\.id)
        if faces.count == 3 {
          try workspace.markDuplicates(
            [(faces[0], best: faces[1]), (faces[2], best: faces[1])], note: note)
        }
      }
    } catch let error as CatalogError where [.unknownIdentity, .invalid].contains(error.code) {
    }
  }

  @Test(arguments: 0..<12)
  func whatIsUndoneIsAsItWasAndWhatIsRedoneAsItHadBecome(seed: UInt64) throws {
    let scratch = Scratch()
    let workspace = try JournalTests.filled(scratch)
    var random = SeededGenerator(seed: seed, stream: 1)
    var states = [try contentLines(workspace)]
    for _ in 0..<12 {
      let before = try workspace.log(limit: 1).first?.id
      try JournalTests.decide(workspace, using: &random)
      if try workspace.log(limit: 1).first?.id != before {
        states.append(try contentLines(workspace))
      }
    }
    #expect(states.count > 4)
    for state in states.dropLast().reversed() {
      #expect(try workspace.undo(note: note) != nil)
      #expect(try contentLines(workspace) == state)
    }
    for state in states.dropFirst() {
      #expect(try workspace.redo(note: note) != nil)
      #expect(try contentLines(workspace) == state)
    }
    #expect(try workspace.redo(note: note) == nil)
    #expect(try workspace.check().filter { !$0.isHarmless }.isEmpty)
  }

  @Test func nothingButItselfBringsAnUndoneImportBack() throws {
    let scratch = Scratch()
    let workspace = try JournalTests.filled(scratch)
    let query = try FaceQuery(parsing: "video = interview-2.mp4")
    let entry = try #require(try workspace.log(limit: 1).first?.id)
    try workspace.reject(matching: query, reason: "x", note: note)
    try workspace.undo(id: entry, note: note)
    let refused = catalogError { try workspace.undo(note: note) }
    #expect(refused?.reason.contains("was undone") == true)
    #expect(try workspace.accept(matching: query, note: note) == 0)
    #expect(try workspace.count(matching: query) == 0)
    // The import is back, and its faces are rejected as they were.
    #expect(try workspace.redo(note: note) != nil)
    #expect(try workspace.count(matching: query) == 0)
    #expect(try workspace.undo(note: note) != nil)
    #expect(try workspace.count(matching: query) > 0)
  }

  @Test func anUndoneImportIsHiddenUntilItIsRedone() throws {
    let scratch = Scratch()
    let workspace = try JournalTests.filled(scratch)
    let before = try contentLines(workspace)
    let all = try workspace.count()
    let undone = try #require(try workspace.undo(note: note))
    #expect(undone.summary.hasPrefix("import interview-2.mp4"))
    let left = try workspace.count()
    #expect(left < all && left > 0)
    let again = catalogError { try SampleVideo(number: 2, frames: 120).bring(into: workspace) }
    #expect(again?.code == .conflict && again?.reason.contains("curate redo") == true)
    #expect(try workspace.redo(note: note) != nil)
    #expect(try contentLines(workspace) == before)
  }

  @Test func whatLaterChangesBuildOnStays() throws {
    let scratch = Scratch()
    let workspace = try JournalTests.filled(scratch)
    let query = try FaceQuery(parsing: "yaw > 0")
    try workspace.assign("alice", to: query, creating: true, note: note)
    let first = try #require(try workspace.log(limit: 1).first)
    try workspace.assign("bob", to: query, creating: true, note: note)
    let second = try #require(try workspace.log(limit: 1).first)
    let error = catalogError { try workspace.undo(id: first.id, note: note) }
    #expect(error?.code == .conflict && error?.reason.contains("\(second.id)") == true)
    #expect(try workspace.undo(id: second.id, note: note) != nil)
    #expect(try workspace.undo(id: first.id, note: note) != nil)
    #expect(catalogError { try workspace.undo(id: first.id, note: note) }?.code == .invalid)
    #expect(try workspace.log().filter(\.isUndone).count == 2)
  }

  @Test func aNamedTrackNamesTheFacesThatAreStillToCome() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let video = SampleVideo(number: 1, frames: 40)
    try video.bring(into: workspace, batchSize: 10, stopAt: 20)
    try workspace.assign(
      "alice", to: FaceQuery(parsing: "track = 0 and ordinal < 5"), creating: true,
      scope: .tracks, note: note)
    try video.bring(into: workspace)
    let named = try workspace.faces(matching: FaceQuery(parsing: "track = 0"))
    #expect(named.contains { $0.id.ordinal >= 20 })
    #expect(named.allSatisfy { $0.identity == "alice" })
    // Imported again, with another name for all, nothing changes.
    try video.bring(into: workspace, identity: nil)
    #expect(try workspace.faces(matching: FaceQuery(parsing: "track = 0")) == named)
  }

  @Test func aHiddenNameCanBeUsedAgain() throws {
    let scratch = Scratch()
    let workspace = try JournalTests.filled(scratch)
    try workspace.assign(
      "alice", to: FaceQuery(parsing: "yaw > 0"), creating: true, note: note)
    try workspace.assign("bob", to: FaceQuery(parsing: "yaw < 0"), creating: true, note: note)
    try workspace.merge(["bob"], into: "alice", note: note)
    #expect(try workspace.identities().map(\.name) == ["alice"])
    try workspace.assign("bob", to: FaceQuery(parsing: "yaw < 0"), creating: true, note: note)
    #expect(try workspace.identities().map(\.name) == ["alice", "bob"])
  }
}
