import ArgumentParser
import Catalog
import FaceCore
import Foundation

struct ManifestExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a manifest as a folder that other programs read unedited.",
    discussion: """
      --as imagefolder: train/ and validation/ with images and metadata.jsonl, as Hugging Face's \
      datasets has them, and a card. --as csv: one table without images (RFC 4180). --as croissant: tar \
      shards, a table, croissant.json (Croissant 1.1) and a card. WebDataset's tar shards alone are \
      what `curate manifest pack` writes. The same manifest makes the same bytes; a run that was cut \
      short is gone on with. Text that spreadsheets would take for a formula has ' before it in CSV.
      """)

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var output: OutputOption
  @OptionGroup var progress: ProgressOption

  @Argument(help: "A manifest's name in the workspace, or its file.")
  var name: String

  @Argument(help: "The folder, which is empty or not there yet.")
  var folder: String

  @Option(name: .customLong("as"), help: "imagefolder, csv or croissant.")
  var layout: ManifestFolder.Layout

  @Option(help: "The folder of its shards, if crops are to be read from there.")
  var crops: String?

  private struct Summary: Encodable {
    var manifestID: String
    var faces: Int
    var path: String
    /// False where the folder was there already.
    var written: Bool

    enum CodingKeys: String, CodingKey {
      case faces, path, written
      case manifestID = "manifestId"
    }
  }

  func run() throws {
    StopSignal.watch()
    let placed = try PlacedManifest(
      name, shardsIn: crops, workspace: workspace, access: .readOnly, needsCrops: layout != .csv)
    let manifest = placed.manifest
    let reporter = progress.reporter("export \(name)", unit: "faces")
    let path = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    let written: Bool
    do {
      written = try ManifestFolder(manifest: manifest, crops: placed.crops).write(
        layout, to: path, progress: { reporter.report($0) })
    } catch is StopSignal.Stopped {
      warn("stopped; run the same command again to go on")
      throw ExitCode.partly
    }
    try output.show(
      Summary(manifestID: manifest.id, faces: manifest.rows.count, path: path, written: written)
    ) { "\(path)  \(manifest.rows.count) faces" + (written ? "" : ", there already") }
  }
}

extension ManifestFolder.Layout: ExpressibleByArgument {}
