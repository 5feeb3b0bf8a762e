import Catalog
import FaceCore
import Foundation
import Media
import Networks
import Trainer

/// A manifest in, a trained model out.
struct TrainJob {
  /// Where losses of faces are kept; nil when there is no catalogue here.
  let workspace: Workspace?
  let manifest: Manifest
  let crops: CropSource
  /// `models/NAME`.
  let folder: URL
  let configuration: TrainingConfiguration
  /// What computes it, where that is not our own engine.
  let torch: EngineOptions.Torch?
  /// What a new one begins with.
  let startingFrom: TrainingRun.Start?
  /// Told of each step and preview, for TensorBoard.
  var log: TensorBoardLog?
  /// Frames whose right answer is known; nil for none.
  var truth: SwapTruth?

  /// Faces shown in a preview.
  private static let previewFaces = 6
  /// Batches of unseen faces that are looked at with each preview, at most.
  private static let heldOutBatches = 8
  /// Seconds between two writings of the page, at least.
  private static let pageInterval = 60.0
  static let manifestName = "manifest.jsonl"

  /// Trains to a limit of the configuration or until `shouldStop`, and leaves a checkpoint.
  ///
  /// `started` is told what is resumed and which damaged checkpoints were passed over.
  func run(
    started: (_ run: TrainingRun) -> Void, shouldStop: () -> Bool,
    report: (TrainingReport) -> Void, note: @escaping (String) -> Void
  ) throws -> (end: TrainingEnd, run: TrainingRun) {
    let missing = try missingCrops(note: note)
    if let group = torch?.group { try agree(group, missing: missing) }
    let source = try loader(.source, without: missing)
    let target = try loader(.target, without: missing)
    let heldOut = try heldOutBatches(without: missing, note: note)
    let measures = try PreviewMeasures(
      source: source, target: target, heldOut: heldOut, truth: truth)
    let run = try TrainingRun(
      folder: folder, configuration: configuration, manifest: manifest.id, engine: CPUEngine(),
      torch: torch?.engine, group: torch?.group, startingFrom: startingFrom)
    let keepsFiles = torch?.group?.place.rank ?? 0 == 0
    let warnings = keepsFiles ? RunWarnings(run: folder, step: run.step) : nil
    let xmp = compositeXMP(
      CompositeOrigin(
        creatorTool: Curate.tool, modelName: folder.lastPathComponent, modelDigest: nil,
        manifestID: manifest.id))
    var losses = FaceLosses(
      source: source.samples.map(\.id), target: target.samples.map(\.id))
    var written = ContinuousClock.now
    let end = try run.train(
      batches: { (source: try source.batch(step: $0), target: try target.batch(step: $0)) },
      prepare: {
        if keepsFiles {
          // `apply` reads who and how much of the face from here, wherever the model is taken.
          try AtomicFile.write(
            try manifest.data(), to: folder.appending(path: Self.manifestName).path)
        }
        started(run)
        if let warnings {
          let advice = TrainingAdvice(
            manifest, hashes: run.step == 0 ? try hashes(without: missing) : [:])
          for warning in warnings.add(advice) { note(warning.text) }
        }
      },
      heldOut: heldOut,
      shouldStop: shouldStop,
      report: {
        losses.add($0)
        try log?.add($0)
        for warning in try warnings?.add($0) ?? [] { note(warning.text) }
        report($0)
      }, note: note,
      measure: { try measures.quality(of: $0) },
      preview: { step, model in
        let sheet = try preview(of: model, source: source, target: target)
        let name = String(format: "%06d.png", step)
        try ImageFile.write(sheet, path: run.previews.appending(path: name).path, xmp: xmp)
        try log?.add(preview: sheet, step: step)
        if written.secondsToNow > Self.pageInterval {
          tell(losses, step: step, note: note)
          written = .now
        }
      })
    if keepsFiles { tell(losses, step: run.step, note: note) }
    return (end, run)
  }

  /// Throws unless all processes train the same: they would drift apart in silence.
  private func agree(_ group: TorchGroup, missing: Set<String>) throws {
    var settings = configuration
    settings.timeLimit = nil
    let facts = try CanonicalJSON.line(settings) + manifest.id + missing.sorted().joined()
    guard try group.agrees(on: facts) else {
      throw CommandError(
        "process \(group.place.rank) of \(group.place.size): another one has other settings, "
          + "another manifest or other crops")
    }
  }

  /// Names of crops that are gone or altered, each of them said; few enough to do without.
  ///
  /// Throws when they are more than one in a hundred: such a set is not what was chosen.
  private func missingCrops(note: (String) -> Void) throws -> Set<String> {
    let faults = try manifest.rows.compactMap { try crops.fault(of: $0) }
    if let first = faults.first, 100 * faults.count > manifest.rows.count {
      throw ManifestError(
        code: first.code, subject: manifest.header.name,
        reason: "\(faults.count) of \(manifest.rows.count) crops are gone or altered, the first: "
          + "\(first)"
          + (first.reason == ManifestRow.absence ? "; curate repair cuts them again" : ""))
    }
    for fault in faults { note("\(fault); trained without it") }
    return Set(faults.map(\.subject))
  }

