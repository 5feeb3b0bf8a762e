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
    // Two videos may lie, or have lain, at one path.
    let videos = Dictionary(grouping: lacking, by: \.videoSHA256).values.sorted {
      ($0[0].path, $0[0].videoSHA256) < ($1[0].path, $1[0].videoSHA256)
    }
    for faces in videos {
      do {
        try restore(faces, into: &result)
      } catch {
        result.problems.append("\(error); \(faces.count) crops are still missing")
      }
      done += faces.count
      progress(Progress(done: done, total: lacking.count))
    }
    return result
  }

  /// Goes once through the video; what it cannot restore is among the problems.
  private func restore(_ faces: [FaceRecord], into result: inout Result) throws {
    let path = faces[0].path
    guard try Digest.hex(ofFile: path) == faces[0].videoSHA256 else {
      throw CommandError("\(path): is not the file any more that the crops were cut from")
    }
    let byOrdinal = Dictionary(grouping: faces, by: \.id.ordinal)
    var reader = try VideoReader(path: path)
    reader.skip(toOrdinal: byOrdinal.keys.min() ?? 0)
    let last = byOrdinal.keys.max() ?? 0
    var left = Set(faces.map(\.row))
    while let frame = try reader.next(), frame.ordinal <= last {
      for face in byOrdinal[frame.ordinal] ?? [] {
        let crop = face.crop
        let square = CropCutter(size: crop.size).crop(of: frame, by: crop.transform)
        // Every import so far writes JPEG of this quality; the hash proves it.
        let bytes = try JPEG.encode(square, quality: ImportOptions().jpegQuality)
        do {
          try workspace.restoreCrop(of: face, bytes: bytes)
          result.restored += 1
        } catch let error as CatalogError where error.code == .invalid {
          result.problems.append("\(path): \(error)")
        }
        left.remove(face.row)
      }
    }
    if !left.isEmpty {
      result.problems.append(
        "\(path): ends before \(left.count) of the faces; so many crops are still missing")
    }
  }
}
