import Catalog
import FaceCore
import Testing

/// Imports in the place of earlier ones of the same video.
@Suite struct ReimportTests {
  static let video = SampleVideo(number: 5, frames: 120)

  /// Imports the frames wanted, in batches of this size, until `stopAt` are in.
  @discardableResult
  static func bring(
    _ workspace: Workspace, parameters: String, again: Bool = false, identity: String? = nil,
    batchSize: Int = 32, stopAt: Int = .max, _ isWanted: (Int) -> Bool = { _ in true }
  ) throws -> VideoRecord {
    let entered = try workspace.register(video.facts, note: note)
    let start = try workspace.beginImport(
      of: entered, parameters: parameters, identity: identity, again: again ? note : nil)
    guard case .from(var ordinal, _) = start else { return entered }
    while ordinal < video.frames, ordinal < stopAt {
      let end = min(video.frames, ordinal + batchSize)
      var batch = video.batch(ordinal..<end)
      batch.faces.removeAll { !isWanted($0.ordinal) }
      try workspace.commit(batch, of: entered)
      ordinal = end
    }
    if ordinal >= video.frames { try workspace.finishImport(of: entered) }
    return try workspace.videos()[0]
  }

  /// What is seen of a workspace: its faces and who they are.
  static func visible(_ workspace: Workspace) throws -> [String] {
    try workspace.faces(matching: FaceQuery(nil)).map { "\($0.id) \($0.identity ?? "-")" }
  }

  static func everyone(_ workspace: Workspace) throws -> [FaceRecord] {
    var query = FaceQuery(nil, includesRejected: true)
    query.includesReplaced = true
    return try workspace.faces(matching: query)
  }

  @Test func facesFoundAgainTakeOverNamesAndRejections() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try ReimportTests.bring(workspace, parameters: "p1") { $0 % 2 == 0 }
    try workspace.assign(
      "alice", to: FaceQuery(parsing: "yaw < 10"), creating: true, scope: .faces, note: note)
    try workspace.reject(
      matching: FaceQuery(parsing: "pitch > 10"), reason: "low", note: note)
    let before = try ReimportTests.everyone(workspace)
    let visible = try ReimportTests.visible(workspace)
    let again = try ReimportTests.bring(workspace, parameters: "p2", again: true)

    let all = try ReimportTests.everyone(workspace)
    let old = Set(before.map(\.id))
    let new = all.filter { !old.contains($0.id) }
    #expect(new.count == again.faceCount && new.count > before.count)
    #expect(again.parameters == "p2" && again.state == .done)
    for face in all where old.contains(face.id) { #expect(face.rejection != nil) }
    for face in before {
      let found = try #require(
        new.first { $0.id.ordinal == face.id.ordinal && $0.landmarks == face.landmarks })
      #expect(found.identity == face.identity && found.rejection?.reason == face.rejection?.reason)
    }
    let carried = try #require(try workspace.carriedDecisions(of: again))
    #expect(carried.faces == new.count && carried.rejected > 0 && carried.named > 0)
    #expect(try workspace.check().filter { !$0.isHarmless }.isEmpty)
    #expect(try workspace.crops.count() == all.count)

