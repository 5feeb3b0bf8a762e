import FaceCore
import Foundation
import Media
import Networks
import Testing
import Trainer

/// A face of a manifest that looks to the side.
private func row(
  _ id: Int, _ side: Side, yaw: Double = 0, identity: String? = nil, crop: String? = nil,
  split: ManifestRow.Split = .train, landmarks: Landmarks = figureLandmarks()
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
    landmarks: landmarks,
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
    let away = figureLandmarks().mapped(by: .translation(x: 200, y: 0))
    let flat = Landmarks((0..<68).map { Point(x: Float($0), y: 7) })
    let masks = try warnings(
      side(.source, 30) + side(.target, 28)
        + [row(500, .target, landmarks: away), row(501, .target, landmarks: flat)] + heldOut)
    let masked = try #require(masks.first)
    #expect(masks.count == 1 && masked.contains("2 of 30 target faces have no mask"))
    #expect(masked.contains("the first is target-500"))
    let none = try warnings(side(.source, 20) + side(.target, 20))
    #expect(none.count == 1 && none[0].contains("no face is held out"))
  }
}

@Suite struct TwinTests {
  private func warnings(_ rows: [ManifestRow], _ hashes: [String: CropHash]) throws -> [String] {
    TrainingAdvice(try manifest(rows + heldOut), hashes: hashes).warnings
  }

  @Test func manyNearEqualFacesAreTold() throws {
    let rows = side(.source, 30) + side(.target, 30)
    func hashes(still: Int) -> [String: CropHash] {
      var hashes: [String: CropHash] = [:]
      for (place, row) in rows.enumerated() {
        var image = noiseImage(width: 64, height: 64, seed: UInt64(max(0, place - still + 1)))
        // As another compression of the same picture.
        image.bytes[3 * place] ^= 1
        hashes[row.crop.name] = CropHash(image)
      }
      return hashes
    }
    let told = try warnings(rows, hashes(still: 10))
    #expect(told.count == 1 && told[0].contains("10 of 30 source faces have a near-equal twin"))
    #expect(try warnings(rows, hashes(still: 8)).isEmpty)
  }

  @Test func equalBytesNeedNoHash() throws {
    let same = (0..<12).map { row($0, .target, crop: "same") }
    let told = try warnings(
      side(.source, 30) + same + (12..<30).map { row($0, .target) }, [:])
    #expect(told.count == 1 && told[0].contains("12 of 30 target faces"))
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
    #expect(curve.lossChart.contains("<polyline class=\"source\""))
    #expect(curve.lossChart.contains("<polyline class=\"target raw\""))
    #expect(curve.lossChart.contains(">40\u{202F}000</span>") && curve.likenessChart == nil)
    let unseen =
      "{\"heldOutSource\":0.5,\"heldOutTarget\":0.25,\"rate\":2,\"source\":1,\"step\":9,"
      + "\"target\":1,\"wait\":0}\n"
    let dashed = LossCurve(history: Data(unseen.utf8))
    #expect(dashed.heldOut.map(\.step) == [9] && dashed.heldOut.map(\.target) == [0.25])
    #expect(dashed.lossChart.contains("source dashed") && curve.heldOut.isEmpty)
    #expect(!LossCurve(history: Data()).lossChart.contains("svg"))
    let measured =
      "{\"quality\":{\"swap\":{\"frames\":9,\"psnr\":20,\"ssim\":0.5,\"worstPSNR\":18,"
      + "\"worstSSIM\":0.4},\"unseen\":{\"source\":{\"ssim\":0.7},\"target\":{\"ssim\":0.8}}},"
      + "\"rate\":2,\"source\":1,\"step\":9,\"target\":1,\"wait\":0}\n"
    let chart = LossCurve(history: Data(measured.utf8)).likenessChart ?? ""
    #expect(chart.contains("class=\"swap dashed\"") && chart.contains("class=\"source\""))
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
    let hostile = "<script>alert('x')</script>\" & Co"
    let rows =
      side(.source, 20) + side(.target, 20)
      + (50..<55).map { row($0, .target, yaw: 60, identity: hostile) }
    let report = RunReport(
      folder: run, manifest: try manifest(rows, name: hostile),
      configuration: TrainingConfiguration(model: .light))
    let warnings = RunWarnings(run: run, step: 0)
    #expect(warnings.add(TrainingAdvice(try manifest(rows))).count == 2)
    _ = try warnings.add(Self.firstReport(in: folder))
    let worst = [
      FaceLosses.Face(id: "source-3", side: .source, loss: 0.75),
      FaceLosses.Face(id: "gone", side: .target, loss: 0.7),
      FaceLosses.Face(id: "target-50", side: .target, loss: 0.6),
      FaceLosses.Face(id: "target-51", side: .target, loss: 0.5),
      FaceLosses.Face(id: "source-4", side: .source, loss: 0.25),
    ]
    try report.write(hardest: worst) {
      $0.id == "gone" ? nil : Image(width: 32, height: 32, red: 1, green: 2, blue: 3)
    }
    let page = try String(contentsOf: run.appending(path: RunReport.name), encoding: .utf8)
    #expect(page.contains("<h1>a &lt;b&gt; &amp; c</h1>"))
    #expect(page.contains("<span>Steps</span><b>30</b>"))
    #expect(page.components(separatedBy: "data:image/jpeg;base64,").count == 8)
    #expect(page.contains("<b>0.750</b>") && page.contains("source-3") && !page.contains("gone"))
    #expect(page.contains("alt=\"step 20\"") && page.contains("type=\"range\""))
    #expect(page.contains("have a pose that the source lacks"))
    #expect(page.components(separatedBy: "<td class=\"lacks\"").count == 2)
    // Means by pose: of two learned faces on each side.
    #expect(page.contains("20<small>.500</small>") && page.contains("5<small>.550</small>"))
    #expect(page.contains("&quot;batchSize&quot; : 8") && page.contains("clear before it is shown"))
    #expect(!page.contains("alert('x')") && page.contains("&lt;script&gt;alert(&#39;x&#39;)"))
    for outside in ["http:", "https:", "url(", "@import", "<link", "src=\"/"] {
      #expect(!page.contains(outside), "\(outside)")
    }
  }

  /// Of a run beside.
  private static func firstReport(in folder: TemporaryFolder) throws -> TrainingReport {
    let run = try TrainingRun(
      folder: folder.file("other"), configuration: small(steps: 1), manifest: "m",
      engine: CPUEngine())
    var first: TrainingReport?
    try run.train(batches: batches, report: { first = $0 })
    return try #require(first)
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

  @Test func aFaceAndItsVariantsHaveOneLoss() throws {
    let folder = try TemporaryFolder()
    let first = try Self.firstReport(in: folder)
    var losses = FaceLosses(source: ["a", "a", "a"], target: ["d", "e"])
    losses.add(first)
    let (one, other) = (Double(first.source.losses[0]), Double(first.source.losses[1]))
    let found = losses.hardest.filter { $0.side == .source }
    #expect(found.map(\.id) == ["a"])
    #expect(abs((found.first?.loss ?? 0) - (one + 0.3 * (other - one))) < 1e-9)
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
