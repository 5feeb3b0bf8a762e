import ArgumentParser
import Catalog
import FaceCore
import Foundation
import Trainer

struct ManifestPack: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Write a manifest and its crops into a folder of tar files, to train from elsewhere.",
    discussion: """
      NAME-000000.tar and so on hold at most 1000 faces or 256 MB each: for every face ID.jpg and \
      ID.json, as WebDataset has them. The same manifest makes the same bytes. Training needs \
      nothing but the folder:

        curate manifest pack pair /mnt/pair
        curate train /mnt/pair/pair.jsonl
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption
  @OptionGroup var progress: ProgressOption

  @Argument(help: "A manifest's name in the workspace, or its file.")
  var name: String

  @Argument(help: "The folder, made when it is missing.")
  var folder: String

  @Flag(help: "Replace another manifest of this name, and its shards.")
  var force = false

  private struct Summary: Encodable {
    var manifestID: String
    var faces: Int
    var shards: Int
    var path: String

    enum CodingKeys: String, CodingKey {
      case manifestID = "manifestId"
      case faces, shards, path
    }
  }

  func run() throws {
    let manifest = try Manifest(path: workspace.resolveManifest(name))
    let crops = try workspace.open(.readOnly).crops
    let reporter = progress.reporter("pack \(name)", unit: "faces")
    let shards = try CropShards.pack(
      manifest, into: folder, replaces: force, crop: { try crops.crop(named: $0) },
      progress: { reporter.report($0) })
    let path = "\(folder)/\(manifest.header.name).jsonl"
    try output.show(
      Summary(manifestID: manifest.id, faces: manifest.rows.count, shards: shards, path: path)
    ) { "\(path)  \(manifest.rows.count) faces in \(shards) shards" }
  }
}
