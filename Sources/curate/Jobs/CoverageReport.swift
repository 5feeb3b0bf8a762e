import Augment
import Catalog
import FaceCore

/// What the faces of a query cover, alone or against a target, and what to film or find where they
/// lack.
struct CoverageReport {
  let query: FaceQuery
  let target: FaceQuery?
  let mine: Coverage
  let theirs: Coverage?
  let floor: Int
  let needs: [Need]

  /// A gap, with the moments of the target that wait for it.
  struct Need: Encodable {
    var cell: String
    var words: String
    var have: Int
    var need: Int
    /// Target faces in the cell.
    var target: Int
    /// A stretch of a video of the target.
    var moments: [Moment]
    /// Other videos that have such faces: of the source's people, or of nobody named.
    var elsewhere: [Elsewhere]
  }

  struct Moment: Encodable {
    var video: String
    /// Seconds on the video's clock.
    var from: Double
    var to: Double
    var faces: Int
  }

  struct Elsewhere: Encodable {
    var video: String
    var faces: Int
    /// Whether they are of the source's people; else nobody has said whose they are.
    var named: Bool

    /// Such as `207 in lp_d14.mp4 (of nobody named)`.
    var words: String { "\(faces) in \(video)" + (named ? "" : " (of nobody named)") }
  }

  init(
    _ workspace: Workspace, query: FaceQuery, target: FaceQuery?, axes: [Recipe.Axis],
    floor: Int, folded: Bool
  ) throws {
    (self.query, self.target, self.floor) = (query, target, floor)
    let counter = CellCounter(workspace: workspace, axes: axes, isFolded: folded)
    mine = try counter.coverage(of: query)
    theirs = try target.map { try counter.coverage(of: $0) }
    guard let target, let theirs else {
      needs = []
      return
    }
    let gaps = mine.gaps(for: theirs, floor: floor)
    let list = ShootingList(
      gaps: gaps, moments: try counter.moments(of: target, in: gaps), isFolded: folded)
    let others = try counter.elsewhere(source: query, target: target)
    let names = Dictionary(
      try workspace.videos().map { ($0.row, $0.name) }, uniquingKeysWith: { first, _ in first })
    needs = list.items.map { item in
      Need(
        cell: item.gap.cell.name, words: item.gap.cell.words, have: item.gap.have,
        need: item.gap.need, target: item.gap.target,
        moments: item.stretches.map {
          Moment(video: names[$0.video] ?? "?", from: $0.from, to: $0.to, faces: $0.faces)
        },
        elsewhere: others[item.gap.cell] ?? [])
    }
  }

  /// Faces by where their light comes from; those whose light is unknown are left out.
  var lights: [String: Int] {
    mine.filled.reduce(into: [:]) { counts, cell in
      if let light = cell.light { counts[light.rawValue, default: 0] += mine[cell] }
    }
  }
}

/// Counts faces by cell.
private struct CellCounter {
  let workspace: Workspace
  let axes: [Recipe.Axis]
  let isFolded: Bool

  /// From the summary where pose and light will do.
  func coverage(of query: FaceQuery) throws -> Coverage {
    var coverage = Coverage(folded: isFolded)
    if axes.contains(.expression) {
      try workspace.forEachSummary(matching: query) { coverage.add($0.cell(axes)) }
    } else {
      for found in try workspace.cellCounts(matching: query) {
        let light = axes.contains(.light) ? found.light : nil
        coverage.add(FaceCell(found.cell, light: light), count: found.count)
      }
    }
    return coverage
  }

  /// Faces of the target in cells that are gaps.
  func moments(of target: FaceQuery, in gaps: [CoverageGap]) throws -> [ShootingList.Moment] {
    let wanted = Set(gaps.map(\.cell))
    var found: [(row: Int64, video: Int64, cell: FaceCell)] = []
    guard !wanted.isEmpty else { return [] }
    try workspace.forEachSummary(matching: target) { face in
      let cell = isFolded ? face.cell(axes).folded : face.cell(axes)
      if wanted.contains(cell) { found.append((face.row, face.videoRow, cell)) }
    }
    return zip(found, try workspace.times(rows: found.map(\.row))).map {
      ShootingList.Moment(video: $0.video, seconds: $1, cell: $0.cell)
    }
  }

  /// Faces of neither query, of the source's people or of nobody, by cell.
  func elsewhere(
    source: FaceQuery, target: FaceQuery
  ) throws -> [FaceCell: [CoverageReport.Elsewhere]] {
    guard let own = source.expression, let other = target.expression else { return [:] }
    let people = try workspace.facets(matching: source).identities.compactMap(\.value).sorted()
    let names = QueryExpression.list(.identity, people.map { .text($0) })
    var found: [FaceCell: [CoverageReport.Elsewhere]] = [:]
    for (who, named) in [(names, true), (.absent(.identity), false)] where !named || !people.isEmpty
    {
      let query = FaceQuery(.and([.not(own), .not(other), who]))
      for (place, faces) in try counts(matching: query) {
        found[place.cell, default: []].append(
          .init(video: place.video, faces: faces, named: named))
      }
    }
    return found.mapValues { places in
      places.sorted { ($1.faces, $0.video) < ($0.faces, $1.video) }
    }
  }

  private struct Place: Hashable {
    let video: String
    let cell: FaceCell
  }

  /// Faces by video and cell.
  private func counts(matching query: FaceQuery) throws -> [Place: Int] {
    var counts: [Place: Int] = [:]
    func add(_ video: String, _ cell: FaceCell, _ count: Int) {
      counts[Place(video: video, cell: isFolded ? cell.folded : cell), default: 0] += count
    }
    if axes.contains(.expression) {
      let names = Dictionary(
        try workspace.videos().map { ($0.row, $0.name) }, uniquingKeysWith: { first, _ in first })
      try workspace.forEachSummary(matching: query) { face in
        add(names[face.videoRow] ?? "?", face.cell(axes), 1)
      }
    } else {
      for found in try workspace.videoCellCounts(matching: query) {
        add(
          found.video, axes.contains(.light) ? found.cell : FaceCell(found.cell.pose), found.count)
      }
    }
    return counts
  }
}
