import Augment
import Catalog
import FaceCore

/// The faces of a query, made ready to be counted and chosen from.
///
/// Two hundred bytes a face: a million fit.
struct FacePool {
  private(set) var candidates: [Candidate] = []
  /// Of each candidate, its row in the catalogue.
  private(set) var rows: [Int64] = []
  /// Near-duplicates that were left out.
  private(set) var duplicates = 0

  /// Without those that are marked as near-duplicates where `collapses` is set.
  init(
    _ workspace: Workspace, matching query: FaceQuery, axes: [Recipe.Axis],
    collapses: Bool = false, threads: Int
  ) throws {
    var columns = [QualityRank.Column](repeating: .init([]), count: FacePool.measures.count)
    for (index, measure) in FacePool.measures.enumerated() {
      (columns[index].isFault, columns[index].weight) = (measure.isFault, measure.weight)
    }
    try workspace.forEachSummary(matching: query) { face in
      guard !collapses || !face.isDuplicate else {
        duplicates += 1
        return
      }
      rows.append(face.row)
      candidates.append(
        Candidate(
          id: face.id, cell: face.cell(axes), quality: 0, track: face.track, place: face.place))
      for (index, measure) in FacePool.measures.enumerated() {
        columns[index].values.append(measure.value(face).map { Float($0) } ?? .nan)
      }
    }
    let ranks = QualityRank.ranks(
      of: columns, poses: candidates.map(\.cell.pose), threads: threads)
    for (index, rank) in ranks.enumerated() { candidates[index].quality = rank }
  }

  /// What makes a face good to learn from, and what each counts.
  private static let measures:
    [(value: @Sendable (FaceSummary) -> Double?, isFault: Bool, weight: Float)] = [
      ({ $0.sharpness }, false, 2), ({ $0.interEye }, false, 1), ({ $0.landmarkMisfit }, true, 1),
      ({ $0.blur }, true, 1), ({ $0.noise }, true, 0.5),
    ]

  func coverage(folded: Bool) -> Coverage {
    Coverage(of: candidates.lazy.map(\.cell), folded: folded)
  }

  /// The rows of those with these ids.
  func rows(of ids: some Sequence<FaceID>) -> [FaceID: Int64] {
    let wanted = Set(ids)
    var found: [FaceID: Int64] = [:]
    for (candidate, row) in zip(candidates, rows) where wanted.contains(candidate.id) {
      found[candidate.id] = row
    }
    return found
  }

  func candidates(of ids: some Sequence<FaceID>) -> [Candidate] {
    let wanted = Set(ids)
    return candidates.filter { wanted.contains($0.id) }
  }
}

extension FaceSummary {
  /// Its cell, by yaw and pitch and what else is asked for.
  func cell(_ axes: [Recipe.Axis]) -> FaceCell {
    var cell = FaceCell(PoseCell(yaw: yaw, pitch: pitch))
    if axes.contains(.light) { cell.light = light }
    if axes.contains(.expression), let mouth, let eyes {
      cell.expression = ExpressionBin(mouth: mouth, eyes: eyes)
    }
    return cell
  }

  var place: FacePlace {
    FacePlace(
      yaw: yaw, pitch: pitch, mouth: mouth ?? 0, eyes: eyes ?? 0, brows: brows ?? 0,
      exposure: exposure ?? 0)
  }
}
