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

/// Prints the error of a swapped video.
func score(_ swapped: String, truth: String, facts: String) throws {
  var errors = CellErrors()
  try forEachFrame(swapped, truth, facts) { image, answer, fact in
    errors.add(image, truth: answer, landmarks: fact.landmarks, of: fact)
  }
  print(errors.text)
}

/// Prints the error of what a model answers, as it is: without the match of colours that `apply` makes,
/// in the model's own square, which true landmarks set.
func score(model folder: String, target: String, truth: String, facts: String) throws {
  let model = try SwapModel(folder: URL(fileURLWithPath: folder), engine: CPUEngine(threads: 1))
  let side = model.resolution
  var errors = CellErrors()
  try forEachFrame(target, truth, facts) { image, answer, fact in
    let transform = cropTransform(landmarks: fact.landmarks, size: side, type: .midFull)
    func square(_ frame: Image) -> [Float] {
      FacePatch.cut(from: frame, transform: transform, resolution: side, border: .replicate)
    }
    let swapped = try model.swap(square(image), count: 1)
    errors.add(
      Image(planes: swapped[...], side: side),
      truth: Image(planes: square(answer)[...], side: side),
      landmarks: fact.landmarks.mapped(by: transform), of: fact)
  }
  print(errors.text)
}

private func forEachFrame(
  _ video: String, _ truth: String, _ facts: String,
  _ body: (Image, Image, FrameTruth) throws -> Void
) throws {
  var seen = try VideoReader(path: video)
  var right = try VideoReader(path: truth)
  let lines = try Data(contentsOf: URL(fileURLWithPath: facts)).split(separator: UInt8(ascii: "\n"))
  for line in lines {
    guard let image = try seen.next()?.image, let answer = try right.next()?.image else { break }
    try body(image, answer, try FrameTruth(line: Data(line)))
  }
}
