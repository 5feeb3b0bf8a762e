import Align
import Catalog
import FaceCore
import Foundation
import Media
import Synchronization

/// Hashes the faces of a query that have no hash yet, from their crops.
///
/// Each batch is kept in a transaction of its own: killed at any instant and run again, it goes on.
struct HashJob {
  let workspace: Workspace
  let threads: Int

  struct Result {
    var hashed = 0
    var wasStopped = false
    /// Faces left out, one line each.
    var problems: [String] = []
  }

  static let batchSize = 256

  func run(matching query: FaceQuery, progress: (Progress) -> Void) throws -> Result {
    let rows = try workspace.rowsWithoutHash(matching: query)
    var result = Result()
    for start in stride(from: 0, to: rows.count, by: HashJob.batchSize) {
      guard !StopSignal.isRequested else {
        result.wasStopped = true
        break
      }
      let batch = rows[start..<min(rows.count, start + HashJob.batchSize)]
      let outcomes = hashes(of: try workspace.unhashedFaces(rows: batch))
      try workspace.keepHashes(
        outcomes.compactMap { face, outcome in (try? outcome.get()).map { (face.row, $0) } })
      for (face, outcome) in outcomes {
        switch outcome {
        case .success: result.hashed += 1
        case .failure(let error): result.problems.append("\(face.id): \(error)")
        }
      }
      progress(Progress(done: start + batch.count, total: rows.count))
    }
    return result
  }

  private func hashes(
    of faces: [UnhashedFace]
  ) -> [(UnhashedFace, Swift.Result<FaceHash, any Error>)] {
    let results = Mutex([Int: Swift.Result<FaceHash, any Error>]())
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, max(1, faces.count))) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < faces.count else { return }
        let result = Swift.Result { try hash(of: faces[index]) }
        results.withLock { $0[index] = result }
      }
    }
    return results.withLock { results in
      faces.indices.compactMap { index in results[index].map { (faces[index], $0) } }
    }
  }

  private func hash(of face: UnhashedFace) throws -> FaceHash {
    guard let bytes = try workspace.crops.crop(named: face.crop) else {
      throw CommandError("its crop is missing; curate repair cuts it anew")
    }
    let crop =
      face.crop.hasSuffix(".png")
      ? try PNG.decode(bytes, subject: face.crop) : try JPEG.decode(bytes, subject: face.crop)
    return faceHash(of: crop, landmarks: face.landmarks)
  }
}
