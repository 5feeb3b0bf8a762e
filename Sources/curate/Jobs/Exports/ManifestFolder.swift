import FaceCore
import Foundation
import Trainer

/// A manifest written as a folder that other programs read unedited.
struct ManifestFolder {
  enum Layout: String, CaseIterable {
    /// Hugging Face's: `train/` and `validation/` with images and `metadata.jsonl`.
    case imagefolder
    /// One table, no images.
    case csv
    /// Tar shards, the table as JSON lines, and the Croissant description of both.
    case croissant

    /// Grows when the same manifest makes other bytes.
    var version: Int { 2 }
  }

  let manifest: Manifest
  let crops: CropSource

  /// Writes the folder, whole or not at all, and returns false where it was there already.
  ///
  /// The same manifest makes the same bytes. Throws `ManifestError` for a crop that is missing or has
  /// changed, and then nothing is left; `StopSignal.Stopped` when that is asked for, `CommandError` when the folder
  /// holds anything else or could not be written to its end: then the next run goes on.
  func write(_ layout: Layout, to path: String, progress: (Progress) -> Void) throws -> Bool {
    let key = Digest.hex(of: Data("\(layout.rawValue) \(layout.version) \(manifest.id)".utf8))
    guard let folder = try PendingFolder(path: path, key: key) else { return false }
    do {
      try fill(folder, layout, progress: progress)
      try folder.commit()
    } catch let error as ManifestError {
      folder.remove()
      throw error
    } catch let stop as StopSignal.Stopped {
      throw stop
    } catch {
      throw CommandError(
        "\(error); what is written stays in \(folder.pendingPath), and the same command goes on "
          + "from there")
    }
    return true
  }

  private func fill(
    _ folder: PendingFolder, _ layout: Layout, progress: (Progress) -> Void
  ) throws {
    switch layout {
    case .imagefolder: try writeImages(to: folder, progress: progress)
    case .csv:
      let table = FaceTable(of: manifest.rows)
      let rows = manifest.rows.lazy.map { table.csv($0) }
      try folder.write(
        lines: CollectionOfOne(table.csvHeader) + Array(rows),
        to: "\(manifest.header.name).csv")
    case .croissant: try writeCroissant(to: folder, progress: progress)
    }
  }

  /// The image's name: ids are not names on every file system.
  static func imageName(of row: ManifestRow) -> String {
    "\(row.side.rawValue)-\(row.id.replacingOccurrences(of: ":", with: "-"))"
      + "." + (row.crop.name.split(separator: ".").last.map(String.init) ?? "jpg")
  }

  /// Images and tables as Hugging Face has them.
  ///
  /// Format: https://huggingface.co/docs/datasets/image_dataset
  private func writeImages(to folder: PendingFolder, progress: (Progress) -> Void) throws {
    let table = FaceTable(of: manifest.rows, fileName: Self.imageName)
    var done = 0
    for split in [ManifestRow.Split.train, .validation] {
      let rows = manifest.rows.filter { $0.split == split }
      if rows.isEmpty { continue }
      try folder.make(split.rawValue)
      for row in rows {
        let bytes = try crops.bytes(of: row.crop.name, sha256: row.crop.sha256)
        try folder.write(Data(bytes), to: "\(split.rawValue)/\(Self.imageName(of: row))")
        done += 1
        progress(Progress(done: done, total: manifest.rows.count))
      }
      try folder.write(
        lines: rows.lazy.map { table.json($0) }, to: "\(split.rawValue)/metadata.jsonl")
    }
    let card = DatasetCard(manifest: manifest)
    try folder.write(Data(card.text(files: Self.imageFiles).utf8), to: "README.md")
  }

  private static let imageFiles = """
    `train/` and `validation/` hold the images, and `metadata.jsonl` what is known of each. \
    `datasets.load_dataset("imagefolder", data_dir=…)` reads them.
    """

  /// Shards, a table, and the description of both.
  ///
  /// Format: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html
  private func writeCroissant(to folder: PendingFolder, progress: (Progress) -> Void) throws {
    let name = manifest.header.name
    let shards = try CropShards.pack(
      manifest, into: folder.pendingPath,
      crop: { name in
        try StopSignal.check()
        return try crops.crop(name)
      }, progress: progress)
    let table = FaceTable(of: manifest.rows, fileName: CropShards.memberName)
    try folder.write(lines: manifest.rows.lazy.map { table.json($0) }, to: "faces.jsonl")
    let card = DatasetCard(manifest: manifest)
    try folder.write(Data(card.text(files: Self.shardFiles).utf8), to: "README.md")
    let files = try
      (["faces.jsonl", "\(name).jsonl"]
      + (0..<shards).map { CropShards.path(of: name, shard: $0, in: "") }.map {
        String($0.dropFirst())
      })
      .map { name in
        let path = "\(folder.pendingPath)/\(name)"
        let size = try FileError.naming(path, "cannot be read") {
          try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        }
        return Croissant.File(name: name, size: size, sha256: try Digest.hex(ofFile: path))
      }
    let croissant = Croissant(card: card, table: table, files: files)
    try folder.write(try croissant.json(), to: "croissant.json")
  }

  private static let shardFiles = """
    `NAME-000000.tar` and on hold the images and their rows, as WebDataset has them; `faces.jsonl` is the \
    table, `croissant.json` describes both (`mlcroissant`), `NAME.jsonl` is the manifest itself.
    """
}
