import FaceCore
import Foundation
import Media
import Networks
import Testing
import Trainer

/// A face of a manifest that looks to the side.
private func row(
  _ id: Int, _ side: Side, yaw: Double = 0, identity: String? = nil, crop: String? = nil,
  split: ManifestRow.Split = .train
) -> ManifestRow {
  let name = "\(side.rawValue)-\(id)"
  return ManifestRow(
    id: name, identity: identity ?? (side == .source ? "alice" : "bob"), side: side, split: split,
    crop: .init(
      name: "\(name).jpg", sha256: Digest.hex(of: Data((crop ?? name).utf8)), size: 256,
      faceType: "full_face", matrix: .identity),
    frame: .init(
      video: String(repeating: "a", count: 64),
      time: Timestamp(ticks: Int64(id), numerator: 1, denominator: 25), ordinal: id),
    landmarks: Landmarks((0..<68).map { Point(x: Float($0), y: 7) }),
    pose: Pose(yaw: yaw, pitch: 0, roll: 0), light: nil, quality: [:], cell: "y4p2", weight: 1,
    augmentation: .init(mirror: false), why: "")
}

private func manifest(_ rows: [ManifestRow], name: String = "pair") throws -> Manifest {
  try Manifest(
    header: .init(
      name: name, recipe: "", seed: 1, catalogRevision: 1, tool: "curate", short: [:]), rows: rows)
}

private func side(_ side: Side, _ count: Int, yaw: Double = 0) -> [ManifestRow] {
  (0..<count).map { row($0, side, yaw: yaw) }
}

private let heldOut = [row(999, .source, split: .validation)]

@Suite struct TrainingAdviceTests {
  @Test func aGoodManifestGetsNone() throws {
    let rows = side(.source, 30) + side(.target, 40) + heldOut
    #expect(TrainingAdvice(try manifest(rows)).warnings.isEmpty)
  }

  @Test func eachTroubleGetsItsSentence() throws {
    func warnings(_ rows: [ManifestRow]) throws -> [String] {
      TrainingAdvice(try manifest(rows)).warnings
    }
    let few = try warnings(side(.source, 5) + side(.target, 8) + heldOut)
    #expect(few.count == 2 && few[0].contains("source has 5 faces only"))
    let uneven = try warnings(side(.source, 20) + side(.target, 40) + heldOut)
    #expect(uneven == ["the source has 20 faces, the other side 40: it will be seen more often"])
    let poses = try warnings(
      side(.source, 30) + side(.target, 30)
        + (100..<106).map { row($0, .target, yaw: -60) } + heldOut)
    #expect(poses.count == 1 && poses[0].contains("6 of 36") && poses[0].contains("yaw -60"))
    let twins = try warnings(
      side(.source, 20) + side(.target, 20).dropLast() + [row(19, .target, crop: "source-3")]
        + heldOut)
    #expect(twins == ["1 faces are on both sides: the model will learn no difference"])
    let same = try warnings(
      side(.source, 20) + (0..<20).map { row($0, .target, identity: "alice") } + heldOut)
    #expect(same == ["alice is on both sides"])
    let none = try warnings(side(.source, 20) + side(.target, 20))
    #expect(none.count == 1 && none[0].contains("no face is held out"))
  }
}

@Suite struct RunReportTests {
  /// Without an ending, for a kill may cut the last line off.
  private func history(_ steps: Int) -> String {
    (1...steps).map {
      "{\"rate\":2,\"source\":\(1.0 / Double($0)),\"step\":\($0),\"target\":0.5,\"wait\":0.01}\n"
    }.joined() + "{\"rate\":2,\"sou"
  }