  /// Of the crops of each side, as many as `TrainingAdvice` compares.
  private func hashes(without missing: Set<String>) throws -> [String: CropHash] {
    var hashes: [String: CropHash] = [:]
    for side in Side.allCases {
      for row in rows(side, without: missing).prefix(TrainingAdvice.compared) {
        guard let bytes = try crops.crop(row.crop.name) else { continue }
        // A hash looks at 17 × 17 means.
        hashes[row.crop.name] = CropHash(
          try ImageFile.decode(bytes, atLeast: 64, subject: row.crop.name).image)
      }
    }
    return hashes
  }

  private func rows(
    _ side: Side, _ split: ManifestRow.Split = .train, without missing: Set<String>
  ) -> [ManifestRow] {
    manifest.rows.filter {
      $0.side == side && $0.split == split && !missing.contains($0.crop.name)
    }
  }

  /// Faces that are not learned, a few batches of them; none unless both sides have some.
  private func heldOutBatches(
    without missing: Set<String>, note: (String) -> Void
  ) throws -> [(source: TrainingBatch, target: TrainingBatch)] {
    let counts = Side.allCases.map { rows($0, .validation, without: missing).count }
    guard let fewest = counts.min(), let most = counts.max(), fewest > 0 else {
      if let most = counts.max(), most > 0 {
        note(
          "\(most) faces of one side are held out and none of the other, so that none are measured")
      }
      return []
    }
    let source = try loader(.source, .validation, without: missing)
    let target = try loader(.target, .validation, without: missing)
    let batches = (most + configuration.batchSize - 1) / configuration.batchSize
    return try (0..<min(Self.heldOutBatches, batches)).map {
      (source: try source.batch(step: $0), target: try target.batch(step: $0))
    }
  }

  /// Writes the run's page, and the losses into the catalogue where it may be written.
  ///
  /// Neither a page that cannot be made nor a catalogue that is busy or full stops a training.
  private func tell(_ losses: FaceLosses, step: Int, note: (String) -> Void) {
    let hardest = losses.hardest
    let names = Dictionary(
      uniqueKeysWithValues: manifest.rows.map { ("\($0.side) \($0.id)", $0.crop.name) })
    do {
      try RunReport(folder: folder, manifest: manifest, configuration: configuration)
        .write(hardest: hardest) { face in
          guard let name = names["\(face.side) \(face.id)"], let bytes = try crops.crop(name)
          else { return nil }
          return try ImageFile.decode(bytes, subject: name)
        }
    } catch {
      note("the page was not written: \(error)")
    }
    guard let workspace, !workspace.isReadOnly else { return }
    do {
      try workspace.keepLosses(
        hardest.compactMap { face in FaceID(face.id).map { FaceLoss(id: $0, loss: face.loss) } },
        model: folder.lastPathComponent, step: step)
    } catch {
      note("the losses of the faces were not kept: \(error)")
    }
  }

  private func loader(
    _ side: Side, _ split: ManifestRow.Split = .train, without missing: Set<String>
  ) throws -> BatchLoader {
    let rows = rows(side, split, without: missing)
    guard !rows.isEmpty else {
      throw ManifestError(
        code: .malformed, subject: manifest.header.name,
        reason: "no \(side.rawValue) face to train on")
    }
    let hashes = Dictionary(uniqueKeysWithValues: rows.map { ($0.crop.name, $0.crop.sha256) })
    let crops = crops
    var batches = BatchLoader.Configuration(
      resolution: configuration.resolution, batchSize: configuration.batchSize,
      seed: configuration.seed, stream: side == .source ? 0 : 1)
    batches.detailWeight = configuration.detailWeight
    if split == .train, let end = configuration.warpEnd {
      // Of batches that this process and the others take; so far away that no number holds it is never.
      let (batch, isNever) = end.multipliedReportingOverflow(
        by: configuration.accumulation * configuration.processes)
      batches.warpEnd = isNever ? nil : batch
    }
    return try BatchLoader(
      samples: try rows.flatMap { try FaceSample.samples(of: $0, variants: split == .train) },
      configuration: batches,
      threads: ProcessInfo.processInfo.activeProcessorCount
    ) { name, side in
      let bytes = try crops.bytes(of: name, sha256: hashes[name])
      return try ImageFile.decode(bytes, atLeast: side, subject: name)
    }
  }

  /// Columns source, its reconstruction, target, its swap; the same faces every time.
  private func preview(
    of model: SwapModel, source: BatchLoader, target: BatchLoader
  ) throws -> Image {
    let count = min(Self.previewFaces, configuration.batchSize)
    let size = 3 * model.resolution * model.resolution
    let sources = Array(try source.batch(step: 0).target.prefix(count * size))
    let targets = Array(try target.batch(step: 0).target.prefix(count * size))
    let columns = [
      sources, try model.reconstruct(sources, count: count, side: .source),
      targets, try model.swap(targets, count: count),
    ]
    return PreviewSheet.image(
      columns: columns.map(PreviewSheet.Column.init), count: count, resolution: model.resolution,
      scale: max(1, 128 / model.resolution))
  }
}
