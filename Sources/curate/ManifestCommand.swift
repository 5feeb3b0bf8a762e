import ArgumentParser
import Catalog
import FaceCore
import Foundation

struct ManifestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manifest", abstract: "Show, verify, compare, pack and export manifests.",
    subcommands: [
      Verify.self, Show.self, ManifestDiff.self, ManifestReplay.self, ManifestPack.self,
      ManifestExport.self, ManifestAugmented.self,
    ])

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check that no byte of a manifest, of its crops or of its shards has changed.")

    @OptionGroup var workspace: WorkspaceOption
    @OptionGroup var output: OutputOption
    @OptionGroup var progress: ProgressOption

    @Argument(help: "A manifest's name in the workspace, or its file.")
    var name: String

    @Option(help: "The folder of its shards, if crops are to be read from there.")
    var crops: String?

    private struct Summary: Encodable {
      var manifestID: String
      var faces: Int
      var verified = true

      enum CodingKeys: String, CodingKey {
        case manifestID = "manifestId"
        case faces, verified
      }
    }

    func run() throws {
      let placed = try PlacedManifest(
        name, shardsIn: crops, workspace: workspace, access: .readOnly)
      let manifest = placed.manifest
      let reporter = progress.reporter("verify \(name)", unit: "faces")
      try placed.verify(progress: { reporter.report($0) })
      try output.show(Summary(manifestID: manifest.id, faces: manifest.rows.count)) {
        "\(manifest.id)  \(manifest.rows.count) faces, all as written"
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what a manifest holds: who, how many, which cells, from which recipe.")

    @OptionGroup var workspace: WorkspaceOption
    @OptionGroup var output: OutputOption

    @Argument(help: "A manifest's name in the workspace, or its file.")
    var name: String

    func run() throws {
      let manifest = try Manifest(path: workspace.resolveManifest(name))
      try output.show(manifest.header) {
        var lines = ["manifest \(manifest.id)", manifest.header.recipe, ""]
        for side in Side.allCases {
          let rows = manifest.rows.filter { $0.side == side }
          let people = Set(rows.map(\.identity)).sorted().joined(separator: ", ")
          let kept = rows.count { $0.split == .validation }
          let videos = Set(rows.map(\.frame.video)).count
          lines.append(
            "\(side.rawValue)  \(people)  \(rows.count) faces of \(videos) videos, "
              + "\(kept) for validation, \(manifest.header.counts[side.rawValue]?.count ?? 0) cells"
          )
        }
        return lines.joined(separator: "\n")
      }
    }
  }
}
