import FaceCore
import Foundation
import TestSupport
import Testing

/// What `curate train` promises beside its losses.
@Suite(.serialized) struct TrainTests {
  private func train(_ workspace: TestWorkspace, _ arguments: String...) throws -> ShellResult {
    try workspace.curate(
      [
        "train", "pair", "--quiet", "--resolution", "32", "--batch-size", "4",
        "--preview-every", "4",
      ] + arguments)
  }

  private func delete(_ crops: [String], from workspace: TestWorkspace) throws {
    let names = crops.map { "'\($0)'" }.joined(separator: ", ")
    let deleted = try Shell.run(
      "sqlite3", [workspace.path + "/crops.sqlar", "DELETE FROM sqlar WHERE name IN (\(names))"])
    try #require(deleted.status == 0, "\(deleted.errors)")
  }

  @Test func cropsThatAreGoneAreNamedAndManyAreRefused() throws {
    let workspace = try TestWorkspace.paired(faces: 70)
    let manifest = try Manifest(path: workspace.path + "/manifests/pair.jsonl")
    try #require((100...199).contains(manifest.rows.count))
    let crops = manifest.rows.map(\.crop.name)
    try delete([crops[0]], from: workspace)
    let one = try train(workspace, "--name", "one", "--iterations", "2")
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.errors.contains("\(crops[0]): not in the crop archive"))
    #expect(one.errors.contains("trained without it"))
    try delete(Array(crops[1..<4]), from: workspace)
    let many = try train(workspace, "--name", "many", "--iterations", "2")
    #expect(many.status == 1)
    #expect(many.errors.contains("4 of \(crops.count) crops are gone or altered"))
    let repaired = try workspace.curate("repair", "--quiet")
    #expect(repaired.status == 0, "\(repaired.errors)")
    #expect(try train(workspace, "--name", "many", "--iterations", "2").status == 0)
  }

  /// A model "m", and a manifest that it was not trained on.
  private func trained(
    andExported name: String, from source: String, to target: String, faces: Int
  ) throws -> TestWorkspace {
    let workspace = try TestWorkspace.paired(faces: 20)
    try #require(try train(workspace, "--name", "m", "--iterations", "2").status == 0)
    let exported = try workspace.curate(
      "export", name, "--source", "identity = \(source)", "--target", "identity = \(target)",
      "--faces", "\(faces)")
    try #require(exported.status == 0, "\(exported.errors)")
    return workspace
  }

  /// What `apply` reads there is that of the training which is at work.
  @Test func aTrainingThatIsShutOutChangesNothing() throws {
    let workspace = try trained(andExported: "other", from: "bob", to: "alice", faces: 10)
    let model = workspace.path + "/models/m"
    try FileManager.default.removeItem(atPath: model + "/checkpoints")
    let before = try Data(contentsOf: URL(fileURLWithPath: model + "/manifest.jsonl"))
    let refused = try Shell.run(
      "flock",
      [
        model + "/.lock", Shell.curate, "--workspace", workspace.path, "train", "other", "--name",
        "m", "--resume", "--quiet", "--iterations", "3",
      ])
    #expect(refused.status == 1 && refused.errors.contains("another training"), "\(refused.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: model + "/manifest.jsonl")) == before)
  }

  /// The way on where a setting cannot change.
  @Test func aModelGoesOnWithAnotherManifestAsANewOne() throws {
    let workspace = try trained(andExported: "more", from: "alice", to: "bob", faces: 30)
    let refused = try workspace.curate(
      "train", "more", "--name", "m", "--resume", "--quiet", "--iterations", "4")
    #expect(
      refused.status == 1 && refused.errors.contains("--from m --with-decoders"),
      "\(refused.errors)")
    let options = [
      "train", "more", "--name", "n", "--quiet", "--resolution", "32", "--iterations", "2",
      "--with-decoders",
    ]
    #expect(try workspace.curate(options).status == 64)
    let went = try workspace.curate(options + ["--from", "m"])
    #expect(went.status == 0, "\(went.errors)")
  }

  @Test func aModelStaysInTheWorkspaceAndAsItWasBegun() throws {
    let workspace = try TestWorkspace.paired(faces: 20)
    for name in ["../../evil", "a/b", ".hidden", "x y"] {
      let refused = try train(workspace, "--name", name, "--iterations", "1")
      #expect(refused.status == 1 && refused.errors.contains("--name"), "\(refused.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: workspace.folder.path("evil")))
    let huge = try train(workspace, "--batch-size", "100000000", "--iterations", "1")
    #expect(huge.status == 1 && huge.errors.contains("no room"), "\(huge.errors)")
    try #require(try train(workspace, "--name", "m", "--iterations", "2").status == 0)
    for (change, words) in [
      (["--model", "original"], "original"), (["--seed", "9"], "the run began with 1"),
    ] {
      let refused = try workspace.curate(
        ["train", "pair", "--name", "m", "--resume", "--quiet", "--iterations", "4"] + change)
      #expect(refused.status == 1)
      #expect(refused.errors.contains(words), "\(refused.errors)")
    }
    let resumed = try workspace.curate(
      "train", "pair", "--name", "m", "--resume", "--quiet", "--iterations", "4", "--model",
      "light",
      "--seed", "1")
    #expect(resumed.status == 0, "\(resumed.errors)")
  }

  @Test func aRunLeavesItsPageItsStatusAndTheLossesOfItsFaces() throws {
    let workspace = try TestWorkspace.paired(faces: 70)
    let hash = try workspace.contentHash()
    let trained = try train(
      workspace, "--name", "told", "--iterations", "8", "--warm-up", "4", "--decay", "8", "--clip",
      "1", "--optimizer", "adabelief", "--accumulate", "2")
    #expect(trained.status == 0, "\(trained.errors)")
    let page = try String(
      contentsOfFile: workspace.path + "/models/told/report.html", encoding: .utf8)
    #expect(page.contains("<polyline") && page.contains("The hardest faces"))
    #expect(page.components(separatedBy: "<figure>").count == 21)
    #expect(page.contains("<small>") && page.contains("no face is held out"))
    let status = try workspace.curate("train", "status", "--format", "json")
    let lines = try #require(
      try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [[String: Any]])
    #expect(lines.map { $0["name"] as? String } == ["told"])
    #expect(lines[0]["step"] as? Int == 8 && lines[0]["checkpoint"] as? Int == 8)
    #expect(try workspace.count("loss > 0") > 20)
    let hardest = try workspace.curate("faces", "--sort", "loss desc", "--limit", "3")
    #expect(hardest.output.contains("loss"))
    #expect(try workspace.contentHash() == hash)
    let cells = try workspace.curate("coverage", "identity = alice", "--loss", "--format", "json")
    let coverage = try #require(
      try JSONSerialization.jsonObject(with: Data(cells.output.utf8)) as? [String: Any])
    let known = (coverage["cells"] as? [[String: Any]] ?? []).compactMap { $0["loss"] as? Double }
    #expect(!known.isEmpty && known.allSatisfy { $0 > 0 })
    #expect(try workspace.curate("coverage", "--loss", "--against", "yaw > 0").status == 64)

    let other = try train(
      workspace, "--name", "other", "--iterations", "1", "--from", "told")
    #expect(other.status == 0, "\(other.errors)")
    let changed = try train(
      workspace, "--name", "told", "--resume", "--iterations", "9", "--optimizer", "adam")
    #expect(changed.status == 1)
    #expect(changed.errors.contains("optimizer is adam, the run began with adabelief"))
    let unknown = try workspace.curate("train", "status", "nobody")
    #expect(unknown.status == 1 && unknown.errors.contains("nobody"))
  }

  @Test func lossesAreWeighedFromTheCommandLine() throws {
    let workspace = try TestWorkspace.paired(faces: 70)
    let trained = try train(
      workspace, "--name", "weighed", "--iterations", "1", "--detail-weight", "0",
      "--background-weight", "0.3", "--mask-weight", "4", "--color-weight", "5",
      "--structure-weight", "0")
    #expect(trained.status == 0, "\(trained.errors)")
    func configuration() throws -> [String: Any] {
      let data = try Data(
        contentsOf: URL(fileURLWithPath: workspace.path + "/models/weighed/model.json"))
      let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
      return try #require(object?["configuration"] as? [String: Any])
    }
    func weights() throws -> [String: Double] {
      let terms = try #require(try configuration()["losses"] as? [[String: Any]])
      return Dictionary(
        uniqueKeysWithValues: terms.map {
          ($0["kind"] as? String ?? "", $0["weight"] as? Double ?? 0)
        })
    }
    let stored = try configuration()
    #expect(stored["detailWeight"] as? Double == 0 && stored["maskWeight"] as? Double == 4)
    #expect(abs((stored["outsideWeight"] as? Double ?? 0) - 0.3) < 1e-6)
    #expect(try weights() == ["absolute": 1, "color": 5])
    // What is not typed stays, and what is comes over it.
    let resumed = try train(
      workspace, "--name", "weighed", "--resume", "--iterations", "2", "--structure-weight", "1",
      "--color-weight", "0")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try weights() == ["absolute": 1, "dissimilarity": 1])
    #expect(try configuration()["detailWeight"] as? Double == 0)

    let judged = try train(
      workspace, "--name", "weighed", "--resume", "--iterations", "4", "--discriminator", "0.2",
      "--discriminator-from", "3")
    #expect(judged.status == 0, "\(judged.errors)")
    let checkpoint = workspace.path + "/models/weighed/checkpoints/000004/"
    for file in ["discriminator-weights", "discriminator-optimizer"] {
      #expect(FileManager.default.fileExists(atPath: checkpoint + file + ".safetensors"))
    }
    let state = try String(contentsOfFile: checkpoint + "state.json", encoding: .utf8)
    #expect(state.replacing(" ", with: "").contains("\"discriminatorStep\":1"))
    #expect(try train(workspace, "--name", "x", "--discriminator", "-1").status == 64)

    let none = try train(
      workspace, "--name", "none", "--iterations", "1", "--structure-weight", "0",
      "--absolute-weight", "0")
    #expect(none.status == 1 && none.errors.contains("no loss to learn from"))
    #expect(try train(workspace, "--name", "x", "--background-weight", "2").status == 64)
    #expect(try train(workspace, "--name", "x", "--color-weight", "-1").status == 64)
  }

  @Test func familiesAreTrainedAndRefusedByTheirResolution() throws {
    let workspace = try TestWorkspace.paired(faces: 70)
    func run(_ name: String, _ arguments: String...) throws -> ShellResult {
      try workspace.curate(
        [
          "train", "pair", "--quiet", "--batch-size", "2", "--iterations", "1", "--name", name,
          "--widths", "16,4,4,2",
        ] + arguments)
    }
    let trained = try run("both", "--model", "liae-ud", "--resolution", "64")
    #expect(trained.status == 0, "\(trained.errors)")
    let refused = try run("odd", "--model", "liae-ud", "--resolution", "80")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("80 px: take a multiple of 32 from 64 to 512"))
    #expect(try run("wide", "--widths", "16,4,4").status == 64)
  }

  @Test func theSwapIsMeasuredAgainstTheTruthWhileTraining() throws {
    let workspace = try TestWorkspace.paired(faces: 70)
    let clips = Samples.folder.path("clips")
    let trained = try train(
      workspace, "--name", "true", "--iterations", "9", "--truth", clips, "--tensorboard")
    #expect(trained.status == 0, "\(trained.errors)")
    let status = try workspace.curate("train", "status", "--format", "json")
    let lines = try #require(
      try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [[String: Any]])
    let swap = try #require(lines[0]["swap"] as? [String: Any])
    #expect(swap["frames"] as? Int == 30)
    #expect((lines[0]["untouched"] as? [String: Any])?["frames"] as? Int == 30)
    let (psnr, worst) = (swap["psnr"] as? Double ?? 0, swap["worst_psnr"] as? Double ?? 0)
    #expect(worst > 5 && psnr >= worst && psnr < 60)
    let events = try FileManager.default.contentsOfDirectory(
      atPath: workspace.path + "/models/true/tensorboard")
    #expect(events.count == 1)
    // One video alone, and a folder that holds no truth.
    let one = try train(
      workspace, "--name", "one", "--iterations", "1", "--truth", clips + "/truth/bob-target.mp4")
    #expect(one.status == 0, "\(one.errors)")
    for path in [workspace.path, clips + "/nobody"] {
      let wrong = try train(workspace, "--name", "wrong", "--iterations", "1", "--truth", path)
      #expect(wrong.status == 1 && wrong.errors.contains(path), "\(wrong.errors)")
    }
  }
}
