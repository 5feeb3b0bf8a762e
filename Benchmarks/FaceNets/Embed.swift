import Align
import FaceCore
import FaceNetTraining
import Foundation
import Media
import Networks

struct EmbeddedFace: Encodable {
  var file: String
  var embedding: [Float]
}

private struct AnnotatedFace: Decodable {
  var file: String
  var landmarks68: Landmarks
}

/// Weights as `writeWeights` leaves them, or the running mean of a checkpoint.
func embeddingWeights(_ path: String) throws -> Parameters {
  let (weights, _) = try Safetensors.read(path)
  let prefix = weights.entries.contains { $0.name.hasPrefix("mean/") } ? "mean/" : ""
  let parameters = Parameters(EmbeddingNetwork.network.parameters)
  for entry in parameters.entries { parameters[entry.name] = weights[prefix + entry.name] }
  return parameters
}

/// The embeddings of the faces of a list as `PortraitFolder` reads it, as JSON on stdout.
func embed(weights path: String, list: String) throws {
  let net = try NetEmbedding(
    engine: try CPUEngine(threads: 1), weights: try embeddingWeights(path))
  let url = URL(fileURLWithPath: list)
  let faces = try JSONDecoder().decode([AnnotatedFace].self, from: Data(contentsOf: url))
  let plain = try CPUEngine(threads: 1).compile(
    EmbeddingNetwork.network, batch: 1, for: .inference, parameters: try embeddingWeights(path))
  let start = Date()
  let answers = try faces.map { face in
    let file = url.deletingLastPathComponent().appendingPathComponent(face.file)
    let picture = GrayImage(try ImageFile.read(path: file.path))
    if CommandLine.arguments.contains("--plain") {
      let square = FaceSquare(aligning: face.landmarks68).picture(
        of: picture, pixels: EmbeddingNetwork.side)
      let answer = plain.forward(EmbeddingNetwork.input(of: square))[0]
      let length = answer.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return EmbeddedFace(file: face.file, embedding: answer.map { $0 / length })
    }
    return EmbeddedFace(
      file: face.file, embedding: net.embedding(of: picture, landmarks: face.landmarks68))
  }
  let each = Date().timeIntervalSince(start) / Double(faces.count) * 1000
  FileHandle.standardError.write(Data("\(each) ms a face, reading it included\n".utf8))
  FileHandle.standardOutput.write(try JSONEncoder().encode(answers))
}

/// Rendered people from one or several files of portraits, and those of a list who come before `--below`.
func embeddingSamples() throws -> EmbeddingSamples {
  var sources = [
    EmbeddingSamples.Source(
      portraits: try option("portraits")!.split(separator: ",").flatMap {
        try PortraitFile.read(String($0))
      }, share: Float(option("share") ?? "1")!)
  ]
  if let list = option("list") {
    let limit = option("below") ?? "~"
    let portraits = try PortraitFolder.read(list: list) { ($0.person ?? "~") < limit }
    sources.append(.init(portraits: portraits, share: 1 - sources[0].share))
  }
  return EmbeddingSamples(
    sources: sources, backgrounds: try Backgrounds(folder: option("backgrounds")!),
    mixedShare: Float(option("mixed") ?? "0.6")!, seed: 13)
}

/// Squares of a few steps, each row a person.
func embeddingSheet(_ samples: EmbeddingSamples, to path: String) throws {
  let (rows, columns, side) = (16, 12, EmbeddingNetwork.side)
  var bytes = [UInt8](repeating: 0, count: rows * columns * side * side * 3)
  let start = Date()
  for step in 0..<2 {
    let made = samples.samples(step, people: rows / 2, picturesEach: columns)
    for (index, sample) in made.enumerated() {
      let (row, column) = (step * rows / 2 + index / columns, index % columns)
      for (at, level) in sample.square.picture.bytes.enumerated() {
        let place = (row * side + at / side) * columns * side + column * side + at % side
        for channel in 0..<3 { bytes[3 * place + channel] = level }
      }
    }
  }
  print("ms a sample", Date().timeIntervalSince(start) * 1000 / Double(rows * columns))
  try ImageFile.write(Image(width: columns * side, height: rows * side, bytes: bytes), path: path)
}

func trainEmbedding(to out: String, options: NetTrainingOptions) throws {
  let lesson = EmbeddingLesson(samples: try embeddingSamples())
  let mean = try NetTrainer(lesson, options: options).run(checkpoint: out + ".checkpoint") {
    let line = String(
      format: "step %d loss %.4f %.2f steps/s wait %.2f\n", $0.step, $0.loss, $0.rate, $0.waiting)
    FileHandle.standardError.write(Data(line.utf8))
  }
  try writeWeights(mean, metadata: ["steps": "\(options.steps)"], to: out)
}
