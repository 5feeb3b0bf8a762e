import FaceCore

import func Foundation.cos

/// Faces that leave no pose of a target far from the nearest chosen one: those that are taken first.
///
/// The pose of the target that is furthest from what is taken gets the best face within 2° of it, or else the
/// nearest, again and again, until none is further than 2° away from what can be had. A cell gives at most
/// half of its quota, or four faces; a pose at the edge of the cells that the target visits may have a face
/// from beyond them. Poses are told apart by fields of about a degree, so this is as exact as that.
///
/// Source: Gonzalez, "Clustering to Minimize the Maximum Intercluster Distance", 1985.
struct TargetCover {
  /// Places in the pool, by cell, in the order they were taken.
  private(set) var first: [FaceCell: [Int]] = [:]
  /// Those of cells without a quota, at most a hundredth of all.
  private(set) var beyond: [Int] = []

  /// Degrees.
  static let reach: Float = 2

  /// `cells` holds the places of each cell's faces in the pool.
  init(
    of target: [Candidate], from pool: [Candidate], _ cells: [FaceCell: [Int]], quotas: Quotas,
    isFolded: Bool, threads: Int
  ) {
    guard !target.isEmpty else { return }
    let index = HeadingIndex(pool, cells, isFolded: isFolded, threads: threads)
    let most = quotas.taken.values.reduce(0, +) / 100
    let poses = target.headings(isFolded: isFolded)
    var near = [Float](repeating: -1, count: poses.count)
    var isOpen = [Bool](repeating: true, count: poses.count)
    let enough = cosine(TargetCover.reach)
    while let worst = poses.indices.filter({ isOpen[$0] }).min(by: { near[$0] < near[$1] }),
      near[worst] < enough
    {
      isOpen[worst] = false
      let own = index.best(near: poses[worst], nearerThan: near[worst]) { cell in
        let (own, quota) = (first[cell]?.count ?? 0, quotas.taken[cell, default: 0])
        return own < max((quota + 1) / 2, min(quota, 4))
      }
      let reached = own.map { pool[$0.face].place(isFolded: isFolded).cosine(to: poses[worst]) }
      var other: (face: Int, cell: FaceCell)?
      if beyond.count < most, (reached ?? -1) < enough {
        other = index.best(near: poses[worst], nearerThan: max(reached ?? -1, near[worst])) {
          quotas.taken[$0] == nil
        }
      }
      guard let found = other ?? own else { continue }
      if other == nil {
        first[found.cell, default: []].append(found.face)
      } else {
        beyond.append(found.face)
      }
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
  private var all: [(place: FacePlace, cell: FaceCell, face: Int)] = []

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
      for (field, face) in best {
        fields[field, default: []].append((cell, face))
        all.append((pool[face].place(isFolded: isFolded), cell, face))
      }
    }
  }

  /// The best face within reach whose cell may give another, or else the nearest, if it is nearer than
  /// that cosine.
  func best(
    near place: FacePlace, nearerThan least: Float, of isOpen: (FaceCell) -> Bool
  ) -> (face: Int, cell: FaceCell)? {
    let center = place.heading
    let enough = cosine(TargetCover.reach)
    var best: (face: Int, cell: FaceCell)?
    for step in FacePlace.fieldsInReach {
      for (cell, index) in fields[center &+ step] ?? [] {
        let face = pool[index]
        guard face.place(isFolded: isFolded).cosine(to: place) >= enough else { continue }
        if let best, !face.isBetter(than: pool[best.face]) { continue }
        if isOpen(cell) { best = (index, cell) }
      }
    }
    return best ?? nearest(to: place, nearerThan: least, of: isOpen)
  }

  private func nearest(
    to place: FacePlace, nearerThan least: Float, of isOpen: (FaceCell) -> Bool
  ) -> (face: Int, cell: FaceCell)? {
    var best: (face: Int, cell: FaceCell)?
    var most = least
    for candidate in all {
      let cosine = candidate.place.cosine(to: place)
      guard cosine >= most else { continue }
      let isFirst = best.map { cosine > most || pool[candidate.face].id < pool[$0.face].id }
      if isFirst ?? (cosine > most), isOpen(candidate.cell) {
        (best, most) = ((candidate.face, candidate.cell), cosine)
      }
    }
    return best
  }
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
