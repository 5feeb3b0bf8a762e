import Align
import FaceCore
import FaceNetTraining
import Foundation
import Networks
import Testing

private let count = EmbeddingNetwork.count

private func numbers(_ samples: Int, seed: UInt64) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  return (0..<samples * count).map { _ in Float.random(in: -1...1, using: &generator) }
}

/// Four people, three portraits of each, and what a teacher says of all but the last.
private let portraits = (0..<12).map { index in
  let plain = spotted([30 + index, 36, 45, 60 - index], side: 72)
  return Portrait(
    luma: plain.luma, alpha: plain.alpha, landmarks: plain.landmarks, visible: plain.visible,
    pose: nil, person: index / 3,
    teaching: index == 11 ? nil : numbers(1, seed: UInt64(index + 1)))
}

private func lesson() -> TeacherLesson {
  TeacherLesson(
    samples: TaughtSamples(portraits: portraits, backgrounds: noBackgrounds, seed: 4))
}

/// A lesson that breaks off at a step.
private struct Interrupted: Lesson {
  struct Batch: Sendable {
    var step: Int
    var batch: TeacherLesson.Batch
  }

  let lesson: TeacherLesson
  let brokenStep: Int?

  var name: String { lesson.name }
  var network: Network { lesson.network }
  func batch(step: Int, size: Int) -> Batch {
    Batch(step: step, batch: lesson.batch(step: step, size: size))
  }
  func input(of batch: Batch) -> [Float] { lesson.input(of: batch.batch) }
  func loss(of outputs: [[Float]], _ batch: Batch) -> (values: [Float], gradients: [[Float]]) {
    let result = lesson.loss(of: outputs, batch.batch)
    return batch.step == brokenStep ? (result.values.map { _ in .nan }, result.gradients) : result
  }
}

private func arrays(_ parameters: Parameters) -> [String: [Float]] {
  Dictionary(uniqueKeysWithValues: parameters.entries.map { ($0.name, parameters[$0.name]) })
}

@Suite struct TeacherLossTests {
  private let teachings = (1...20).map { numbers(1, seed: $0).map { 3 * $0 + 7 } }

  @Test func whoAlwaysSaysTheSameLosesOneAndWhoAgreesNothing() {
    let loss = TeacherLoss(teachings: teachings)
    let targets = teachings.flatMap { loss.target(of: $0) }
    let (same, _) = loss.loss(of: targets.map { _ in 0 }, targets: targets)
    #expect(abs(same.reduce(0, +) / 20 - 1) < 1e-3)
    let (agreeing, slopes) = loss.loss(of: targets, targets: targets)
    #expect(agreeing.allSatisfy { $0 == 0 } && slopes.allSatisfy { $0 == 0 })
    // However a teacher counts and wherever its middle is.
    let other = TeacherLoss(teachings: teachings.map { $0.map { 50 * $0 - 3 } })
    let moved = other.target(of: teachings[0].map { 50 * $0 - 3 })
    for (one, two) in zip(targets, moved) { #expect(abs(one - two) < 1e-3) }
  }

  /// Along chance directions, so that all numbers take part.
  @Test(arguments: [UInt64(1), 2, 3])
  func theSlopeIsTheSlopeOfTheLoss(seed: UInt64) {
    let loss = TeacherLoss(teachings: teachings)
    let (at, direction) = (numbers(4, seed: seed), numbers(4, seed: seed + 10))
    let targets = teachings[..<4].flatMap { loss.target(of: $0) }
    func value(_ step: Float) -> Double {
      let moved = zip(at, direction).map { $0 + step * $1 }
      return loss.loss(of: moved, targets: targets).values.reduce(0.0) { $0 + Double($1) } / 4
    }
    let measured = (value(0.01) - value(-0.01)) / 0.02
    let slopes = loss.loss(of: at, targets: targets).slopes
    let told = zip(slopes, direction).reduce(0.0) { $0 + Double($1.0 * $1.1) }
    #expect(abs(measured - told) < 2e-3 * max(1, abs(told)), "\(measured) \(told)")
  }
}

@Suite struct TeacherLessonTests {
  @Test func aStepIsAlwaysTheSameAndKnowsOnlyWhomTheTeacherSaw() {
    let (first, again) = (lesson(), lesson())
    for step in 0..<3 {
      let (one, other) = (first.batch(step: step, size: 6), again.batch(step: step, size: 6))
      #expect(one.input == other.input && one.targets == other.targets)
      #expect(one.input.count == 6 * 64 * 64 && one.targets.count == 6 * count)
    }
    #expect(first.batch(step: 0, size: 2).input != first.batch(step: 1, size: 2).input)
    #expect(first.samples.teachings.count == 11)
  }

