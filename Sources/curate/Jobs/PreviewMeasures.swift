import Foundation
import Trainer

/// What is measured with each preview of a training, on the same faces every time.
struct PreviewMeasures {
  typealias Batches = [(source: TrainingBatch, target: TrainingBatch)]

  /// Of faces that are learned.
  private let learned: Batches
  /// Of faces that are not.
  private let heldOut: Batches
  private let truth: SwapTruth?

  /// Faces of each side that are looked at, at least.
  private static let faces = 16

  init(
    source: BatchLoader, target: BatchLoader, heldOut: Batches, truth: SwapTruth?
  ) throws {
    let size = source.configuration.batchSize
    learned = try (0..<(Self.faces + size - 1) / size).map {
      (source: try source.batch(step: $0), target: try target.batch(step: $0))
    }
    (self.heldOut, self.truth) = (heldOut, truth)
  }

  func quality(of model: SwapModel) throws -> PreviewQuality {
    PreviewQuality(
      learned: try sides(learned, model), unseen: try sides(heldOut, model),
      swap: try truth?.score(of: model), untouched: truth?.untouched)
  }

  private func sides(_ batches: Batches, _ model: SwapModel) throws -> PreviewQuality.Sides? {
    guard !batches.isEmpty else { return nil }
    let threads = ProcessInfo.processInfo.activeProcessorCount
    return PreviewQuality.Sides(
      source: try model.quality(on: batches.map(\.source), side: .source, threads: threads),
      target: try model.quality(on: batches.map(\.target), side: .target, threads: threads))
  }
}
