import ArgumentParser
import Catalog
import FaceCore
import FaceNetTraining
import Foundation

struct ModelsTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: """
      Train the networks that find faces, place landmarks, tell people apart and see what covers a face.
      """,
    discussion: """
      The samples are rendered people, and where you have them annotated pictures and faces of your \
      catalogue, before pictures without people. Kill it at any instant and type the same again: it \
      goes on from OUTPUT.checkpoint.

        curate models train landmarks -o nets/landmarks.safetensors \\
          --faces 'sharpness > p50 and not rejected' --backgrounds ~/Pictures/empty-rooms

      CURATE_FACE_NETS=nets then makes every command use detector.safetensors, landmarks.safetensors and \
      so on of that folder. Whom you have filmed is your data: weights that learned \
      them are personal data, too.
      """)

  @Argument(help: "Which network: detector, landmarks, embedding or occlusion.")
  var network: NetRecipe.Kind

  @Option(name: .shortAndLong, help: "The file of weights to write (safetensors).")
  var output: String

  @OptionGroup var workspace: WorkspaceOption
  @OptionGroup var progress: ProgressOption

  @Option(
    help: """
      A list of annotated pictures, which lie beside it: [{"file": …, "landmarks68": [[x, y], …], \
      "person": …}]. "embedding": [128 numbers] is what a teacher says of the face; where there are \
      any, the embedding learns to say the same. May be given several times.
      """)
  var pictures: [String] = []

  @Option(help: "Faces of the catalogue to learn from, with their landmarks: a query.")
  var faces: String?

  @Option(help: "A folder of pictures without people, to put faces before.")
  var backgrounds: String?

  @Option(help: "Rendered people.")
  var people = 220

  @Option(help: "Portraits of each rendered person.")
  var portraits = 40

  @Option(help: "Share of samples that show rendered people, where there are others.")
  var syntheticShare: Float = 0.45

  @Option(help: "A file to keep the rendered portraits in, or to take them from.")
  var portraitFile: String?

  @Option(help: "A file of weights to begin with.")
  var from: String?

  @Option(
    help: """
      A file of weights that are put beside those that have learnt: of an embedding that learnt from \
      people, beside one that learnt from a teacher, or the other way round. Both then answer.
      """)
  var beside: String?

  @Option(help: "Steps in all; 24000, 3000 for the embedding, 12000 for occlusion, unless told.")
  var steps: Int?

  @Option(
    help:
      "Samples a step; 16 for the detector, 64 for the embedding, 32 for the others, unless told.")
  var batch: Int?

  @Option(help: "Learning rate at its highest.")
  var rate: Float = 1e-3

  @Option(help: "Threads that compute; one more makes samples.")
  var threads = 1

  @Option(help: "What chance begins from.")
  var seed: UInt64 = 1

  func validate() throws {
    guard steps ?? 1 > 0, batch ?? 1 > 0, people > 0, portraits > 0, threads > 0, rate > 0 else {
      throw ValidationError("steps, batch, people, portraits, threads and rate are positive")
    }
    if network == .embedding, let batch, batch < 8 || batch % 4 > 0 {
      throw ValidationError("--batch of the embedding is a multiple of 4, 8 or more")
    }
    guard (0...1).contains(syntheticShare) else {
      throw ValidationError("--synthetic-share is 0 to 1")
    }
  }

  func run() throws {
    var recipe = NetRecipe(kind: network)
    (recipe.people, recipe.portraitsEach, recipe.seed) = (people, portraits, seed)
    (recipe.lists, recipe.backgrounds, recipe.cache) = (pictures, backgrounds, portraitFile)
    (recipe.syntheticShare, recipe.beside) = (syntheticShare, beside)
    if let faces {
      recipe.more = try cataloguedPortraits(try FaceQuery(typed: faces))
    }
    var options = NetTrainingOptions()
    (options.learningRate, options.seed) = (rate, seed)
    options.steps = steps ?? [.embedding: 3000, .occlusion: 12_000][network] ?? 24_000
    options.batch = batch ?? [.landmarks: 32, .embedding: 64, .occlusion: 32][network] ?? 16
    (options.engineThreads, options.initialWeights) = (threads, from)
    let drawing = progress.reporter("draw people", unit: "people")
    let learning = progress.reporter("train", unit: "steps")
    try recipe.train(options: options, output: output) {
      drawing.report($0)
    } report: { report in
      learning.report(Progress(done: report.step, total: options.steps))
      if !progress.quiet {
        warn(
          "step \(report.step)  loss \(Double(report.loss).text(4))  \(report.rate.text(1)) steps/s  "
            + "waiting for samples \((100 * report.waiting).text(0)) %")
      }
    }
    try OutputOption.say(output)
  }

  /// The crops of a query, with their landmarks.
  private func cataloguedPortraits(_ query: FaceQuery) throws -> [Portrait] {
    let opened = try workspace.open(.readOnly)
    var names: [String: Int] = [:]
    var result: [Portrait] = []
    try opened.forEachFace(matching: query) { face in
      guard let crop = try opened.crops.picture(named: face.crop.name) else { return }
      let picture = GrayImage(crop)
      // Rendered people have the numbers below.
      let key = face.identity ?? "\(face.videoSHA256)/\(face.track)"
      let person = names[key] ?? people + names.count
      names[key] = person
      result.append(
        Portrait(
          picture: picture, landmarks: face.landmarks.mapped(by: face.crop.transform),
          person: person))
    }
    guard !result.isEmpty else { throw CommandError("no face matches the query") }
    return result
  }
}

extension NetRecipe.Kind: ExpressibleByArgument {}
