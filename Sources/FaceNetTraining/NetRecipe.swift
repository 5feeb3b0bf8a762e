import FaceCore
import Foundation
import Networks

/// What a built-in network is trained on.
package struct NetRecipe: Sendable {
  /// Which network.
  package enum Kind: String, Sendable, CaseIterable {
    case detector, landmarks, embedding, occlusion
  }

  package var kind: Kind
  /// Rendered people, and portraits of each.
  package var people = 220
  package var portraitsEach = 40
  package var seed: UInt64 = 1
  /// Lists of annotated pictures, as `PortraitFolder` reads them.
  package var lists: [String] = []
  /// Portraits that are known already, besides.
  package var more: [Portrait] = []
  /// Share of the samples that show rendered people, where there are others.
  package var syntheticShare: Float = 0.45
  /// A folder of pictures without people; nil for plain walls only.
  package var backgrounds: String?
  /// A file of weights that are put beside those that have learnt: of the embedding's other tower.
  package var beside: String?
  /// A file that keeps the rendered portraits for the next time; nil to keep none.
  package var cache: String?

  package init(kind: Kind) { self.kind = kind }

  /// Trains it, or goes on from `output` + ".checkpoint", and writes the weights to `output`.
  ///
  /// Throws for data that cannot be read, or a file that cannot be written.
  package func train(
    options: NetTrainingOptions, output: String,
    rendering: @Sendable (Progress) -> Void, report: (NetTrainingReport) -> Void
  ) throws {
    var others: [Portrait] = []
    for list in lists { others += try PortraitFolder.read(list: list, firstPerson: people) }
    others += more
    if kind == .detector || kind == .landmarks { others = withTurned(others) }
    let isTaught = kind == .embedding && others.contains { $0.teaching != nil }
    // A teacher's lesson is of what the teacher has seen.
    let rendered =
      isTaught ? [] : try renderedPortraits(threads: options.loaderThreads + 1, rendering)
    let portraits = rendered + others
    let backgrounds = try self.backgrounds.map { try Backgrounds(folder: $0) }
    let scenery = (backgrounds ?? Backgrounds(pictures: [])).with(surroundingsOf: others)
    let share = portraits.count == rendered.count ? 1 : syntheticShare
    switch kind {
    case .detector:
      let samples = DetectorSamples(
        portraits: portraits, preferred: rendered.count, preferredShare: share,
        backgrounds: scenery, seed: seed &+ 6)
      try train(DetectorLesson(samples: samples), options, output, report)
    case .landmarks:
      let samples = LandmarkSamples(
        portraits: portraits, preferred: rendered.count, preferredShare: share,
        backgrounds: scenery, frontalWeight: share == 1 ? 1 : 0.05, seed: seed &+ 10)
      try train(LandmarkLesson(samples: samples), options, output, report)
    case .occlusion:
      let samples = OcclusionSamples(
        portraits: portraits, preferred: rendered.count, preferredShare: share,
        backgrounds: scenery, seed: seed &+ 14)
      try train(OcclusionLesson(samples: samples), options, output, report)
    case .embedding where isTaught:
      let samples = TaughtSamples(portraits: portraits, backgrounds: scenery, seed: seed &+ 12)
      try train(TeacherLesson(samples: samples), options, output, report)
    case .embedding:
      let samples = try tellingApart(rendered, others, share: share, scenery)
      try train(EmbeddingLesson(samples: samples), options, output, report)
    }
  }

  /// As many again that are turned aside, in three ways.
  private func withTurned(_ portraits: [Portrait]) -> [Portrait] {
    (0..<3).flatMap { portraits + portraits.turnedAside(seed: seed &+ 20 &+ UInt64($0)) }
  }

  private func tellingApart(
    _ rendered: [Portrait], _ others: [Portrait], share: Float, _ scenery: Backgrounds
  ) throws -> EmbeddingSamples {
    let sources = [(rendered, share), (others, 1 - share)].filter { $0.1 > 0 && !$0.0.isEmpty }
    for (portraits, _) in sources where EmbeddingSamples.sitters(of: portraits).count < 2 {
      throw FileError(
        subject: kind.rawValue, reason: "needs two people or more with two pictures each")
    }
    return EmbeddingSamples(
      sources: sources.map { .init(portraits: $0.0, share: $0.1) }, backgrounds: scenery,
      mixedShare: others.isEmpty ? 0.3 : 0.95, seed: seed &+ 12)
  }

  private func train(
    _ lesson: some Lesson, _ options: NetTrainingOptions, _ output: String,
    _ report: (NetTrainingReport) -> Void
  ) throws {
    // What cannot be read is known before hours have passed.
    let others = try beside.map { try Safetensors.read($0).parameters }
    let learnt = try NetTrainer(lesson, options: options).run(
      checkpoint: output + ".checkpoint", report: report)
    let joined = others.map { learnt.joined(with: $0) } ?? learnt
    let weights =
      kind == .embedding
      ? try joined.withStrangers(min(128, people), threads: options.loaderThreads + 1)
      : joined
    let pictures = lists.isEmpty && more.isEmpty ? "" : " and annotated pictures"
    let data = lesson is TeacherLesson ? "what a teacher says" : "rendered people\(pictures)"
    try writeWeights(
      weights,
      metadata: [
        "network": kind.rawValue, "steps": "\(options.steps)", "batch": "\(options.batch)",
        "seed": "\(seed)", "data": data,
      ], to: output)
  }

  private func renderedPortraits(
    threads: Int, _ progress: @Sendable (Progress) -> Void
  ) throws -> [Portrait] {
    if let cache, FileManager.default.fileExists(atPath: cache) {
      return try PortraitFile.read(cache)
    }
    let portraits = SyntheticPortraits(people: people, portraitsEach: portraitsEach, seed: seed)
      .rendered(threads: threads, progress: progress)
    if let cache { try PortraitFile.write(portraits, to: cache) }
    return portraits
  }
}

extension Parameters {
  /// These, and those of the others that have other names.
  func joined(with others: Parameters) -> Parameters {
    let own = Set(entries.map(\.name))
    let result = Parameters(entries + others.entries.filter { !own.contains($0.name) })
    for entry in result.entries {
      result[entry.name] = own.contains(entry.name) ? self[entry.name] : others[entry.name]
    }
    return result
  }
}