  @Test func aLongHistoryGivesABoundedCurve() {
    let curve = LossCurve(history: Data(history(50_000).utf8))
    #expect((200...900).contains(curve.points.count))
    #expect((49_990...50_000).contains(curve.points.last?.step ?? 0))
    #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.step < $1.step })
    #expect(curve.svg.contains("<polyline class=\"source\""))
    let unseen =
      "{\"heldOutSource\":0.5,\"heldOutTarget\":0.25,\"rate\":2,\"source\":1,\"step\":9,"
      + "\"target\":1,\"wait\":0}\n"
    let dashed = LossCurve(history: Data(unseen.utf8))
    #expect(dashed.heldOut.map(\.step) == [9] && dashed.heldOut.map(\.target) == [0.25])
    #expect(dashed.svg.contains("source unseen") && curve.heldOut.isEmpty)
    #expect(!LossCurve(history: Data()).svg.contains("svg"))
  }

  @Test func thePageHoldsAllAndNeedsNothing() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("a <b> & c")
    let previews = run.appending(path: "previews")
    try FileManager.default.createDirectory(at: previews, withIntermediateDirectories: true)
    try Data(history(30).utf8).write(to: run.appending(path: "history.jsonl"))
    for step in [10, 20, 30] {
      try ImageFile.write(
        Image(width: 8, height: 8, red: UInt8(step), green: 9, blue: 9),
        path: previews.appending(path: String(format: "%06d.png", step)).path)
    }
    let report = RunReport(
      folder: run,
      manifest: try manifest(
        side(.source, 20) + side(.target, 20) + (50..<55).map { row($0, .target, yaw: 60) }),
      configuration: TrainingConfiguration(model: .light))
    let worst = [
      FaceLosses.Face(id: "source-3", side: .source, loss: 0.75),
      FaceLosses.Face(id: "gone", side: .target, loss: 0.7),
    ]
    try report.write(hardest: worst) {
      $0.id == "gone" ? nil : Image(width: 32, height: 32, red: 1, green: 2, blue: 3)
    }
    let page = try String(contentsOf: run.appending(path: RunReport.name), encoding: .utf8)
    #expect(page.contains("<h1>a &lt;b&gt; &amp; c</h1>"))
    #expect(page.contains("<b>30</b><span>steps</span>"))
    #expect(page.components(separatedBy: "data:image/jpeg;base64,").count == 5)
    #expect(page.contains("0.750 source") && page.contains("source-3") && !page.contains("gone"))
    #expect(page.contains("alt=\"step 20\""))
    #expect(page.contains("have a pose that the source lacks"))
    #expect(page.components(separatedBy: "class=\"lacks\"").count == 2)
    #expect(page.contains("&quot;batchSize&quot; : 8"))
    #expect(!page.contains("http:") && !page.contains("https:"))
  }

  @Test func theHardestFacesComeFirst() throws {
    let folder = try TemporaryFolder()
    var losses = FaceLosses(source: ["a", "b", "c"], target: ["d", "e"])
    let run = try TrainingRun(
      folder: folder.url, configuration: small(steps: 6), manifest: "m", engine: CPUEngine())
    var seen: [Float] = []
    try run.train(
      batches: batches,
      report: {
        losses.add($0)
        seen.append($0.source.losses[1])
      })
    let hardest = losses.hardest
    // The faces of a batch of two; "c" is never drawn.
    #expect(Set(hardest.map(\.id)) == ["a", "b", "d", "e"])
    #expect(zip(hardest, hardest.dropFirst()).allSatisfy { $0.loss >= $1.loss })
    let expected = seen.dropFirst().reduce(Double(seen[0])) { $0 + 0.3 * (Double($1) - $0) }
    let found = try #require(hardest.first { $0.id == "b" })
    #expect(abs(found.loss - expected) < 1e-9)
  }

  @Test func aRunTellsHowFarItIs() throws {
    let folder = try TemporaryFolder()
    try train(folder.url, steps: 7)
    let status = try RunStatus(folder: folder.url)
    #expect(status.step == 7 && status.checkpoint == 7 && status.manifest == "m")
    #expect(status.losses != nil && status.lastStep != nil)
    let handle = try FileHandle(forWritingTo: folder.file("history.jsonl"))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"step\":8".utf8))
    #expect(try RunStatus(folder: folder.url).step == 7)
    #expect(throws: TrainerError.self) { try RunStatus(folder: folder.file("nothing")) }
  }
}
