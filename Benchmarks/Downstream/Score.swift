import FaceCore
import Foundation
import Media
import SyntheticFaces
import Trainer

/// Prints the error of a swap inside the face's outline: the mean over frames, and that over the worst
/// tenth of the cells of true yaw × pitch × light.
///
/// Errors: root mean square of 8-bit sRGB values, and 1 − SSIM.
func score(_ swapped: String, truth: String, facts: String) throws {
  var seen = try VideoReader(path: swapped)
  var right = try VideoReader(path: truth)
  let lines = try Data(contentsOf: URL(fileURLWithPath: facts)).split(separator: UInt8(ascii: "\n"))
  var cells: [FaceCell: [(rms: Double, dssim: Double)]] = [:]
  for line in lines {
    guard let image = try seen.next()?.image, let answer = try right.next()?.image else { break }
    let fact = try FrameTruth(line: Data(line))
    let outline = FaceMask.training.outline(of: fact.landmarks)
    let mask = FrameMask(
      x: 0, y: 0, width: image.width, height: image.height,
      values: FaceMask.training.render(outline, width: image.width, height: image.height))
    var error = SwapError()
    error.add(image, truth: answer, mask: mask)
    guard let psnr = error.psnr, let ssim = error.ssim else { continue }
    let pose = PoseCell(yaw: fact.pose.yaw, pitch: fact.pose.pitch)
    let cell = FaceCell(pose, light: fact.light.bin)
    cells[cell, default: []].append((255 * pow(10, -min(100, psnr) / 20), 1 - ssim))
  }
  func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
  func worst(_ values: [Double]) -> Double {
    mean(Array(values.sorted(by: >).prefix((values.count + 9) / 10)))
  }
  // Cells of a few frames tell more of those frames than of the cell.
  let counted = cells.values.filter { $0.count >= 5 }
  let all = cells.values.flatMap(\.self)
  print(
    String(
      format: "%d frames, %d cells: rms %.3f, worst tenth of cells %.3f; 1-ssim %.4f, worst %.4f",
      all.count, counted.count, mean(all.map(\.rms)), worst(counted.map { mean($0.map(\.rms)) }),
      mean(all.map(\.dssim)), worst(counted.map { mean($0.map(\.dssim)) })))
}
