import Catalog
import FaceCore
import Foundation

/// A workspace with a manifest of made-up faces and crops of noise, for `curate manifest verify`.
///
/// Usage: catalog-bench manifest FOLDER FACES [BYTES A CROP]
enum ManifestBench {
  static func make(in folder: String, faces: Int, bytes: Int) throws {
    let workspace = try Workspace.create(at: folder)
    var generator = SeededGenerator(seed: 1)
    var rows: [ManifestRow] = []
    for start in stride(from: 0, to: faces, by: 500) {
      var crops: [(name: String, bytes: [UInt8])] = []
      for number in start..<min(start + 500, faces) {
        var noise: [UInt8] = []
        noise.reserveCapacity(bytes + 8)
        while noise.count < bytes {
          withUnsafeBytes(of: generator.next()) { noise.append(contentsOf: $0) }
        }
        let row = row(number, crop: noise, using: &generator)
        crops.append((row.crop.name, noise))
        rows.append(row)
      }
      try workspace.crops.put(crops)
    }
    let header = Manifest.Header(
      name: "bench", recipe: "", seed: 1, catalogRevision: 1, tool: "catalog-bench", short: [:])
    let manifest = try Manifest(header: header, rows: rows)
    try FileManager.default.createDirectory(
      atPath: folder + "/manifests", withIntermediateDirectories: true)
    try AtomicFile.write(try manifest.data(), to: folder + "/manifests/bench.jsonl")
  }

  private static func row(
    _ number: Int, crop: [UInt8], using generator: inout SeededGenerator
  ) -> ManifestRow {
    let video = Digest.hex(of: Data("video \(number / 1000)".utf8))
    let names = ["sharpness", "luminance", "mouth", "eyes", "exposure", "noise", "blur", "jitter"]
    let pose = Pose(
      yaw: .random(in: -90...90, using: &generator),
      pitch: .random(in: -40...40, using: &generator), roll: 0)
    let cell = PoseCell(yaw: pose.yaw, pitch: pose.pitch).name
    return ManifestRow(
      id: "\(video.prefix(16)):\(number % 1000):0", identity: "alice",
      side: number % 2 == 0 ? .source : .target, split: number % 10 == 0 ? .validation : .train,
      crop: .init(
        name: "\(video.prefix(16))/\(number % 1000)_0.jpg", sha256: Digest.hex(of: crop),
        size: 256, faceType: "full_face",
        matrix: .init(
          a: .random(in: 0...2, using: &generator), b: 0.1, tx: -30.25, c: -0.1, d: 1.5, ty: 8)),
      frame: .init(
        video: video, time: Timestamp(ticks: Int64(number), numerator: 1, denominator: 25),
        ordinal: number % 1000),
      landmarks: Landmarks(
        (0..<68).map { _ in
          Point(
            x: .random(in: 0...1920, using: &generator), y: .random(in: 0...1080, using: &generator)
          )
        }), pose: pose,
      light: Light(harmonics: (0..<9).map { _ in .random(in: -1...1, using: &generator) }),
      quality: Dictionary(
        uniqueKeysWithValues: names.map { ($0, .random(in: 0...60, using: &generator)) }),
      cell: cell, weight: 1, augmentation: .init(mirror: false), why: "cell \(cell) rank 1 of 9")
  }
}
