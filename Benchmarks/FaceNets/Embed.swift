import Align
import FaceCore
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

/// The embeddings of the faces of a list of annotated pictures, as JSON on stdout.
func embed(weights path: String, list: String) throws {
  let engine = try CPUEngine(threads: 1)
  let weights = try readWeights(path, EmbeddingNetwork.network)
  let net = try NetEmbedding(engine: engine, weights: weights)
  let url = URL(fileURLWithPath: list)
  let faces = try JSONDecoder().decode([AnnotatedFace].self, from: Data(contentsOf: url))
  let plain = try engine.compile(
    EmbeddingNetwork.network, batch: 1, for: .inference, parameters: weights)
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
