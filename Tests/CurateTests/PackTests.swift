import FaceCore
import Foundation
import Media
import TestSupport
import Testing

/// Training from shards, away from the workspace.
@Suite(.serialized) struct PackTests {
  private func losses(_ model: String) throws -> [[Double]] {
    let text = try String(contentsOfFile: model + "/history.jsonl", encoding: .utf8)
    return try text.split(separator: "\n").compactMap { line in
      let step = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      guard let source = step["source"] as? Double, let target = step["target"] as? Double else {
        return nil
      }
      return [source, target]
    }
  }

  @Test func trainingFromShardsIsTrainingFromTheWorkspace() throws {
    let workspace = try TestWorkspace.paired(faces: 30)
    let shards = workspace.folder.path("shards")
    let packed = try workspace.curate("manifest", "pack", "pair", shards)
    #expect(packed.status == 0, "\(packed.errors)")
    #expect(packed.output.contains("faces in 1 shards"))
    let verified = try workspace.curate("manifest", "verify", shards + "/pair.jsonl")
    #expect(verified.status == 0 && verified.output.contains("all as written"))

    let options = [
      "--quiet", "--resolution", "32", "--batch-size", "4", "--iterations", "5",
      "--preview-every", "5",
    ]
    let near = try workspace.curate(["train", "pair", "--name", "near"] + options)
    #expect(near.status == 0, "\(near.errors)")
    // Another machine: the shards and nothing else.
    let away = workspace.folder.path("away")
    let far = try Shell.run(
      Shell.curate,
      ["--workspace", away, "train", shards + "/pair.jsonl", "--name", "far"] + options)
    #expect(far.status == 0, "\(far.errors)")
    let told = try Shell.run(
      Shell.curate,
      ["--workspace", away, "train", "pair", "--crops", shards, "--name", "told"] + options)
    #expect(told.status == 0, "\(told.errors)")
    let wanted = try losses(workspace.path + "/models/near")
    #expect(wanted.count == 5)
    #expect(try losses(away + "/models/far") == wanted)
    #expect(try losses(away + "/models/told") == wanted)
    let preview = "/previews/000005.png"
    // The files have the models' names in them.
    #expect(
      try ImageFile.read(path: away + "/models/far" + preview)
        == ImageFile.read(path: workspace.path + "/models/near" + preview))

    let status = try Shell.run(
      Shell.curate, ["--workspace", away, "train", "status", away + "/models/far"])
    #expect(status.status == 0 && status.output.contains("light 32"), "\(status.errors)")
    let mistyped = try Shell.run(
      Shell.curate,
      ["--workspace", away, "train", "/nowhere/pair.jsonl", "--crops", shards] + options)
    #expect(mistyped.errors.contains("/nowhere/pair.jsonl: no such manifest"))

    try Data("no archive".utf8).write(to: URL(fileURLWithPath: shards + "/pair-000000.tar"))
    let damaged = try Shell.run(
      Shell.curate,
      ["--workspace", away, "train", shards + "/pair.jsonl", "--name", "no"] + options)
    #expect(damaged.status == 1)
    #expect(damaged.errorLines.count == 1 && damaged.errors.contains("pair-000000.tar: "))
    try FileManager.default.removeItem(atPath: shards + "/pair-000000.tar")
    let gone = try Shell.run(
      Shell.curate,
      ["--workspace", away, "train", "pair", "--crops", shards, "--name", "no"] + options)
    #expect(gone.status == 1 && gone.errors.contains("pair-000000.tar: No such file"))
  }

  @Test func aFolderThatCannotBeMadeIsNamedInOneLine() throws {
    let workspace = try TestWorkspace.paired(faces: 30)
    let file = workspace.folder.path("letter.txt")
    try Data("dear".utf8).write(to: URL(fileURLWithPath: file))
    for (folder, cause) in [
      (file, "Not a directory"), (file + "/below", "Not a directory"),
      ("/proc/x", "No such file or directory"), ("", "No such file or directory"),
    ] {
      let result = try workspace.curate("manifest", "pack", "pair", folder, "--quiet")
      #expect(result.status == 1 && result.errorLines.count == 1, "\(result.errors)")
      let name = folder.isEmpty ? "''" : folder
      #expect(result.errors.contains("\(name): cannot be written: \(cause)"), "\(result.errors)")
    }
    let sample = try workspace.curate("sample", file + "/clips", "--quiet", "--seconds", "1")
    #expect(sample.status == 1 && sample.errorLines.count == 1, "\(sample.errors)")
    #expect(sample.errors.contains("letter.txt/clips: cannot be written: Not a directory"))
  }
}
