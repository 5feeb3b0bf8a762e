import FaceCore

import func Foundation.cos

/// Faces that leave no pose of a target far from the nearest chosen one: those that are taken first.
///
/// The pose of the target that is furthest from what is taken gets the best face within 2° of it, again
/// and again, until none is further than 2° away or half of a cell's quota would be gone. Poses that no
/// face comes near to are passed over.
///
/// Source: Gonzalez, "Clustering to Minimize the Maximum Intercluster Distance", 1985.
struct TargetCover {
  /// Places in the pool, by cell, in the order they were taken.
  private(set) var first: [FaceCell: [Int]] = [:]

  /// Degrees.
  static let reach: Float = 2

  /// `cells` holds the places of each cell's faces in the pool.
  init(
    of target: [Candidate], from pool: [Candidate], _ cells: [FaceCell: [Int]], quotas: Quotas,
    isFolded: Bool, threads: Int
  ) {
    let wanted = cells.filter { quotas.taken[$0.key] != nil }
    let index = HeadingIndex(pool, wanted, isFolded: isFolded, threads: threads)
    let poses = target.headings(isFolded: isFolded)
    var near = [Float](repeating: -1, count: poses.count)
    var isOpen = [Bool](repeating: true, count: poses.count)
    let enough = cosine(TargetCover.reach)
    while let worst = poses.indices.filter({ isOpen[$0] }).min(by: { near[$0] < near[$1] }),
      near[worst] < enough
    {
      isOpen[worst] = false
      let found = index.best(near: poses[worst]) { cell in
        2 * (first[cell]?.count ?? 0) < quotas.taken[cell, default: 0]
      }
      guard let found else { continue }
      first[found.cell, default: []].append(found.face)
      let place = pool[found.face].place(isFolded: isFolded)
      for pose in poses.indices { near[pose] = max(near[pose], poses[pose].cosine(to: place)) }
    }
  }
}

/// The faces of a pool by where their noses point: of each field of about a degree the best of each cell.
private struct HeadingIndex {
  private let pool: [Candidate]
  private let isFolded: Bool
  private var fields: [SIMD3<Int32>: [(cell: FaceCell, face: Int)]] = [:]

  init(_ pool: [Candidate], _ cells: [FaceCell: [Int]], isFolded: Bool, threads: Int) {
    (self.pool, self.isFolded) = (pool, isFolded)
    let order = cells.keys.sorted()
    let found = concurrentMap(order, threads: threads) { cell in
      var best: [SIMD3<Int32>: Int] = [:]
      for index in cells[cell] ?? [] {
        let field = pool[index].place(isFolded: isFolded).heading
        if let known = best[field], pool[known].isBetter(than: pool[index]) { continue }
        best[field] = index
      }
      return best
    }
    for (cell, best) in zip(order, found) {
      for (field, face) in best { fields[field, default: []].append((cell, face)) }
    }
  }

  /// The best face within reach whose cell may give another.
  func best(
    near place: FacePlace, of isOpen: (FaceCell) -> Bool
  ) -> (face: Int, cell: FaceCell)? {
    let center = place.heading
    let enough = cosine(TargetCover.reach)
    var best: (face: Int, cell: FaceCell)?
    for step in HeadingIndex.steps {
      for (cell, index) in fields[center &+ step] ?? [] {
        let face = pool[index]
        guard face.place(isFolded: isFolded).cosine(to: place) >= enough else { continue }
        if let best, !face.isBetter(than: pool[best.face]) { continue }
        if isOpen(cell) { best = (index, cell) }
      }
    }
    return best
  }

  /// To all fields that may hold something within reach.
  private static let steps: [SIMD3<Int32>] = {
    let range = Int32(-3)...3
    return range.flatMap { x in
      range.flatMap { y in range.map { SIMD3(x, y, $0) } }
    }.filter { ($0 &* $0).wrappedSum() <= 14 }
  }()
}

extension Candidate {
  func place(isFolded: Bool) -> FacePlace {
    isFolded && cell.pose.folded != cell.pose ? place.mirrored : place
  }

  fileprivate func isBetter(than other: Candidate) -> Bool {
    quality != other.quality ? quality > other.quality : id < other.id
  }
}

extension [Candidate] {
  /// One place for each field of about a degree that noses point at, in order.
  func headings(isFolded: Bool) -> [FacePlace] {
    var found: [SIMD3<Int32>: (id: FaceID, place: FacePlace)] = [:]
    for face in self {
      let place = face.place(isFolded: isFolded)
      if let known = found[place.heading], known.id < face.id { continue }
      found[place.heading] = (face.id, place)
    }
    return found.values.sorted { $0.id < $1.id }.map(\.place)
  }
}

/// Of an angle in degrees.
private func cosine(_ angle: Float) -> Float { Float(cos(Double(angle) * .pi / 180)) }
