import FaceCore
import Foundation
import Testing

@Suite struct ManifestTests {
  static func row(_ id: String, side: Side = .source, cell: String = "y4p2") -> ManifestRow {
    ManifestRow(
      id: id, identity: "alice", side: side, split: .train,
      crop: .init(
        name: "\(id).jpg", sha256: Digest.hex(of: Data(id.utf8)), size: 256,
        faceType: "full_face", matrix: .identity),
      frame: .init(
        video: String(repeating: "a", count: 64),
        time: Timestamp(ticks: 512, numerator: 1, denominator: 12800), ordinal: 1),
      landmarks: Landmarks((0..<68).map { Point(x: Float($0) + 0.25, y: 7) }),
      pose: Pose(yaw: 12, pitch: 3, roll: -1), light: nil, quality: ["sharpness": 12.5],
      cell: cell, weight: 1, augmentation: .init(mirror: true), why: "cell \(cell) rank 1 of 9")
  }

  static func manifest() throws -> Manifest {
    try Manifest(
      header: .init(
        name: "demo", recipe: "source: identity = alice", seed: 7, catalogRevision: 3,
        tool: "curate 0.1.0", short: [:]),
      rows: [row("c"), row("a", side: .target), row("b", cell: "y0p2")])
  }

  @Test func readingReturnsWhatWasWritten() throws {
    let manifest = try Self.manifest()
    let read = try Manifest(data: manifest.data(), subject: "demo")
    #expect(read.header == manifest.header)
    #expect(read.rows == manifest.rows)
    #expect(read.rows.map(\.id) == ["a", "b", "c"])
    #expect(read.header.counts == ["source": ["y4p2": 1, "y0p2": 1], "target": ["y4p2": 1]])
    #expect(read.id.count == 64)
  }

  @Test func theOrderOfRowsDoesNotChangeTheBytes() throws {
    let header = try Self.manifest().header
    let rows = [Self.row("c"), Self.row("a"), Self.row("b")]
    let one = try Manifest(header: header, rows: rows).data()
    #expect(try Manifest(header: header, rows: rows.reversed()).data() == one)
  }

  @Test func everyChangedByteIsFound() throws {
    let data = try Self.manifest().data()
    for index in data.indices {
      var changed = data
      changed[index] ^= 1
      #expect(throws: ManifestError.self, "byte \(index)") {
        try Manifest(data: changed, subject: "demo")
      }
    }
  }

  @Test func everyTruncationIsFound() throws {
    let data = try Self.manifest().data()
    for length in 0..<data.count {
      #expect(throws: ManifestError.self, "\(length) bytes") {
        try Manifest(data: data.prefix(length), subject: "demo")
      }
    }
  }

  @Test func aFaceTwiceIsRefused() throws {
    let header = try Self.manifest().header
    #expect(throws: ManifestError.self) {
      try Manifest(header: header, rows: [Self.row("a"), Self.row("a")])
    }
  }

  /// Its bytes are as they were written, but who wrote it meant no good, or did not know.
  @Test func aManifestThatCannotBeUsedIsRefused() throws {
    let header = try Self.manifest().header
    var elsewhere = header
    elsewhere.name = "../elsewhere"
    let data = try Manifest(header: elsewhere, rows: [Self.row("a")]).data()
    #expect { try Manifest(data: data, subject: "m") } throws: {
      "\($0)" == "m: is named \"../elsewhere\""
    }
    for change in [
      { $0.weight = 0 }, { $0.crop.size = 0 }, { $0.crop.size = 1 << 40 },
      { $0.crop.name = "b.jpg" }, { $0.frame.time.denominator = 0 },
    ] as [(inout ManifestRow) -> Void] {
      var row = Self.row("a")
      change(&row)
      let data = try Manifest(header: header, rows: [row, Self.row("b")]).data()
      #expect { try Manifest(data: data, subject: "m") } throws: {
        ($0 as? ManifestError)?.code == .malformed
      }
    }
  }

  @Test func missingAndChangedCropsAreNamed() throws {
    let manifest = try Self.manifest()
    try manifest.verifyCrops(crop: { Array($0.dropLast(4).utf8) })
    let missing = #expect(throws: ManifestError.self) {
      try manifest.verifyCrops(crop: { _ in nil })
    }
    #expect(missing?.code == .cropMissing && missing?.subject == "a.jpg")
    let changed = #expect(throws: ManifestError.self) {
      try manifest.verifyCrops(crop: { Array(($0 == "b.jpg" ? "x" : $0.dropLast(4)).utf8) })
    }
    #expect(changed?.code == .cropChanged && changed?.subject == "b.jpg")
  }

  @Test func digestsAreThePublishedOnes() throws {
    #expect(
      Digest.hex(of: Data("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let path = NSTemporaryDirectory() + "digest-\(UUID().uuidString)"
    try Data(repeating: 97, count: 1_000_000).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(
      try Digest.hex(ofFile: path)
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func anAtomicWriteReplacesTheWholeFile() throws {
    let path = NSTemporaryDirectory() + "atomic-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try AtomicFile.write(Data("one".utf8), to: path)
    try AtomicFile.write(Data("two".utf8), to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
    let error = #expect(throws: FileError.self) {
      try AtomicFile.write(Data(), to: "/nowhere/at/all")
    }
    #expect(
      error?.description == "/nowhere/at/all: cannot be written: No such file or directory")
  }
}