  @Test(arguments: [1, 3])
  func aTrainingThatWasCutShortGoesOnAsIfItHadNot(stop: Int) throws {
    let (whole, cut) = (temporaryPath(), temporaryPath())
    defer {
      for path in [whole, cut] { try? FileManager.default.removeItem(atPath: path) }
    }
    var options = NetTrainingOptions()
    (options.batch, options.steps, options.saveInterval) = (4, 4, 0)
    func train(_ path: String, brokenStep: Int? = nil) throws -> Parameters {
      try NetTrainer(Interrupted(lesson: lesson(), brokenStep: brokenStep), options: options)
        .run(checkpoint: path) { _ in }
    }
    let expected = try train(whole)
    #expect(throws: NetworksError.self) { try train(cut, brokenStep: stop) }
    #expect(try arrays(train(cut)) == arrays(expected))
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: cut))
        == Data(contentsOf: URL(fileURLWithPath: whole)))
  }

  @Test func itBeginsWithWhatTheOtherTowerSeesButNotWithItsAnswers() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
    let people = Parameters(EmbeddingNetwork.network.parameters)
    people.initialize(seed: 3)
    try writeWeights(people, metadata: [:], to: path)
    let taught = Parameters(lesson().network.parameters)
    try lesson().begin(taught, with: path)
    #expect(taught["taught.stem.0.weight"] == people["embedding.stem.0.weight"])
    #expect(taught["taught.head.0.weight"] == people["embedding.head.0.weight"])
    #expect(taught["taught.head.2.weight"].allSatisfy { $0 == 0 })
    // Its own weights it takes as they are.
    taught.initialize(seed: 4)
    try writeWeights(taught, metadata: [:], to: path)
    let again = Parameters(lesson().network.parameters)
    try lesson().begin(again, with: path)
    #expect(arrays(again) == arrays(taught))
  }
}

@Suite struct TaughtListTests {
  private struct Line: Encodable {
    var file = "a.png"
    var landmarks68 = spotted([]).landmarks
    var person = "ann"
    var embedding: [Float]?
  }

  private func list(_ lines: [Line], in folder: String) throws -> String {
    try writePNG(Image(width: 8, height: 8, red: 9, green: 9, blue: 9), "\(folder)/a.png")
    try JSONEncoder().encode(lines).write(to: URL(fileURLWithPath: "\(folder)/list.json"))
    return "\(folder)/list.json"
  }

  @Test func whatATeacherSaysComesWithThePortrait() throws {
    try inFolder { folder in
      let said = numbers(1, seed: 1)
      let list = try list([Line(embedding: said), Line()], in: folder)
      #expect(try PortraitFolder.read(list: list).map(\.teaching) == [said, nil])
    }
  }

  @Test func whatIsNoEmbeddingIsRefused() throws {
    try inFolder { folder in
      let list = try list([Line(embedding: [1, 2, 3])], in: folder)
      let error = #expect(throws: FileError.self) { try PortraitFolder.read(list: list) }
      #expect(error?.description == "\(list): the embedding of a.png is not 128 numbers")
    }
  }

  @Test func aRecipePutsBothTowersIntoOneFile() throws {
    try inFolder { folder in
      let people = Parameters(EmbeddingNetwork.network.parameters)
      people.initialize(seed: 3)
      try writeWeights(people, metadata: [:], to: "\(folder)/people")
      var recipe = NetRecipe(kind: .embedding)
      (recipe.people, recipe.portraitsEach, recipe.seed) = (2, 2, 3)
      recipe.lists = [try list([Line(embedding: numbers(1, seed: 1))], in: folder)]
      recipe.beside = "\(folder)/people"
      var options = NetTrainingOptions()
      (options.batch, options.steps) = (8, 1)
      try recipe.train(
        options: options, output: "\(folder)/both", rendering: { _ in }, report: { _ in })
      let both = try Safetensors.read("\(folder)/both").parameters
      #expect(EmbeddingNetwork.towers(of: both) == [.people, .taught])
      #expect(both["embedding.head.2.weight"] == people["embedding.head.2.weight"])
      #expect(both.numberCount < 2_000_000)
      let net = try NetEmbedding(engine: try CPUEngine(threads: 1), weights: both)
      let (one, other) = (portraits[0], portraits[4])
      let answer = net.embedding(of: one.luma, landmarks: one.landmarks)
      #expect(answer.count == 2 * count)
      #expect(abs(answer.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
      // Both towers have the same say: the cosine is the mean of theirs.
      let alone = try NetEmbedding(engine: try CPUEngine(threads: 1), weights: people)
      func product(_ net: NetEmbedding, _ part: Range<Int>) -> Float {
        zip(
          net.embedding(of: one.luma, landmarks: one.landmarks)[part],
          net.embedding(of: other.luma, landmarks: other.landmarks)[part]
        ).reduce(0) { $0 + $1.0 * $1.1 }
      }
      #expect(abs(2 * product(net, 0..<count) - product(alone, 0..<count)) < 1e-4)
    }
  }
}

@Suite struct CompositesTests {
  @Test func aMadePersonIsAlwaysTheSameAndNoOther() {
    let (first, again) = (
      Composites(of: portraits, seed: 5), Composites(of: portraits, rendered: [], seed: 5)
    )
    let pictures = (0..<4).map { first.pictures(ofPerson: $0, count: 2) }
    for (number, made) in pictures.enumerated() {
      let other = again.pictures(ofPerson: number, count: 2)
      #expect(made.map(\.luma) == other.map(\.luma))
      #expect(made.map(\.landmarks) == other.map(\.landmarks))
      #expect(made.allSatisfy { $0.luma.width == 176 && $0.luma.height == 176 })
    }
    #expect(pictures[0][0].luma != pictures[1][0].luma)
    #expect(
      Composites(of: portraits, seed: 6).pictures(ofPerson: 0, count: 1)[0].luma
        != pictures[0][0].luma)
  }
}
