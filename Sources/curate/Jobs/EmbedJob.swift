import Catalog
import FaceCore

/// Has a network say who the faces are by which tracks are known, from their crops.
///
/// What was said stays in the catalogue: killed and run again it goes on, and after another import only
/// the new tracks are looked at.
struct EmbedJob {
  let workspace: Workspace
  let model: EmbeddingModel
  let threads: Int

  struct Result {
    var embedded = 0
    var wasStopped = false
    /// One line for each crop that could not be read.
    var problems: [String] = []
  }

  /// Faces that are committed at once.
  private static let batch = 256

  func run(progress: (Progress) -> Void) throws -> Result {
    var result = Result()
    let rows = try workspace.facesToEmbed(model: model.key)
    guard !rows.isEmpty else { return result }
    let embedders = try (0..<threads).map { _ in Embedder(try FaceEmbedder(model)) }
    for start in stride(from: 0, to: rows.count, by: Self.batch) {
      guard !StopSignal.isRequested else {
        result.wasStopped = true
        return result
      }
      let end = min(rows.count, start + Self.batch)
      let faces = try workspace.faces(rows: Array(rows[start..<end]))
      let (vectors, problems) = try embeddings(of: faces, embedders)
      try workspace.keepEmbeddings(vectors, model: model.key)
      result.embedded += vectors.count
      result.problems += problems
      progress(Progress(done: end, total: rows.count))
    }
    return result
  }

  private final class Embedder: @unchecked Sendable {
    let embedder: FaceEmbedder
    init(_ embedder: FaceEmbedder) { self.embedder = embedder }
  }

  private func embeddings(
    of faces: [FaceRecord], _ embedders: [Embedder]
  ) throws -> (vectors: [(face: Int64, vector: [Float])], problems: [String]) {
    // Each thread has an embedder of its own, and every n-th face.
    let shares = Array(embedders.enumerated())
    let answers = concurrentMap(shares, threads: shares.count) { thread, own in
      stride(from: thread, to: faces.count, by: embedders.count).map { index in
        (index: index, answer: Swift.Result { try embedding(of: faces[index], own.embedder) })
      }
    }
    var vectors: [(face: Int64, vector: [Float])] = []
    var problems: [String] = []
    for (index, answer) in answers.joined().sorted(by: { $0.index < $1.index }) {
      switch answer {
      case .success(let vector): vectors.append((faces[index].row, vector))
      case .failure(let error): problems.append("\(error)")
      }
    }
    return (vectors, problems)
  }

  private func embedding(of face: FaceRecord, _ embedder: FaceEmbedder) throws -> [Float] {
    guard let picture = try workspace.crops.picture(named: face.crop.name) else {
      throw CommandError("\(face.crop.name): the crop is not there; curate repair cuts it anew")
    }
    return try embedder.embedding(
      of: picture, landmarks: face.landmarks.mapped(by: face.crop.transform))
  }
}
