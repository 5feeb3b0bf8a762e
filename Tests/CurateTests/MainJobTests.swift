import FaceCore
import Foundation
import Media
import TestSupport
import Testing

/// The four uses, one after the other, on one workspace: import, query, export, train, apply.
@Suite(.serialized) struct MainJobTests {
  /// Imported and exported once; the tests read it, or work on models of their own.
  static let prepared: TestWorkspace = {
    do {
      let workspace = try TestWorkspace()
      for (name, clips) in [("alice", ["alice-1"]), ("bob", ["bob-1", "bob-target"])] {
        let result = try workspace.curate(
          ["import", "--quiet", "--identity", name] + clips.map(Samples.clip))
        precondition(result.status == 0, result.errors)
      }
      let exported = try workspace.curate(
        "export", "demo", "--source", "identity = alice", "--target", "identity = bob",
        "--faces", "40")
      precondition(exported.status == 0, exported.errors)
      return workspace
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  private var workspace: TestWorkspace { Self.prepared }

  private func json(_ text: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(text.utf8))
  }

  @Test func facesMatchTheirQuery() throws {
    let result = try workspace.curate(
      "faces", "yaw in -20..20 and identity = \"alice\"", "--format", "json", "--limit", "0")
    #expect(result.status == 0, "\(result.errors)")
    let faces = try #require(try json(result.output) as? [[String: Any]])
    #expect(!faces.isEmpty)
    for face in faces {
      #expect(face["identity"] as? String == "alice")
      #expect((-20...20).contains(try #require(face["yaw"] as? Double)))
    }
    let rest = try workspace.curate("faces", "--count", "not yaw in -20..20 and identity = alice")
    let all = try workspace.curate("faces", "--count", "identity = alice")
    func number(_ text: String) -> Int? {
      Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    #expect(number(rest.output).map { $0 + faces.count } == number(all.output))
  }

  @Test func aMistakeInAQueryIsPointedAt() throws {
    let result = try workspace.curate("faces", "identity = alice and yav > 3")
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    let lines = result.errorLines
    #expect(lines.count == 3 && lines[2].hasSuffix("^") || result.errors.contains("^"))
    #expect(result.errors.contains("yaw"), "the nearest field is named")
  }

  @Test func anUnknownIdentityIsAnErrorThatListsTheKnown() throws {
    let result = try workspace.curate("faces", "identity = carol")
    #expect(result.status == 1)
    #expect(result.errors.contains("carol") && result.errors.contains("alice, bob"))
  }

  @Test func coverageCountsEveryFaceOnce() throws {
    let result = try workspace.curate("coverage", "identity = bob", "--format", "json")
    #expect(result.status == 0, "\(result.errors)")
    let coverage = try #require(try json(result.output) as? [String: Any])
    let cells = try #require(coverage["cells"] as? [[String: Any]])
    #expect(cells.count == 45)
    let sum = cells.compactMap { $0["faces"] as? Int }.reduce(0, +)
    let count = try workspace.curate("faces", "--count", "identity = bob").output
    #expect("\(sum)\n" == count)
  }

  @Test func theSameRecipeGivesTheSameManifest() throws {
    let first = try Manifest(path: workspace.path + "/manifests/demo.jsonl")
    #expect(first.rows.count { $0.side == .source } == 40)
    let again = try workspace.curate(
      "export", "demo", "--source", "identity = alice", "--target", "identity = bob",
      "--faces", "40", "--force")
    #expect(again.status == 0, "\(again.errors)")
    let second = try Manifest(path: workspace.path + "/manifests/demo.jsonl")
    #expect(second.id == first.id)
    let trained = Set(first.rows.filter { $0.split == .train }.map(\.frame.ordinal))
    #expect(!trained.isEmpty)
  }

  @Test func aManifestIsVerifiedAndAChangedByteIsFound() throws {
    #expect(try workspace.curate("manifest", "verify", "demo", "--quiet").status == 0)
    let path = workspace.path + "/manifests/demo.jsonl"
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    data[data.count / 2] ^= 1
    let changed = workspace.folder.path("changed.jsonl")
    try data.write(to: URL(fileURLWithPath: changed))
    for verb in [["manifest", "verify"], ["train", "--name", "never"]] {
      let result = try workspace.curate(verb + [changed, "--quiet"])
      #expect(result.status == 1)
      #expect(result.errorLines.count == 1 && result.errors.contains(changed), "\(result.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: workspace.path + "/models/never"))
  }

  private func train(_ name: String, _ arguments: String...) throws -> ShellResult {
    try workspace.curate(
      [
        "train", "demo", "--name", name, "--quiet", "--resolution", "32", "--batch-size", "4",
        "--checkpoint-every", "4", "--preview-every", "6",
      ] + arguments)
  }

  private func history(_ name: String) throws -> [String] {
    let path = workspace.path + "/models/\(name)/history.jsonl"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return try text.split(separator: "\n").map { line in
      let entry = try #require(try json(String(line)) as? [String: Any])
      return "\(entry["step"] ?? "") \(entry["source"] ?? "") \(entry["target"] ?? "")"
    }
  }

  @Test func aStoppedTrainingGoesOnAsIfNothingHappened() throws {
    #expect(try train("straight", "--iterations", "12").status == 0)
    #expect(try train("halved", "--iterations", "6").status == 0)
    #expect(try train("halved", "--iterations", "12").status == 1, "an existing model is kept")
    #expect(try train("halved", "--iterations", "12", "--resume").status == 0)
    #expect(try history("halved") == history("straight"))
    let weights = "checkpoints/000012/weights.safetensors"
    let halved = try Data(
      contentsOf: URL(fileURLWithPath: workspace.path + "/models/halved/" + weights))
    let straight = try Data(
      contentsOf: URL(fileURLWithPath: workspace.path + "/models/straight/" + weights))
    #expect(halved == straight)
    let previews = try FileManager.default.contentsOfDirectory(
      atPath: workspace.path + "/models/straight/previews")
    #expect(previews.sorted() == ["000006.png", "000012.png"])
  }

  @Test func aCheckpointWithAFileMissingIsPassedOverAndNamed() throws {
    #expect(try train("torn", "--iterations", "8").status == 0)
    let folder = workspace.path + "/models/torn/checkpoints"
    try FileManager.default.removeItem(atPath: folder + "/000008/optimizer.safetensors")
    let resumed = try train("torn", "--iterations", "8", "--resume")
    #expect(resumed.status == 0)
    #expect(resumed.errors.contains("000008") && resumed.errors.contains("optimizer"))
    try FileManager.default.removeItem(atPath: folder + "/000004/weights.safetensors")
    try FileManager.default.removeItem(atPath: folder + "/000008/weights.safetensors")
    let refused = try train("torn", "--iterations", "16", "--resume")
    #expect(refused.status == 1)
    #expect(refused.errorLines.last?.contains("weights.safetensors") == true, "\(refused.errors)")
  }

  @Test func theSwappedVideoKeepsSoundTimesAndSaysWhatItIs() throws {
    #expect(try train("swapper", "--iterations", "4").status == 0)
    let clip = Samples.clip("bob-target")
    let out = workspace.folder.path("swapped.mp4")
    let sheet = workspace.folder.path("sheet.png")
    let result = try workspace.curate(
      "apply", "swapper", clip, "-o", out, "--sheet", sheet, "--quiet", "--format", "json",
      "--truth", Samples.folder.path("clips/truth/bob-target.mp4"))
    #expect(result.status == 0, "\(result.errors)")
    let summary = try #require(try json(result.output) as? [String: Any])
    let truth = try #require(summary["target_against_truth"] as? [String: Any])
    #expect(try #require(truth["psnr"] as? Double) > 5)
    #expect(try frames(out).map(\.timestamp) == frames(clip).map(\.timestamp))
    #expect(try packets(out, "a") == packets(clip, "a"))
    #expect(try VideoFile.xmp(path: out)?.contains("compositeWithTrainedAlgorithmicMedia") == true)
    #expect(try ImageFile.read(path: sheet).width == 736)
    #expect(try workspace.curate("apply", "swapper", clip, "-o", out, "--quiet").status == 1)
  }

  private func frames(_ path: String) throws -> [VideoFrame] {
    var reader = try VideoReader(path: path)
    var frames: [VideoFrame] = []
    while let frame = try reader.next() { frames.append(frame) }
    return frames
  }

  private func packets(_ path: String, _ stream: String) throws -> String {
    try Shell.run(
      "ffprobe",
      [
        "-v", "error", "-select_streams", stream, "-show_entries", "packet=pts_time,size",
        "-of", "csv", path,
      ]
    ).output
  }
}
