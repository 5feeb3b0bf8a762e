import Align
import ArgumentParser
import FaceCore
import Foundation
import Media
import OnnxModels

struct ModelsTry: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "try", abstract: "Run an installed network on a picture and print what it says.",
    discussion: """
      A detector prints faces, a landmark network 68 points, an embedding its numbers (as JSON; \
      else how many). The last two look at one face: the one in --box, else the clearest that the \
      program's own detector finds.
      """)

  @OptionGroup var output: OutputOption
  @OptionGroup var model: InstalledModelArgument

  @Argument(help: "A JPEG or PNG file.")
  var image: String

  @Option(help: "The face's box in pixels: left,top,width,height.")
  var box: String?

  @Option(help: "A detector's faces that score less are dropped, 0 to 1.")
  var threshold: Float = 0.6

  @Option(help: "Threads to run on.")
  var threads = 1

  func validate() throws {
    guard (0...1).contains(threshold) else {
      throw ValidationError("--threshold is from 0 to 1")
    }
    guard threads > 0 else { throw ValidationError("--threads is 1 or more") }
    if box != nil, typedBox == nil {
      throw ValidationError("--box is left,top,width,height in pixels")
    }
  }

  private var typedBox: Box? {
    let numbers = (box ?? "").split(separator: ",", omittingEmptySubsequences: false)
      .compactMap { Float($0.trimmingCharacters(in: .whitespaces)) }
    guard numbers.count == 4, numbers.allSatisfy(\.isFinite), numbers[2] > 0, numbers[3] > 0 else {
      return nil
    }
    return Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }

  func run() throws {
    let picture = try ImageFile.read(path: image)
    let loaded = try ModelStore.standard().load(
      model.name, runtime: OnnxRuntime(), threads: threads)
    let task = loaded.record.task
    switch task {
    case .detection:
      let detector = try OnnxDetector(loaded)
      try show(try detector.faces(in: picture, threshold: threshold))
    case .landmarks:
      let landmarker = try OnnxLandmarker(loaded)
      let points = try landmarker.landmarks(in: picture, box: faceBox(in: picture)).points
      try output.show(points.enumerated().map { Mark(index: $0, x: $1.x, y: $1.y) }, Mark.columns)
    case .embedding:
      let marks = try FaceAligner().landmarks(in: picture, box: faceBox(in: picture))
      let embedder = try OnnxEmbedder(loaded)
      let numbers = try embedder.embedding(of: picture, points: FivePoints(of: marks))
      try output.show(Embedding(embedding: numbers)) { "\(numbers.count) numbers of length 1" }
    }
  }

  private func faceBox(in picture: Image) throws -> Box {
    if let typedBox { return typedBox }
    let found = try FaceAligner().faces(in: picture)
    guard let clearest = found.max(by: { $0.score < $1.score }) else {
      throw CommandError("\(image): no face found; say where one is with --box")
    }
    return clearest.box
  }

  private func show(_ faces: [DetectedFace]) throws {
    func text(_ number: Float) -> String { Double(number).text(1) }
    try output.show(
      faces,
      [
        Column("score", number: true) { Double($0.score).text(3) },
        Column("x", number: true) { text($0.box.x) }, Column("y", number: true) { text($0.box.y) },
        Column("width", number: true) { text($0.box.width) },
        Column("height", number: true) { text($0.box.height) },
        Column("eyes, nose, mouth") { face in
          face.points.map { $0.all.map { "\(text($0.x)),\(text($0.y))" }.joined(separator: " ") }
            ?? "-"
        },
      ])
  }

  private struct Embedding: Encodable {
    var embedding: [Float]
  }

  private struct Mark: Encodable {
    var index: Int
    var x, y: Float

    static var columns: [Column<Mark>] {
      [
        Column("point", number: true) { "\($0.index)" },
        Column("x", number: true) { Double($0.x).text(1) },
        Column("y", number: true) { Double($0.y).text(1) },
      ]
    }
  }
}
