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
  let weights = try Safetensors.read(path).parameters
  let network = EmbeddingNetwork.network(EmbeddingNetwork.towers(of: weights))
  let net = try NetEmbedding(engine: engine, weights: weights)
  let url = URL(fileURLWithPath: list)
  let faces = try JSONDecoder().decode([AnnotatedFace].self, from: Data(contentsOf: url))
  let plain = try engine.compile(network, batch: 1, for: .inference, parameters: weights)
  let start = Date()
  let answers = try faces.map { face in
    let file = url.deletingLastPathComponent().appendingPathComponent(face.file)
    let picture = GrayImage(try ImageFile.read(path: file.path))
    if CommandLine.arguments.contains("--plain") {
      let square = FaceSquare(aligning: face.landmarks68).picture(
        of: picture, pixels: EmbeddingNetwork.side)
      let answers = plain.forward(EmbeddingNetwork.input(of: square)).map { answer in
        let length = (Float(network.outputs.count) * answer.reduce(0) { $0 + $1 * $1 }).squareRoot()
        return answer.map { $0 / length }
      }
      return EmbeddedFace(file: face.file, embedding: answers.flatMap { $0 })
    }
    return EmbeddedFace(
      file: face.file, embedding: net.embedding(of: picture, landmarks: face.landmarks68))
  }
  let each = Date().timeIntervalSince(start) / Double(faces.count) * 1000
  FileHandle.standardError.write(Data("\(each) ms a face, reading it included\n".utf8))
  FileHandle.standardOutput.write(try JSONEncoder().encode(answers))
}
