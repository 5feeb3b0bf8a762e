import Catalog
import FaceCore
import Foundation
import GRDB
import Testing

@Suite struct MergeTests {
  /// A workspace with these videos, the first of them named.
  static func imported(_ numbers: [Int], _ scratch: Scratch) throws -> Workspace {
    let workspace = try scratch.create()
    for number in numbers {
      let identity = number % 2 == 0 ? "alice" : nil
      if let identity { try workspace.createIdentity(identity, note: note) }
      try SampleVideo(number: number, frames: 100).bring(into: workspace, identity: identity)
    }
    return workspace
  }

  static func decideOn(_ workspace: Workspace) throws {
    try workspace.reject(
      matching: FaceQuery(parsing: "yaw > 30 and video = interview-1.mp4"), reason: "x",
      note: note)
    try workspace.accept(
      matching: FaceQuery(parsing: "yaw > 50 and video = interview-1.mp4"), note: note)
    try workspace.assign(
      "bob", to: FaceQuery(parsing: "yaw < 0 and video = interview-1.mp4"), creating: true,
      scope: .tracks, note: note)
    let faces = try workspace.faces(matching: FaceQuery(parsing: "video = interview-1.mp4"))
      .map(\.id)
    try workspace.markDuplicates(
      [(faces[1], best: faces[0]), (faces[2], best: faces[0])], note: note)
  }

  @Test func whatWasUndoneInAPartIsUndoneHere() throws {
    let scratches = [Scratch(), Scratch()]
    defer { withExtendedLifetime(scratches) {} }
    let part = try MergeTests.imported([1, 2], scratches[0])
    try part.reject(matching: FaceQuery(parsing: "yaw > 0"), reason: "x", note: note)
    try part.undo(note: note)
    try part.noteUnreadable(path: "/nowhere/bad.mp4", reason: "bad", note: note)
    let joined = try scratches[1].create()
    try joined.merge(part, note: note)
    #expect(try contentLines(joined) == contentLines(part))
    #expect(try joined.unreadableFiles() == part.unreadableFiles())
    #expect(try joined.log().first { $0.summary.hasPrefix("reject: x") }?.isUndone == true)
    // So the last change is another one, and can be taken back.
    let last = try joined.undo(note: note)
    #expect(last != nil && last?.summary.contains("reject") == false)
  }

  @Test func aTrackNamedInAPartIsNamelessWhenThatIsUndone() throws {
    let scratches = [Scratch(), Scratch()]
    defer { withExtendedLifetime(scratches) {} }
    let part = try MergeTests.imported([1], scratches[0])
    let before = try contentLines(part)
    try part.assign(
      "bob", to: FaceQuery(parsing: "track = 0"), creating: true, scope: .tracks, note: note)
    let joined = try scratches[1].create()
    try joined.merge(part, note: note)
    let entry = try #require(try joined.log().first { $0.summary.contains("identity bob") })
    try joined.undo(id: entry.id, note: note)
    #expect(try contentLines(joined).filter { !$0.contains("bob") } == before)
  }

  /// Entries of one second by one command are alike.
  @Test func videosOfOneNameKeepTheirOwnEntries() throws {
    let scratches = [Scratch(), Scratch()]
    defer { withExtendedLifetime(scratches) {} }
    let part = try scratches[0].create()
    for number in 1...2 {
      var facts = SampleVideo(number: number, frames: 40).facts
      facts.path = "/nowhere/\(number)/take.mp4"
      let video = try part.register(facts, note: note)
      guard case .from = try part.beginImport(of: video, parameters: "p1") else { return }
      try part.commit(SampleVideo(number: number, frames: 40).batch(0..<40), of: video)
      try part.finishImport(of: video)
    }
    let joined = try scratches[1].create()
    try joined.merge(part, note: note)
    let faces = try joined.count()
    try joined.undo(note: note)
    #expect(try joined.videos().map(\.isWithdrawn).filter { $0 }.count == 1)
    try joined.redo(note: note)
    #expect(try joined.count() == faces)
  }

  @Test(arguments: [
    [[1, 2], [3, 4]], [[4, 3], [2, 1]], [[1, 2, 3], [3, 4]], [[1], [2], [3], [4]],
  ])
  func joinedPartsAreAsOneImport(parts: [[Int]]) throws {
    let scratches = (0...parts.count + 1).map { _ in Scratch() }
    let whole = try MergeTests.imported([1, 2, 3, 4], scratches[0])
    try MergeTests.decideOn(whole)
    let joined = try scratches[1].create()
    for (index, numbers) in parts.enumerated() {
      let part = try MergeTests.imported(numbers, scratches[index + 2])
      if numbers.contains(1) { try MergeTests.decideOn(part) }
      let before = try contentLines(part)
      try joined.merge(part, note: note)
      #expect(try contentLines(part) == before)
    }
    #expect(try contentLines(joined) == contentLines(whole))
    #expect(try joined.check().filter { !$0.isHarmless }.isEmpty)
    // Again, and nothing changes.
    for scratch in scratches.dropFirst(2) {
      let report = try joined.merge(try scratch.open(.readOnly), note: note)
      #expect(report.videos == 0 && report.skipped > 0)
    }
    #expect(try contentLines(joined) == contentLines(whole))
    // History came along, and can be taken back here.
    #expect(try joined.undo(note: note) != nil)
  }

