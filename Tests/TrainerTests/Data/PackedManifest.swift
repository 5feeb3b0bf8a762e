import FaceCore
import Foundation

/// Rows of a manifest whose crops are `packedCrop`'s, and no pictures; in turn of the given sides.
func packedManifest(faces: Int, sides: [Side]) throws -> Manifest {
  let rows = (0..<faces).map { index in
    let name = "00ff/\(index)_0.jpg"
    return ManifestRow(
      id: "00ff00ff00ff00ff:\(index):0", identity: "alice", side: sides[index % sides.count],
      split: .train,
      crop: .init(
        name: name, sha256: Digest.hex(of: Data(packedCrop(name))), size: 256,
        faceType: "full_face", matrix: .identity),
      frame: .init(
        video: String(repeating: "a", count: 64),
        time: Timestamp(ticks: Int64(index), numerator: 1, denominator: 25), ordinal: index),
      landmarks: figureLandmarks(), pose: Pose(yaw: 0, pitch: 0, roll: 0), light: nil,
      quality: [:], cell: "y4p2", weight: 1, augmentation: .init(mirror: false), why: "")
  }
  return try Manifest(
    header: .init(
      name: "pair", recipe: "", seed: 1, catalogRevision: 1, tool: "curate", short: [:]),
    rows: rows)
}

func packedCrop(_ name: String) -> [UInt8] {
  Array("crop \(name)".utf8) + [UInt8](repeating: 5, count: 600)
}
