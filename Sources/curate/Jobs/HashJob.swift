import Align
import Catalog
import FaceCore

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
      let outcomes = try hashes(of: workspace.unhashedFaces(rows: batch))
      try workspace.keepHashes(outcomes.compactMap { try? $0.result.get() })
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

  private typealias Outcome = (face: UnhashedFace, result: Swift.Result<NewHash, any Error>)

  private func hashes(of faces: [UnhashedFace]) throws -> [Outcome] {
    let here = Set(faces.map(\.row))
    let before = try workspace.unhashedFaces(
      rows: Set(faces.compactMap(\.previous)).subtracting(here).sorted())
    let all = faces + before
    let crops = concurrentMap(all, threads: threads) { face in
      Swift.Result { try crop(of: face) }
    }
    let places = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.row, $0) })
    let hashes = concurrentMap(Array(faces.indices), threads: threads) { index in
      crops[index].map { crop in
        let face = faces[index]
        var change: Double?
        if let place = face.previous.flatMap({ places[$0] }), let old = try? crops[place].get() {
          // A crop that cannot be read is no reason to leave out the face after it.
          change = faceChange(
            from: old, landmarks: all[place].landmarks, to: crop,
            transform: all[place].transform.inverse.then(face.transform))
        }
        let hash = faceHash(of: crop, landmarks: face.landmarks)
        return NewHash(row: face.row, hash: hash, change: change)
      }
    }
    return zip(faces, hashes).map { ($0, $1) }
  }

  private func crop(of face: UnhashedFace) throws -> Image {
    guard let picture = try workspace.crops.picture(named: face.crop) else {
      throw CommandError("its crop is missing; curate repair cuts it anew")
    }
    return picture
  }
}
