import Foundation
import Testing
import Trainer

/// What PyTorch 2.15 makes of a pair of pictures, in doubles, from the definitions: convolution with the
/// window, `(1 − SSIM) / 2`, moments inside of the mask.
struct LossReference: Sendable {
  let resolution: Int
  let dissimilarity: Double
  /// The length of its gradient, and the slope in the pixel in the middle of the second channel.
  let gradient: Double
  let slope: Double
  let color: Double
  let absolute: Double

  static let all = [
    LossReference(
      resolution: 24, dissimilarity: 0.262929194, gradient: 0.131666681, slope: -0.000513048963,
      color: 0.00228532072, absolute: 0.100192008),
    LossReference(
      resolution: 64, dissimilarity: 0.439105472, gradient: 0.0559821833, slope: 7.65138199e-05,
      color: 0.00223693899, absolute: 0.0997638866),
    LossReference(
      resolution: 140, dissimilarity: 0.449725403, gradient: 0.0256277146,
      slope: 4.57088949e-05, color: 0.0022289387, absolute: 0.0998735577),
    LossReference(
      resolution: 256, dissimilarity: 0.387412623, gradient: 0.013276482, slope: 2.13466508e-05,
      color: 0.00222704697, absolute: 0.0998890587),
  ]

  /// Waves that differ a little, and a round mask whose lower half counts double.
  var prediction: [Float] {
    picture { x, y, c in 0.45 + 0.28 * sin(7 * x + 3 * y + c + 0.1) + 0.1 * cos(80 * x * y + c) }
  }

  var batch: TrainingBatch {
    let target = picture { x, y, c in
      0.5 + 0.3 * sin(7 * x + 3 * y + c) + 0.1 * cos(90 * x * y + c)
    }
    let mask = (0..<resolution * resolution).map { pixel -> Float in
      let (x, y) = place(pixel)
      guard (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5) < 0.16 else { return 0 }
      return y > 0.5 ? 2 : 1
    }
    return TrainingBatch(
      count: 1, resolution: resolution, input: target, target: target, mask: mask, faces: [0])
  }

  private func place(_ pixel: Int) -> (x: Double, y: Double) {
    (
      Double(pixel % resolution) / Double(resolution),
      Double(pixel / resolution) / Double(resolution)
    )
  }

  private func picture(_ value: (Double, Double, Double) -> Double) -> [Float] {
    (0..<3).flatMap { channel in
      (0..<resolution * resolution).map { pixel in
        let (x, y) = place(pixel)
        return Float(value(x, y, Double(channel)))
      }
    }
  }

  /// The mean over the batch, with 0.1 for a pixel outside of the mask.
  func loss(_ kind: LossTerm.Kind) throws -> Loss {
    [LossTerm(kind, weight: 1)].loss(
      of: prediction, against: batch, outsideWeight: 0.1, threads: 2)
  }
}

@Test(arguments: LossReference.all)
func lossesAreThoseOfTheReference(_ item: LossReference) throws {
  let structure = try item.loss(.dissimilarity)
  #expect(abs(Double(structure.values[0]) - item.dissimilarity) < 2e-6)
  let length = structure.gradient.reduce(0.0) { $0 + Double($1 * $1) }.squareRoot()
  #expect(abs(length - item.gradient) < 1e-5 * item.gradient)
  let (middle, area) = (item.resolution / 2, item.resolution * item.resolution)
  let slope = Double(structure.gradient[area + middle * item.resolution + middle])
  #expect(abs(slope - item.slope) < 1e-5 * item.gradient)
  #expect(abs(Double(try item.loss(.color).values[0]) - item.color) < 1e-7)
  #expect(abs(Double(try item.loss(.absolute).values[0]) - item.absolute) < 2e-6)
}

/// A face of one gray that should be another has no contrast to miss: the loss is the square of the step.
@Test func aTintIsTheSquareOfItsStep() throws {
  let mask = [Float](repeating: 1, count: 64)
  let batch = TrainingBatch(
    count: 1, resolution: 8, input: [Float](repeating: 0.5, count: 192),
    target: [Float](repeating: 0.5, count: 192), mask: mask, faces: [0])
  // Red is 0.2 too bright.
  let made = (0..<192).map { $0 < 64 ? Float(0.7) : 0.5 }
  let terms = [LossTerm(.color, weight: 3)]
  let loss = terms.loss(of: made, against: batch, outsideWeight: 0.1, threads: 1)
  #expect(abs(loss.values[0] - 0.04) < 1e-6)
  #expect(loss.gradient[..<64].allSatisfy { abs($0 - 2 * 0.2 / 64) < 1e-6 })
  #expect(loss.gradient[64...].allSatisfy { $0 == 0 })
}

/// Noise that keeps the colors of a face costs nothing.
@Test func noiseThatKeepsTheColorsIsNoTint() throws {
  let batch = LossReference.all[1].batch
  let terms = [LossTerm(.color, weight: 1)]
  let swapped = (0..<3).flatMap { plane -> [Float] in
    // Pixels of a row change places; the mask is even.
    let start = plane * 4096
    return (0..<4096).map { batch.target[start + $0 / 64 * 64 + 63 - $0 % 64] }
  }
  var even = batch
  even.mask = [Float](repeating: 1, count: 4096)
  let loss = terms.loss(of: swapped, against: even, outsideWeight: 0.1, threads: 1)
  #expect(abs(loss.values[0]) < 1e-9)
}

@Test(arguments: [
  (12, [3]), (16, [7]), (64, [11]), (128, [11]), (139, [11]), (140, [13]), (255, [21]),
  (256, [23, 11]), (512, [45, 23]),
])
func windowsKeepTheirPartOfTheFace(resolution: Int, windows: [Int]) {
  #expect(dissimilarityWindows(resolution: resolution) == windows)
}

@Test func aWeightOfALossIsSetOrTakenAway() {
  var terms = TrainingConfiguration(model: .light).losses
  let before = terms
  terms.setWeight(5, of: .color)
  #expect(terms == before + [LossTerm(.color, weight: 5)])
  terms.setWeight(2, of: .absolute)
  #expect(terms.first == LossTerm(.absolute, weight: 2))
  terms.setWeight(1, of: .absolute)
  terms.setWeight(0, of: .color)
  #expect(terms == before)
}
