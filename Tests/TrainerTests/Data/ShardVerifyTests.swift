import FaceCore
import Foundation
import Media
import Testing
import Trainer

/// Every byte of a packed manifest counts.
struct ShardVerifyTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "verify-\(UUID().uuidString)").path
  private var list: String { folder + "/pair.jsonl" }

  private func pack(faces: Int, limit: Int) throws -> Manifest {
    let manifest = try packedManifest(faces: faces, sides: [.source])
    try CropShards.pack(manifest, into: folder, limits: .init(faces: limit)) { packedCrop($0) }
    return manifest
  }

  private func verify(_ manifest: Manifest) throws {
    try CropShards(of: manifest, in: folder).verify(manifest, listedIn: list)
  }

  private func isOneLine(_ error: any Error) -> Bool {
    !"\(error)".contains("\n") && "\(error)".contains(": ")
  }

  @Test func aChangeOfAnyByteIsFound() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }  // It is the system's anyway.
    let manifest = try pack(faces: 3, limit: 2)
    try verify(manifest)
    for shard in 0..<2 {
      let path = CropShards.path(of: "pair", shard: shard, in: folder)
      let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      func put(_ byte: UInt8, at place: Int) throws {
        try file.seek(toOffset: UInt64(place))
        try file.write(contentsOf: [byte])
      }
      for place in whole.indices {
        // All bits in turn.
        try put(whole[place] ^ 1 << UInt8(place % 8), at: place)
        #expect("byte \(place) of \(whole.count)") { try verify(manifest) } throws: {
          isOneLine($0)
        }
        try put(whole[place], at: place)
      }
    }
    try verify(manifest)
  }

  @Test func aShardOfAnyOtherLengthIsFound() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }  // It is the system's anyway.
    let manifest = try pack(faces: 2, limit: 2)
    let path = CropShards.path(of: "pair", in: folder)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in stride(from: whole.count - 1, through: 0, by: -1) {
      try #require(truncate(path, off_t(length)) == 0)
      #expect("\(length) of \(whole.count) bytes") { try verify(manifest) } throws: {
        isOneLine($0)
      }
    }
    for extra in [1, 512, 1024] {
      try (whole + Data(count: extra)).write(to: URL(fileURLWithPath: path))
      #expect("\(extra) more bytes") { try verify(manifest) } throws: { isOneLine($0) }
    }
    try whole.write(to: URL(fileURLWithPath: path))
    try verify(manifest)
  }

  @Test func whatStandsElsewhereOrShouldNotBeThereIsFound() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }  // It is the system's anyway.
    let manifest = try pack(faces: 4, limit: 2)
    let paths = (0..<3).map { CropShards.path(of: "pair", shard: $0, in: folder) }
    let files = try paths.prefix(2).map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    func write(_ data: Data, _ shard: Int) throws {
      try data.write(to: URL(fileURLWithPath: paths[shard]))
    }
    // The shards in each other's place.
    try write(files[1], 0)
    try write(files[0], 1)
    #expect { try verify(manifest) } throws: { isOneLine($0) }
    // Something more among the faces, and in a shard of its own.
    try write(files[0], 0)
    try write(files[1].dropLast(1024) + extra() + Data(count: 1024), 1)
    #expect { try verify(manifest) } throws: { isOneLine($0) }
    try write(files[1], 1)
    try write(extra() + Data(count: 1024), 2)
    #expect { try verify(manifest) } throws: { isOneLine($0) }
    try FileManager.default.removeItem(atPath: paths[2])
    try verify(manifest)
    try FileManager.default.removeItem(atPath: paths[1])
    #expect { try verify(manifest) } throws: { ($0 as? ManifestError)?.code == .cropMissing }
  }

  /// A member that no manifest knows.
  private func extra() throws -> Data {
    let path = folder + "/extra.tar"
    var writer = try TarWriter(path: path)
    try writer.add("letter.txt", Array("dear".utf8))
    try writer.commit()
    return try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(1024)
  }
}