  @Test(arguments: [0, 30, 64])
  func theFurtherImportOfAVideoWins(stop: Int) throws {
    let (first, second, third) = (Scratch(), Scratch(), Scratch())
    let whole = try first.create()
    try SampleVideo(number: 1).bring(into: whole)
    let begun = try second.create()
    try SampleVideo(number: 1).bring(into: begun, batchSize: 10, stopAt: stop)
    let part = try third.create()
    try SampleVideo(number: 1).bring(into: part)
    try begun.merge(part, note: note)
    #expect(try contentLines(begun) == contentLines(whole))
    // And the other way round nothing is lost.
    let shorter = Scratch()
    let behind = try shorter.create()
    try SampleVideo(number: 1).bring(into: behind, batchSize: 10, stopAt: 50)
    #expect(try begun.merge(behind, note: note).skipped == 1)
    #expect(try contentLines(begun) == contentLines(whole))
  }

  @Test func anUnfinishedImportGoesOnAfterTheMerge() throws {
    let (first, second, third) = (Scratch(), Scratch(), Scratch())
    let whole = try first.create()
    try SampleVideo(number: 1).bring(into: whole)
    let part = try second.create()
    try SampleVideo(number: 1).bring(into: part, batchSize: 10, stopAt: 50)
    let joined = try third.create()
    try joined.merge(part, note: note)
    try SampleVideo(number: 1).bring(into: joined)
    #expect(try contentLines(joined) == contentLines(whole))
  }

  @Test func aWorkspaceIsNotMergedIntoItself() throws {
    let scratch = Scratch()
    let workspace = try MergeTests.imported([1], scratch)
    let error = catalogError {
      try workspace.merge(try scratch.open(.readOnly), note: note)
    }
    #expect(error?.code == .invalid)
  }
}

@Suite struct CheckTests {
  @Test func aSoundWorkspaceHasNoProblem() throws {
    let scratch = Scratch()
    let workspace = try MergeTests.imported([1], scratch)
    #expect(try workspace.check().filter { !$0.isHarmless }.isEmpty)
    #expect(try workspace.facesLackingCrops().isEmpty)
  }

  @Test(arguments: ["NULL", "'many'", "sz + 1"])
  func aCropOfAnotherLengthIsDamaged(length: String) throws {
    let scratch = Scratch()
    let workspace = try MergeTests.imported([1], scratch)
    let name = try workspace.faces()[0].crop.name
    try DatabaseQueue(path: scratch.cropsPath).write { db in
      try db.execute(sql: "UPDATE sqlar SET sz = \(length) WHERE name = ?", arguments: [name])
    }
    let error = catalogError { _ = try workspace.crops.crop(named: name) }
    #expect(error?.code == .damaged && error?.subject == name)
  }

  @Test func whatIsBrokenIsNamed() throws {
    let scratch = Scratch()
    let workspace = try MergeTests.imported([1], scratch)
    let faces = try workspace.faces()
    let kept = try #require(try workspace.crops.crop(named: faces[0].crop.name))
    try DatabaseQueue(path: scratch.cropsPath).write { db in
      try db.execute(
        sql: "DELETE FROM sqlar WHERE name = ?", arguments: [faces[0].crop.name])
      try db.execute(
        sql: "UPDATE sqlar SET data = zeroblob(sz) WHERE name = ?",
        arguments: [faces[1].crop.name])
      try db.execute(sql: "INSERT INTO sqlar VALUES ('spare', 0, 0, 1, x'00')")
    }
    try DatabaseQueue(path: scratch.catalogPath).write { db in
      try db.execute(sql: "UPDATE coverage SET faces = faces + 1 WHERE cell = 22")
    }
    let problems = try workspace.check()
    #expect(problems.contains { $0.subject == faces[0].id.description && $0.reason == "no crop" })
    #expect(problems.contains { $0.subject == faces[1].id.description })
    #expect(problems.contains { $0.reason.contains("summary") })
    #expect(problems.contains { $0.isHarmless && $0.reason.contains("1 crops") })
    #expect(try workspace.facesLackingCrops().map(\.id) == faces[0...1].map(\.id))
    try workspace.rebuildSummary()
    let error = catalogError { try workspace.restoreCrop(of: faces[0], bytes: [1]) }
    #expect(error?.code == .invalid)
    try workspace.restoreCrop(of: faces[0], bytes: kept)
    let left = try workspace.check().filter { !$0.isHarmless }
    #expect(left.map(\.subject) == [faces[1].id.description])
  }
}
