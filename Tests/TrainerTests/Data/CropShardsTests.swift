import FaceCore
import Foundation
import Media
import Testing
import Trainer

struct CropShardsTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "shards-\(UUID().uuidString)").path

  private func manifest(faces: Int) throws -> Manifest {
    try packedManifest(faces: faces, sides: [.source, .target])
  }

  private func contents() throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)))
      })
  }

  @Test func aPackedManifestHasEveryCropBesideItsRow() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }  // It is the system's anyway.
    let manifest = try manifest(faces: 7)
    #expect(
      try CropShards.pack(manifest, into: folder, limits: .init(faces: 3)) { packedCrop($0) } == 3)
    let shards = try CropShards(of: manifest, in: folder)
    for row in manifest.rows {
      #expect(try shards.crop(named: row.crop.name) == packedCrop(row.crop.name))
    }
    #expect(try shards.crop(named: "else") == nil)
    let second = try TarArchive(path: folder + "/pair-000001.tar")
    #expect(
      second.members.map(\.name).map { $0.split(separator: ".").last } == [
        "jpg", "json", "jpg", "json", "jpg", "json",
      ])
    for (index, row) in manifest.rows[3..<6].enumerated() {
      #expect(second.members[2 * index].name == row.id + ".jpg")
      let line = try second.bytes(of: second.members[2 * index + 1])
      #expect(String(decoding: line, as: UTF8.self) == (try CanonicalJSON.line(row)) + "\n")
    }
    #expect(try Manifest(path: folder + "/pair.jsonl").id == manifest.id)
  }

  @Test func packingAgainEndsTheSameWhateverWasThere() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }  // It is the system's anyway.
    let small = try manifest(faces: 4)
    try CropShards.pack(small, into: folder, limits: .init(faces: 3)) { packedCrop($0) }
    let wanted = try contents()
    #expect(wanted.count == 3)
    // A larger one, and what a killed run may leave.
    let large = try manifest(faces: 11)
    #expect { try CropShards.pack(large, into: folder) { packedCrop($0) } } throws: {
      "\($0)".contains("exists and is not this manifest; add --force")
    }
    #expect(throws: ManifestError.self) {
      try CropShards.pack(large, into: folder, replaces: true) { _ in nil }
    }
    #expect(try contents() == wanted)
    try CropShards.pack(large, into: folder, limits: .init(faces: 2), replaces: true) {
      packedCrop($0)
    }
    try Data([1, 2]).write(to: URL(fileURLWithPath: folder + "/.pair-000000.tar.part"))
    try CropShards.pack(small, into: folder, limits: .init(faces: 3), replaces: true) {
      packedCrop($0)
    }
    #expect(try contents() == wanted)
  }

  @Test func aShardKeepsItsLimitInBytes() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }  // It is the system's anyway.
    let manifest = try manifest(faces: 9)
    let shards = try CropShards.pack(manifest, into: folder, limits: .init(bytes: 16_000)) {
      packedCrop($0)
    }
    #expect(shards > 1)
    for (name, data) in try contents() where name.hasSuffix(".tar") {
      #expect(data.count <= 16_000)
    }
    #expect(
      try CropShards.pack(manifest, into: folder, limits: .init(bytes: 1)) { packedCrop($0) } == 9)
  }

  @Test func aMissingCropOrShardSaysSo() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }  // It is the system's anyway.
    let manifest = try manifest(faces: 5)
    #expect(throws: ManifestError.self) {
      try CropShards.pack(manifest, into: folder) { $0.contains("/3_0") ? nil : packedCrop($0) }
    }
    #expect(!FileManager.default.fileExists(atPath: folder + "/pair.jsonl"))
    #expect(throws: MediaError.self) { try CropShards(of: manifest, in: folder) }
    try CropShards.pack(manifest, into: folder, limits: .init(faces: 2)) { packedCrop($0) }
    try FileManager.default.removeItem(atPath: folder + "/pair-000002.tar")
    #expect(try CropShards(of: manifest, in: folder).crop(named: "00ff/4_0.jpg") == nil)
    try FileManager.default.copyItem(
      atPath: folder + "/pair-000000.tar", toPath: folder + "/pair-000002.tar")
    #expect { try CropShards(of: manifest, in: folder) } throws: {
      "\($0)".contains("is in another shard, too")
    }
  }
}
