public import FaceCore
import Foundation
public import Media

/// The crops of a manifest in tar files, `NAME-000000.tar` and so on, as WebDataset has them: for
/// each face its crop and its row, `ID.jpg` and `ID.json`, one after the other.
///
/// Source of the format: https://github.com/webdataset/webdataset
public struct CropShards: Sendable {
  struct Place {
    let shard: Int
    let member: TarArchive.Member
  }

  /// Of the shards, and how many bytes each has.
  let files: [(path: String, size: Int)]
  /// By the crop's name in the manifest.
  let places: [String: Place]

  /// The first shard's file of the manifest in a folder.
  public static func path(of name: String, shard: Int = 0, in folder: String) -> String {
    "\(folder)/\(name)-\(String(format: "%06d", shard)).tar"
  }

  /// Finds the shards of a manifest in a folder and reads their headers.
  ///
  /// What a shard holds besides the manifest's crops is passed over; a crop that none holds is one
  /// that ``crop(named:)`` does not know.
  ///
  /// Throws ``MediaError`` when there is no shard, and for a damaged one.
  public init(of manifest: Manifest, in folder: String) throws {
    let names = Dictionary(
      manifest.rows.map { (Self.memberName(of: $0), $0.crop.name) },
      uniquingKeysWith: { first, _ in first })
    var files: [(path: String, size: Int)] = []
    var places: [String: Place] = [:]
    repeat {
      let path = Self.path(of: manifest.header.name, shard: files.count, in: folder)
      let archive = try TarArchive(path: path)
      for member in archive.members {
        guard let crop = names[member.name] else { continue }
        guard places.updateValue(Place(shard: files.count, member: member), forKey: crop) == nil
        else {
          throw MediaError(
            code: .corrupt, subject: path, reason: "\(member.name) is in another shard, too")
        }
      }
      files.append((path, archive.size))
    } while FileManager.default.fileExists(
      atPath: Self.path(of: manifest.header.name, shard: files.count, in: folder))
    (self.files, self.places) = (files, places)
  }

  /// The bytes of a crop, by its name in the manifest; nil where no shard has it.
  ///
  /// May be called from any thread. Throws ``MediaError`` when its shard cannot be read.
  public func crop(named name: String) throws(MediaError) -> [UInt8]? {
    guard let place = places[name] else { return nil }
    return try TarArchive.bytes(of: place.member, in: files[place.shard].path)
  }

  /// What a face's crop is called in a shard.
  package static func memberName(of row: ManifestRow) -> String {
    let name = row.crop.name.split(separator: "/").last ?? ""
    let ending = name.lastIndex(of: ".").map { name[name.index(after: $0)...] } ?? "jpg"
    return "\(row.id).\(ending)"
  }

  /// What a face's row is called in a shard.
  static func rowName(of row: ManifestRow) -> String { "\(row.id).json" }
}
