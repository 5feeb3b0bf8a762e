import Align
import Catalog
import FaceCore
import Foundation
import Media
import Trainer

/// Frames whose swap has a known right answer, from clips as `sample` makes them.
struct TruthFinder {
  /// Knows the target's faces already, if it is there.
  let workspace: Workspace?
  let manifest: Manifest
  /// Side of the model's square, in pixels.
  let resolution: Int

  /// Frames that are measured, of all clips together.
  private static let frameCount = 30

  /// The frames of a folder with `truth/`, or of one video in there; the target's has the same name
  /// and lies beside `truth/`.
  ///
  /// Faces are found as `apply` finds them, so that what is measured is what one gets.
  func truth(at path: String, progress: ProgressOption) throws -> SwapTruth {
    let pairs = try pairs(at: path)
    let count = max(1, Self.frameCount / pairs.count)
    return SwapTruth(
      frames: try pairs.flatMap { try frames($0.target, $0.truth, count: count, progress) })
  }

  private func pairs(at path: String) throws -> [(target: String, truth: String)] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandError("\(path): no such folder or video")
    }
    let isFolder = try FileError.naming(path, "cannot be read") {
      try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        == .typeDirectory
    }
    let folder =
      isFolder
      ? URL(fileURLWithPath: path)
      : URL(fileURLWithPath: path).deletingLastPathComponent().deletingLastPathComponent()
    let truths = folder.appending(path: "truth").path
    // Without the folder there is no pair.
    let all = (try? FileManager.default.contentsOfDirectory(atPath: truths)) ?? []
    let names = isFolder ? all.sorted() : [URL(fileURLWithPath: path).lastPathComponent]
    let pairs = names.filter { !$0.hasPrefix(".") && !$0.hasSuffix(".jsonl") }.map {
      (target: folder.appending(path: $0).path, truth: "\(truths)/\($0)")
    }.filter { pair in
      [pair.target, pair.truth].allSatisfy(FileManager.default.fileExists)
    }
    guard !pairs.isEmpty else {
      throw CommandError(
        "\(path): no truth/NAME.mp4 with a NAME.mp4 beside truth/; `curate sample` makes them")
    }
    return pairs
  }

  private func frames(
    _ target: String, _ truth: String, count: Int, _ progress: ProgressOption
  ) throws -> [SwapTruth.Frame] {
    let sha256 = try Digest.hex(ofFile: target)
    if manifest.rows.contains(where: { $0.frame.video == sha256 && $0.split == .train }) {
      warn("Warning: \(target): is learned from; its swap says little about other footage")
    }
    let row = manifest.rows.first { $0.side == .target }
    let reporter = progress.reporter("find faces", unit: "frames")
    let faces = try TargetFinder(workspace: workspace, identity: row?.identity)
      .faces(in: target) { reporter.report($0) }
    let all = faces.keys.sorted()
    let chosen = Set(
      (0..<min(count, all.count)).map { all[$0 * all.count / min(count, all.count)] })
    reporter.finish("\(chosen.count) of \(all.count) to be measured")
    guard !chosen.isEmpty else { throw CommandError("\(target): no face found to measure") }
    let faceType = row.flatMap { FaceType(rawValue: $0.crop.faceType) } ?? .full
    let (seen, right) = (try VideoSource(path: target), try VideoSource(path: truth))
    var frames: [SwapTruth.Frame] = []
    while frames.count < chosen.count, let frame = try seen.next(), let answer = try right.next() {
      guard chosen.contains(frame.ordinal), let landmarks = faces[frame.ordinal] else { continue }
      let face = TargetFace(
        landmarks: landmarks,
        transform: cropTransform(landmarks: landmarks, size: resolution, type: faceType))
      frames.append(
        try SwapTruth.Frame(
          image: frame.image, truth: answer.image, face: face, resolution: resolution,
          subject: truth))
    }
    return frames
  }
}
