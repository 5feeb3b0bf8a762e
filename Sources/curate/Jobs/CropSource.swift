import Catalog
import FaceCore
import Foundation
import Trainer

/// Where the crops of a manifest are read from.
struct CropSource: Sendable {
  /// The bytes of a crop by its name, nil when there is none.
  ///
  /// May be called from several threads at once.
  let crop: @Sendable (String) throws -> [UInt8]?
  /// Why a crop would not be there, and what to do about it.
  let absence: String

  /// For work that needs no crops.
  static let none = CropSource(crop: { _ in nil }, absence: "not looked for")

  private init(crop: @escaping @Sendable (String) throws -> [UInt8]?, absence: String) {
    (self.crop, self.absence) = (crop, absence)
  }

  init(_ workspace: Workspace) {
    let crops = workspace.crops
    crop = { try crops.crop(named: $0) }
    absence = ManifestRow.absence
  }

  init(_ shards: CropShards, in folder: String) {
    crop = { try shards.crop(named: $0) }
    absence = "in no shard of \(folder); pack the manifest again"
  }

  /// What is wrong with a face's crop; nil when it is there and as it was.
  func fault(of row: ManifestRow) throws -> ManifestError? {
    try row.cropFault(absence: absence, crop)
  }

  /// The bytes of a face's crop, which are as they were when the manifest was written.
  func bytes(of name: String, sha256: String?) throws -> [UInt8] {
    let bytes = try crop(name)
    let fault = ManifestError(
      crop: name, hash: bytes.map { Digest.hex(of: $0) }, expected: sha256, absence: absence)
    if let fault { throw fault }
    return bytes ?? []
  }
}

/// A manifest, and where its crops are: in the workspace or in shards.
struct PlacedManifest {
  /// The manifest's file.
  let path: String
  let manifest: Manifest
  let crops: CropSource
  /// Nil when crops come from the workspace.
  let shards: CropShards?
  /// Nil when crops come from shards, or are not needed, and there is no workspace.
  let workspace: Workspace?

  /// `name`, a manifest's name or file, with crops from `folder`, or from shards beside the file, or
  /// from the workspace.
  ///
  /// Without a manifest of that name in the workspace the one in `folder` is taken.
  init(
    _ name: String, shardsIn folder: String?, workspace option: WorkspaceOption,
    access: Workspace.Access = .readWrite, needsCrops: Bool = true
  ) throws {
    var path = option.resolveManifest(name)
    let isFile = name.contains("/") || name.hasSuffix(".jsonl")
    if let folder, !isFile, !FileManager.default.fileExists(atPath: path) {
      path = "\(folder)/\(name).jsonl"
    }
    (self.path, manifest) = (path, try Manifest(path: path))
    let beside = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let first = CropShards.path(of: manifest.header.name, in: beside)
    let hasShards = isFile && FileManager.default.fileExists(atPath: first)
    guard needsCrops else {
      (crops, shards, workspace) = (.none, nil, nil)
      return
    }
    if let folder = folder ?? (hasShards ? beside : nil) {
      let found = try CropShards(of: manifest, in: folder)
      (crops, shards) = (CropSource(found, in: folder), found)
      workspace = try option.openIfThere(access)
    } else {
      guard !isFile || option.isThere else {
        throw CommandError(
          "\(path): its crops are not here; name their workspace with --workspace, or a folder of "
            + "shards with --crops")
      }
      let opened = try option.open(access)
      (crops, shards, workspace) = (CropSource(opened), nil, opened)
    }
  }

  /// Compares every crop with its hash, and shards with what packing writes, byte for byte.
  func verify(progress: (Progress) -> Void) throws {
    if let shards {
      try shards.verify(
        manifest, listedIn: path, absence: crops.absence, progress: progress)
    } else {
      try manifest.verifyCrops(absence: crops.absence, crop: crops.crop, progress: progress)
    }
  }
}
