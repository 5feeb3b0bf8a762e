import Align
import Catalog
import FaceCore
import Foundation
import Media

/// Cuts crops anew that the archive lacks or holds damaged.
struct RepairJob {
  let workspace: Workspace

  struct Result {
    var restored = 0
    var problems: [String] = []
  }

  func run(progress: (Progress) -> Void) throws -> Result {
    var result = Result()
    try workspace.rebuildSummary()
    let lacking = try workspace.facesLackingCrops()
    var done = 0
    for (video, faces) in Dictionary(grouping: lacking, by: \.path).sorted(by: { $0.key < $1.key })
    {
      do {
        result.restored += try restore(faces, from: video)
      } catch {
        result.problems.append("\(error); \(faces.count) crops are still missing")
      }
      done += faces.count
      progress(Progress(done: done, total: lacking.count))
    }
    return result
  }

  /// Goes once through the video.
  private func restore(_ faces: [FaceRecord], from path: String) throws -> Int {
    guard try Digest.hex(ofFile: path) == faces[0].videoSHA256 else {
      throw CommandError("\(path): is not the file any more that the crops were cut from")
    }
    let byOrdinal = Dictionary(grouping: faces, by: \.id.ordinal)
    var reader = try VideoReader(path: path)
    reader.skip(toOrdinal: byOrdinal.keys.min() ?? 0)
    let last = byOrdinal.keys.max() ?? 0
    var restored = 0
    while let frame = try reader.next(), frame.ordinal <= last {
      for face in byOrdinal[frame.ordinal] ?? [] {
        let crop = face.crop
        let square = CropCutter(size: crop.size).crop(of: frame, by: crop.transform)
        // Every import so far writes JPEG of this quality; the hash proves it.
        let bytes = try JPEG.encode(square, quality: ImportOptions().jpegQuality)
        try workspace.restoreCrop(of: face, bytes: bytes)
        restored += 1
      }
    }
    return restored
  }
}
