import Align
import FaceCore
import Foundation
import Media
import Networks
import SyntheticFaces
import Trainer

/// Errors by cell of true yaw × pitch × light: root mean square of 8-bit sRGB values, and 1 − SSIM.
struct CellErrors {
  private var cells: [FaceCell: [(rms: Double, dssim: Double)]] = [:]

  /// Adds a picture and its right answer, compared inside the outline of the landmarks in it.
  mutating func add(_ image: Image, truth: Image, landmarks: Landmarks, of fact: FrameTruth) {
    let outline = FaceMask.training.outline(of: landmarks)
    let mask = FrameMask(
      x: 0, y: 0, width: image.width, height: image.height,
      values: FaceMask.training.render(outline, width: image.width, height: image.height))
    var error = SwapError()
    error.add(image, truth: truth, mask: mask)
    guard let psnr = error.psnr, let ssim = error.ssim else { return }
    let pose = PoseCell(yaw: fact.pose.yaw, pitch: fact.pose.pitch)
    cells[FaceCell(pose, light: fact.light.bin), default: []].append(
      (255 * pow(10, -min(100, psnr) / 20), 1 - ssim))
  }

  /// The mean over frames, and that over the worst tenth of the cells.
  var text: String {
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
    func worst(_ values: [Double]) -> Double {
      mean(Array(values.sorted(by: >).prefix((values.count + 9) / 10)))
    }
    // Cells of a few frames tell more of those frames than of the cell.
    let counted = cells.values.filter { $0.count >= 5 }
    let all = cells.values.flatMap(\.self)
    return String(
      format: "%d frames, %d cells: rms %.3f, worst tenth of cells %.3f; 1-ssim %.4f, worst %.4f",
      all.count, counted.count, mean(all.map(\.rms)), worst(counted.map { mean($0.map(\.rms)) }),
      mean(all.map(\.dssim)), worst(counted.map { mean($0.map(\.dssim)) }))
  }
}

/// Prints the error of swapped videos, which are called as the targets of `clips` are, against the truth in
/// the `part` of it.
func score(_ swapped: String, clips: String, part: String) throws {
  var errors = CellErrors()
  for name in try targets(clips) {
    try forEachFrame(
      "\(swapped)/\(name).mp4", "\(clips)/\(part)/\(name)", lines: "\(clips)/\(name).jsonl"
    ) { image, answer, fact, _ in
      errors.add(image, truth: answer, landmarks: fact.landmarks, of: fact)
    }
  }
  print(errors.text)
}

/// Prints the error of what a model answers, as it is: without the match of colours that `apply` makes,
/// in the model's own square, which true landmarks set.
///
/// A model answers with a face that lies in the square as its own landmarks say, and sees one that does so
/// by its own.
func score(model folder: String, clips: String) throws {
  let model = try SwapModel(folder: URL(fileURLWithPath: folder), engine: CPUEngine(threads: 1))
  let side = model.resolution
  func place(_ landmarks: Landmarks) -> FaceCore.AffineTransform {
    cropTransform(landmarks: landmarks, size: side, type: .midFull)
  }
  func square(_ frame: Image, _ landmarks: Landmarks) -> [Float] {
    FacePatch.cut(
      from: frame, transform: place(landmarks), resolution: side, border: .replicate)
  }
  var errors = CellErrors()
  for name in try targets(clips) {
    try forEachFrame(
      "\(clips)/\(name).mp4", "\(clips)/own-tone/\(name)", lines: "\(clips)/\(name).jsonl"
    ) { image, answer, fact, seen in
      errors.add(
        Image(planes: try model.swap(square(image, seen.landmarks), count: 1)[...], side: side),
        truth: Image(planes: square(answer, fact.landmarks)[...], side: side),
        landmarks: fact.landmarks.mapped(by: place(fact.landmarks)), of: fact)
    }
  }
  print(errors.text)
}

private func targets(_ clips: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: clips)
    .filter { $0.hasPrefix("target-") && $0.hasSuffix(".mp4") }
    .map { String($0.dropLast(4)) }.sorted()
}

/// `body` is given a frame, its right answer, what is known of that, and of the target's own face.
private func forEachFrame(
  _ video: String, _ truth: String, lines: String,
  _ body: (Image, Image, FrameTruth, FrameTruth) throws -> Void
) throws {
  func facts(_ path: String) throws -> [FrameTruth] {
    try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n"))
      .map { try FrameTruth(line: Data($0)) }
  }
  var seen = try VideoReader(path: video)
  var right = try VideoReader(path: truth + ".mp4")
  for (fact, own) in zip(try facts(truth + ".jsonl"), try facts(lines)) {
    guard let image = try seen.next()?.image, let answer = try right.next()?.image else { break }
    try body(image, answer, fact, own)
  }
}