    // Nothing brings faces back that another import took the place of, but taking that back.
    let accepted = try workspace.accept(matching: FaceQuery(nil), note: note)
    #expect(accepted == new.filter { $0.rejection != nil }.count)
    try workspace.undo(note: note)
    let became = try ReimportTests.visible(workspace)
    #expect(try workspace.undo(note: note)?.summary.contains("again") == true)
    #expect(try ReimportTests.visible(workspace) == visible)
    #expect(try workspace.videos()[0].faceCount == before.count)
    #expect(try workspace.videos()[0].parameters == "p1")
    #expect(try workspace.redo(note: note) != nil)
    #expect(try ReimportTests.visible(workspace) == became)
    #expect(try workspace.videos()[0].parameters == "p2")
  }

  /// A survey of some frames says who is in those between.
  @Test func framesNotLookedAtBeforeAreToldByTheirTracks() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try workspace.createIdentity("carol", note: note)
    try ReimportTests.bring(workspace, parameters: "p1", identity: "carol") {
      $0 % 5 == 0 && $0 < 80
    }
    // Tracks of a sample are those of 40 frames and one place: 0 and 1, 2 and 3.
    try workspace.assign(
      "alice", to: FaceQuery(parsing: "track = 0"), creating: true, scope: .tracks, note: note)
    try workspace.reject(matching: FaceQuery(parsing: "track = 2"), reason: "dark", note: note)
    try workspace.reject(
      matching: FaceQuery(parsing: "track = 3 and yaw > 0"), reason: "dark", note: note)
    let half = try workspace.count(matching: FaceQuery(parsing: "track = 3"))
    #expect(half > 0)
    try ReimportTests.bring(workspace, parameters: "p2", again: true, identity: "carol")
    let new = try ReimportTests.everyone(workspace).filter { $0.track > 3 }
    for face in new {
      let place = face.id.ordinal / 40 * 2 + (face.track - 4) % 2
      #expect(face.identity == (place == 0 ? "alice" : "carol"))
      if place == 2 { #expect(face.rejection?.reason == "dark") }
      if place != 2, place != 3 { #expect(face.rejection == nil) }
      guard place == 3, face.id.ordinal % 5 != 0 else { continue }
      let known = new.filter { $0.track == face.track && $0.id.ordinal % 5 == 0 }
      let around = [
        known.last { $0.id.ordinal < face.id.ordinal },
        known.first { $0.id.ordinal > face.id.ordinal },
      ].compactMap(\.self)
      #expect((face.rejection != nil) == around.allSatisfy { $0.rejection != nil })
    }
  }

  /// Whatever their reasons were.
  @Test func nobodyWhoWasExcludedComesBack() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try workspace.createIdentity("byst", note: note)
    try ReimportTests.bring(workspace, parameters: "p1", identity: "byst") { $0 % 5 == 0 }
    try workspace.reject(matching: FaceQuery(parsing: "yaw > 20"), reason: "x", note: note)
    try workspace.exclude("byst", note: note)
    try ReimportTests.bring(workspace, parameters: "p2", again: true, identity: "byst") {
      $0 / 40 != 2
    }
    #expect(try workspace.count() == 0)
  }

  @Test(arguments: [3, 50, 256])
  func contentDoesNotDependOnBatchesOrInterruptions(batchSize: Int) throws {
    var lines: [[String]] = []
    for stops in [[Int.max], [10, 70, Int.max]] {
      let scratch = Scratch()
      let workspace = try scratch.create()
      try ReimportTests.bring(workspace, parameters: "p1") { $0 % 3 == 0 }
      try workspace.assign(
        "alice", to: FaceQuery(parsing: "yaw < 10"), creating: true, scope: .tracks, note: note)
      try workspace.reject(matching: FaceQuery(parsing: "yaw > 40"), reason: "x", note: note)
      for stop in stops {
        try ReimportTests.bring(
          workspace, parameters: "p2", again: true,
          batchSize: stops.count == 1 ? 64 : batchSize, stopAt: stop)
      }
      // Once more changes nothing.
      let revision = try workspace.revision()
      try ReimportTests.bring(workspace, parameters: "p2", again: true)
      #expect(try workspace.revision() == revision)
      lines.append(try contentLines(workspace))
    }
    #expect(lines[0] == lines[1])
  }

  @Test(arguments: 0..<8)
  func whatIsUndoneIsAsItWasAndWhatIsRedoneAsItHadBecome(seed: UInt64) throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try ReimportTests.bring(workspace, parameters: "p0") { $0 % 2 == 0 }
    var random = SeededGenerator(seed: seed, stream: 2)
    var states = [try ReimportTests.visible(workspace)]
    for step in 1...14 {
      let before = try workspace.log(limit: 1).first?.id
      if step % 4 == 0 {
        let wanted = Int.random(in: 1...3, using: &random)
        try ReimportTests.bring(workspace, parameters: "p\(step)", again: true) {
          $0 % wanted == 0
        }
      } else {
        try JournalTests.decide(workspace, using: &random)
      }
      if try workspace.log(limit: 1).first?.id != before {
        states.append(try ReimportTests.visible(workspace))
      }
    }
    for state in states.dropLast().reversed() {
      #expect(try workspace.undo(note: note) != nil)
      #expect(try ReimportTests.visible(workspace) == state)
    }
    for state in states.dropFirst() {
      #expect(try workspace.redo(note: note) != nil)
      #expect(try ReimportTests.visible(workspace) == state)
    }
    #expect(try workspace.check().filter { !$0.isHarmless }.isEmpty)
  }

  @Test func decisionsBeforeItAreTakenBackOnlyAfterIt() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try ReimportTests.bring(workspace, parameters: "p1")
    try workspace.reject(matching: FaceQuery(parsing: "yaw > 0"), reason: "x", note: note)
    let rejection = try #require(try workspace.log(limit: 1).first?.id)
    try ReimportTests.bring(workspace, parameters: "p2", again: true)
    let again = try #require(try workspace.log(limit: 1).first?.id)
    let visible = try ReimportTests.visible(workspace)
    let refused = catalogError { try workspace.undo(id: rejection, note: note) }
    #expect(refused?.reason.contains("\(again) (import interview-5.mp4 again") == true)
    #expect(try ReimportTests.visible(workspace) == visible)
    // A second one stands on the first.
    try ReimportTests.bring(workspace, parameters: "p3", again: true)
    let first = catalogError { try workspace.undo(id: again, note: note) }
    #expect(first?.code == .conflict, "\(first?.reason ?? "")")
  }

  /// What was undone is neither seen nor counted, and its decisions count no more.
  @Test func anUndoneOneLeavesNothing() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try ReimportTests.bring(workspace, parameters: "p1") { $0 % 2 == 0 }
    let (first, count) = (try ReimportTests.visible(workspace), try workspace.videos()[0].faceCount)
    try ReimportTests.bring(workspace, parameters: "p2", again: true) { $0 % 3 == 0 }
    try workspace.undo(note: note)
    try ReimportTests.bring(workspace, parameters: "p3", again: true)
    let record = try workspace.videos()[0]
    let carried = try #require(try workspace.carriedDecisions(of: record))
    #expect(carried.rejected == 0 && carried.before == count)
    // Nobody sees a face twice, in whatever way they ask.
    let rejected = try FaceQuery(parsing: "rejected or not rejected")
    #expect(try workspace.count(matching: rejected) == record.faceCount)
    try workspace.reject(matching: FaceQuery(parsing: "yaw > 0"), reason: "x", note: note)
    #expect(try workspace.rejections().map(\.reason) == ["x"])
    try workspace.undo(note: note)
    try workspace.undo(note: note)
    #expect(try workspace.videos()[0].faceCount == count)
    #expect(try ReimportTests.visible(workspace) == first)
    #expect(try workspace.count(matching: rejected) == count)
  }

  /// A survey between two full imports forgets nothing.
  @Test func decisionsOfEarlierImportsCarryOverALaterOneThatFoundLess() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try ReimportTests.bring(workspace, parameters: "p1")
    try workspace.reject(matching: FaceQuery(parsing: "yaw > 0"), reason: "x", note: note)
    let visible = try workspace.count()
    try ReimportTests.bring(workspace, parameters: "p2", again: true) { $0 % 10 == 0 }
    try ReimportTests.bring(workspace, parameters: "p3", again: true)
    #expect(try workspace.count() == visible)
  }

  /// One that goes on after another took over, or after it was undone, writes and ends nothing.
  @Test func anImportThatIsNotInForceAnyMoreWritesNothing() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try ReimportTests.bring(workspace, parameters: "p1")
    try ReimportTests.bring(workspace, parameters: "p2", again: true, stopAt: 32)
    let entered = try workspace.register(ReimportTests.video.facts, note: note)
    try workspace.undo(note: note)
    var batch = ReimportTests.video.batch(32..<64)
    batch.parameters = "p2"
    #expect(catalogError { try workspace.commit(batch, of: entered) }?.code == .conflict)
    #expect(
      catalogError { try workspace.finishImport(of: entered, parameters: "p2") }?.code == .conflict)
    #expect(try workspace.check().filter { !$0.isHarmless }.isEmpty)
    #expect(try workspace.videos()[0].parameters == "p1")
  }

  /// What was not finished before cannot be gone on with, for its numbers are taken.
  @Test func anUnfinishedImportThatMadePlaceIsNotBroughtBack() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try ReimportTests.bring(workspace, parameters: "p1", stopAt: 64)
    let other = catalogError { try ReimportTests.bring(workspace, parameters: "p2") }
    #expect(other?.code == .conflict)
    try ReimportTests.bring(workspace, parameters: "p2", again: true, stopAt: 32)
    try ReimportTests.bring(workspace, parameters: "p3", again: true)
    let refused = catalogError { try workspace.undo(note: note) }
    #expect(refused?.reason.contains("import it again with these: p2") == true)
    try ReimportTests.bring(workspace, parameters: "p1", again: true)
    let found = try ReimportTests.visible(workspace).count
    let fresh = Scratch()
    let calm = try fresh.create()
    try ReimportTests.bring(calm, parameters: "p1")
    #expect(try calm.count() == found)
  }

  @Test func aPartIsMergedWithWhatMadePlaceInIt() throws {
    let scratches = [Scratch(), Scratch()]
    defer { withExtendedLifetime(scratches) {} }
    let part = try scratches[0].create()
    try ReimportTests.bring(part, parameters: "p1") { $0 % 2 == 0 }
    try part.assign("alice", to: FaceQuery(parsing: "yaw < 10"), creating: true, note: note)
    let first = try ReimportTests.visible(part)
    try ReimportTests.bring(part, parameters: "p2", again: true)
    try ReimportTests.bring(part, parameters: "p3", again: true)
    let joined = try scratches[1].create()
    try joined.merge(part, note: note)
    #expect(try contentLines(joined) == contentLines(part))
    #expect(try ReimportTests.visible(joined) == ReimportTests.visible(part))
    #expect(try joined.merge(part, note: note).skipped == 1)
    let entries = try joined.log().filter { $0.summary.contains("again") }
    for entry in entries {
      try part.undo(note: note)
      try joined.undo(id: entry.id, note: note)
      #expect(try ReimportTests.visible(joined) == ReimportTests.visible(part))
    }
    #expect(try ReimportTests.visible(joined) == first)
  }
}
