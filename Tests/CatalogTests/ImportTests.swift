import Catalog
import FaceCore
import Foundation
import Testing

@Suite struct ImportTests {
  @Test func importingTwiceChangesNothing() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let video = SampleVideo(number: 1)
    try video.bring(into: workspace)
    let before = try contentLines(workspace)
    let revision = try workspace.revision()
    try video.bring(into: workspace)
    #expect(try contentLines(workspace) == before)
    #expect(try workspace.revision() == revision)
    #expect(before.count > 300)
  }

  @Test(arguments: [1, 7, 100, 256])
  func contentDoesNotDependOnBatchesOrInterruptions(batchSize: Int) throws {
    let plain = Scratch()
    let whole = try plain.create()
    for number in 1...2 { try SampleVideo(number: number).bring(into: whole) }

    let scratch = Scratch()
    var workspace = try scratch.create()
    // Interleaved the other way round, stopped three times, and opened anew each time.
    for stop in [30, 120, 290, Int.max] {
      for number in [2, 1] {
        try SampleVideo(number: number).bring(
          into: workspace, batchSize: batchSize, stopAt: stop)
      }
      try workspace.close()
      workspace = try scratch.open()
    }
    #expect(try contentLines(workspace) == contentLines(whole))
    #expect(try workspace.revision() == whole.revision())
    #expect(try workspace.crops.count() == workspace.count())
  }

  @Test func concurrentImportsGiveTheContentOfSuccessiveOnes() throws {
    let plain = Scratch()
    let whole = try plain.create()
    for number in 1...4 { try SampleVideo(number: number).bring(into: whole) }

    let scratch = Scratch()
    let workspace = try scratch.create()
    DispatchQueue.concurrentPerform(iterations: 4) { index in
      do {
        try SampleVideo(number: index + 1).bring(into: workspace, batchSize: 10 + index)
      } catch {
        Issue.record(error)
      }
    }
    #expect(try contentLines(workspace) == contentLines(whole))
  }

  /// Its crops have the names of those that another import with other options writes.
  @Test func aBatchOfOtherOptionsWritesNothing() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let sample = SampleVideo(number: 1)
    let video = try workspace.register(sample.facts, note: note)
    for parameters in ["p1", "p2"] {
      _ = try workspace.beginImport(of: video, parameters: parameters)
    }
    var batch = sample.batch(0..<64)
    batch.parameters = "p1"
    let refused = catalogError { try workspace.commit(batch, of: video) }
    #expect(refused?.code == .conflict && refused?.reason.contains("p2") == true)
    #expect(try workspace.crops.count() == 0)
    batch.parameters = "p2"
    try workspace.commit(batch, of: video)
    #expect(try workspace.crops.count() == workspace.count())
  }

  /// The name is gone, the footage not.
  @Test func anImportOfSomeoneMergedAwayGoesOn() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let sample = SampleVideo(number: 1)
    for name in ["alice", "bob"] { try workspace.createIdentity(name, note: note) }
    try sample.bring(into: workspace, stopAt: 64, identity: "alice")
    try workspace.merge(["alice"], into: "bob", note: note)
    let identity = try workspace.videos()[0].identity
    #expect(identity == nil)
    try sample.bring(into: workspace, identity: identity)
    #expect(try workspace.videos()[0].state == .done)
  }

  @Test func killBetweenCropsAndCatalogueIsHarmless() throws {
    let plain = Scratch()
    let whole = try plain.create()
    let video = SampleVideo(number: 3)
    try video.bring(into: whole)

    let scratch = Scratch()
    var workspace = try scratch.create()
    try video.bring(into: workspace, stopAt: 128)
    let inside = try workspace.count()
    // What a killed commit leaves behind: the next batch's crops, and no faces.
    let next = video.batch(128..<192)
    try workspace.crops.put(
      next.faces.map {
        ("\(video.facts.sha256.prefix(16))/\($0.ordinal)_\($0.position).jpg", $0.crop.bytes)
      })
    workspace = try scratch.open()
    #expect(try workspace.count() == inside)
    #expect(try workspace.crops.count() > inside)
    try video.bring(into: workspace)
    #expect(try contentLines(workspace) == contentLines(whole))
    #expect(try workspace.crops.count() == whole.crops.count())
  }

  @Test func importGoesOnWithTheStateOfTheLastBatch() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let sample = SampleVideo(number: 1)
    let video = try workspace.register(sample.facts, note: note)
    #expect(
      try workspace.beginImport(of: video, parameters: "p1") == .from(ordinal: 0, resumeState: []))
    try workspace.commit(sample.batch(0..<50), of: video)
    try workspace.failImport(of: video, reason: "disk full")
    #expect(try workspace.videos()[0].error == "disk full")
    #expect(
      try workspace.beginImport(of: video, parameters: "p1")
        == .from(ordinal: 50, resumeState: [50]))
    try workspace.endImportPartially(of: video, reason: "cut short")
    #expect(try workspace.beginImport(of: video, parameters: "p2") == .finished(.partial))
    #expect(try workspace.videos()[0].facts.frameCount == 50)
  }

  @Test func otherParametersAreRefusedInTheMiddle() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let sample = SampleVideo(number: 1)
    let video = try workspace.register(sample.facts, note: note)
    _ = try workspace.beginImport(of: video, parameters: "p1")
    #expect(
      try workspace.beginImport(of: video, parameters: "p2") == .from(ordinal: 0, resumeState: []))
    try workspace.commit(sample.batch(0..<50), of: video)
    let error = catalogError { _ = try workspace.beginImport(of: video, parameters: "p1") }
    #expect(error?.code == .conflict)
  }

  @Test func batchThatDoesNotFollowOnIsRefusedAndOneThatIsInIsIgnored() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let sample = SampleVideo(number: 1)
    let video = try workspace.register(sample.facts, note: note)
    _ = try workspace.beginImport(of: video, parameters: "")
    try workspace.commit(sample.batch(0..<50), of: video)
    let before = try contentLines(workspace)
    try workspace.commit(sample.batch(0..<50), of: video)
    try workspace.commit(sample.batch(10..<40), of: video)
    #expect(try contentLines(workspace) == before)
    for frames in [40..<60, 51..<60] {
      let error = catalogError { try workspace.commit(sample.batch(frames), of: video) }
      #expect(error?.code == .conflict)
    }
    #expect(try contentLines(workspace) == before)
  }

  @Test func batchIsInWholeOrNotAtAll() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let sample = SampleVideo(number: 1)
    let video = try workspace.register(sample.facts, note: note)
    _ = try workspace.beginImport(of: video, parameters: "")
    let before = try contentLines(workspace)
    var batch = sample.batch(0..<50)
    batch.faces[batch.faces.count - 1].score = .nan
    #expect(catalogError { try workspace.commit(batch, of: video) }?.code == .invalid)
    batch = sample.batch(0..<50)
    batch.faces[3].time.denominator = 25
    #expect(catalogError { try workspace.commit(batch, of: video) }?.code == .invalid)
    #expect(try contentLines(workspace) == before)
  }

  @Test func sameContentIsOneVideoAndIsFoundAfterAMove() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    var facts = SampleVideo(number: 1).facts
    let first = try workspace.register(facts, note: note)
    #expect(
      try workspace.knownVideo(path: facts.path, size: facts.size, modified: 5)?.row == first.row)
    #expect(try workspace.knownVideo(path: facts.path, size: facts.size, modified: 6) == nil)
    facts.path = "/elsewhere/renamed.mp4"
    let moved = try workspace.register(facts, note: note)
    #expect(moved.row == first.row)
    #expect(moved.name == "renamed.mp4")
    #expect(try workspace.videos().map(\.facts.path) == ["/elsewhere/renamed.mp4"])
  }

  @Test func ofTwoCopiesTheFirstPathIsKeptInAnyOrder() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let paths = ["a.mp4", "b.mp4"].map { scratch.folder + "/" + $0 }
    for path in paths { try Data(count: 1001).write(to: URL(fileURLWithPath: path)) }
    var facts = SampleVideo(number: 1).facts
    for path in [paths[1], paths[0], paths[1]] {
      facts.path = path
      _ = try workspace.register(facts, note: note)
    }
    #expect(try workspace.videos().map(\.facts.path) == [paths[0]])
  }

  @Test func facesComeBackAsTheyWentIn() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let sample = SampleVideo(number: 5, frames: 40)
    try sample.bring(into: workspace)
    let given = (0..<40).flatMap(sample.faces)
    let found = try workspace.faces()
    #expect(found.count == given.count)
    for (face, record) in zip(given, found) {
      #expect(record.landmarks == face.landmarks)
      #expect(record.pose.angle(to: face.pose) < 1e-6)
      #expect(record.box == face.box)
      #expect(record.light == face.light)
      #expect(record.time == face.time)
      #expect(record.score == face.score)
      #expect(record.crop.transform == face.crop.transform)
      #expect(try workspace.measures(of: record) == face.measures.sorted { $0.name < $1.name })
      #expect(try workspace.crops.crop(named: record.crop.name) == face.crop.bytes)
      #expect(try workspace.face(record.id) == record)
      #expect(FaceID(record.id.description) == record.id)
    }
  }
}
