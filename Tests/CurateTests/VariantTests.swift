import FaceCore
import Foundation
import TestSupport
import Testing

/// Manifests whose faces have variants, from the command line.
@Suite(.serialized) struct VariantTests {
  /// Gives every source face that is trained on two variants, as another manifest.
  private func vary(
    _ workspace: TestWorkspace, as name: String, _ change: (inout ManifestRow) -> Void = { _ in }
  ) throws {
    let plain = try Manifest(path: workspace.path + "/manifests/pair.jsonl")
    var header = plain.header
    header.name = name
    let rows = plain.rows.map { row in
      var row = row
      guard row.side == .source, row.split == .train else { return row }
      let cell = FaceCell(PoseCell(yaw: row.pose.yaw, pitch: row.pose.pitch))
      row.augmentation.variants = [
        FaceVariant(
          cell: cell, weight: 0.5, rotate: .init(yaw: 4, pitch: 2), relight: row.light,
          jpeg: 60),
        FaceVariant(cell: cell.mirrored, weight: 0.5, mirror: true, noise: 2),
      ]
      change(&row)
      return row
    }
    let data = try Manifest(header: header, rows: rows).data()
    try data.write(to: URL(fileURLWithPath: workspace.path + "/manifests/\(name).jsonl"))
  }

  @Test func aManifestWithVariantsIsVerifiedTrainedAndShown() throws {
    let workspace = try TestWorkspace.paired(faces: 30)
    try vary(workspace, as: "varied")
    #expect(try workspace.curate("manifest", "verify", "varied").status == 0)
    let trained = try workspace.curate(
      "train", "varied", "--name", "v", "--quiet", "--resolution", "32", "--batch-size", "4",
      "--iterations", "6", "--preview-every", "3")
    #expect(trained.status == 0, "\(trained.errors)")
    let history = try String(
      contentsOfFile: workspace.path + "/models/v/history.jsonl", encoding: .utf8)
    #expect(history.split(separator: "\n").count >= 6)

    let page = workspace.folder.path("augmented.html")
    let shown = try workspace.curate(
      "manifest", "augmented", "varied", "--page", page, "--faces", "5", "--format", "json")
    #expect(shown.status == 0, "\(shown.errors)")
    let sides = try #require(
      try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [[String: Any]])
    let manifest = try Manifest(path: workspace.path + "/manifests/varied.jsonl")
    let varied = manifest.rows.count { !$0.augmentation.variants.isEmpty }
    #expect(sides[0]["variants"] as? Int == 2 * varied && sides[1]["variants"] as? Int == 0)
    #expect((sides[0]["operations"] as? [String: Int])?["mirror"] == varied)
    let text = try String(contentsOfFile: page, encoding: .utf8)
    // Each of five faces as it is and in two variants, all different pictures.
    let pictures = text.components(separatedBy: "src=\"").dropFirst().map {
      $0.prefix { $0 != "\"" }
    }
    #expect(pictures.count == 15 && Set(pictures).count == 15)
    #expect(text.contains("turn 4/2°") && text.contains("JPEG 60"))
    // Captions do not run together, neither as text nor on the page.
    #expect(!text.contains("</figure><figure"))
    #expect(text.contains(".pair{display:flex;flex-wrap:wrap;gap:10px"))
    let plain = try workspace.curate("manifest", "augmented", "pair")
    #expect(plain.status == 0 && plain.output.contains("no variants"))
    #expect(
      try workspace.curate("manifest", "augmented", "pair", "--page", page).status == 0)
    let empty = try String(contentsOfFile: page, encoding: .utf8)
    #expect(empty.contains("None of its") && !empty.contains("0 of 0"))
  }

  @Test func variantsOfAPackedManifestAreShownWithoutAWorkspace() throws {
    let workspace = try TestWorkspace.paired(faces: 30)
    try vary(workspace, as: "varied")
    let (near, far) = (workspace.folder.path("near.html"), workspace.folder.path("far.html"))
    let shards = workspace.folder.path("packed")
    try #require(try workspace.curate("manifest", "pack", "varied", shards, "--quiet").status == 0)
    try #require(
      try workspace.curate("manifest", "augmented", "varied", "--page", near).status == 0)
    let away = workspace.folder.path("away")
    for arguments in [[shards + "/varied.jsonl"], ["varied", "--crops", shards]] {
      let shown = try Shell.run(
        Shell.curate,
        ["--workspace", away, "manifest", "augmented"] + arguments + ["--page", far])
      #expect(shown.status == 0, "\(shown.errors)")
      #expect(
        try String(contentsOfFile: far, encoding: .utf8)
          == String(contentsOfFile: near, encoding: .utf8))
    }
  }

  @Test func variantsChangeWhatIsLearnedAndWithoutThemNothingChanges() throws {
    let workspace = try TestWorkspace.paired(faces: 30)
    try vary(workspace, as: "varied")
    try vary(workspace, as: "bare") { $0.augmentation.variants = [] }
    func losses(_ manifest: String) throws -> [Double] {
      let trained = try workspace.curate(
        "train", manifest, "--name", manifest, "--quiet", "--resolution", "32", "--batch-size",
        "4", "--iterations", "3")
      try #require(trained.status == 0, "\(trained.errors)")
      let text = try String(
        contentsOfFile: workspace.path + "/models/\(manifest)/history.jsonl", encoding: .utf8)
      return try text.split(separator: "\n").compactMap { line in
        let step = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return step?["source"] as? Double
      }
    }
    let plain = try losses("pair")
    #expect(try plain.count == 3 && losses("bare") == plain)
    #expect(try losses("varied") != plain)
  }

  @Test func aVariantThatNeedsAnUnknownLightIsRefusedInOneLine() throws {
    let workspace = try TestWorkspace.paired(faces: 30)
    try vary(workspace, as: "dark") { row in
      row.light = nil
      row.augmentation.variants[0].relight = Light(harmonics: [1, 0, 0, 0, 0, 0, 0, 0, 0])
    }
    let trained = try workspace.curate(
      "train", "dark", "--quiet", "--resolution", "32", "--iterations", "1")
    #expect(trained.status == 1 && trained.errorLines.count == 1)
    #expect(trained.errors.contains("changes a light that is not known"), "\(trained.errors)")
  }
}
