import FaceCore

extension QueryExpression {
  /// The pose cells that all matching faces lie in, as far as the query's own words about angles and
  /// cells tell; nil where they tell nothing.
  ///
  /// Cells follow from the angles, so the condition adds nothing, but the index is ordered by them.
  var impliedCells: Set<Int>? {
    switch self {
    case .and(let parts):
      parts.compactMap(\.impliedCells).reduce(nil) { $0?.intersection($1) ?? $1 }
    case .compare(.cell, .equal, .text(let name)):
      PoseCell(name: name).map { [$0.index] }
    case .list(.cell, let values):
      Set(
        values.compactMap {
          if case .text(let name) = $0 { PoseCell(name: name)?.index } else { nil }
        })
    case .range(let field, let from, let to) where field == .yaw || field == .pitch:
      QueryExpression.cells(of: field, from: from, to: to)
    case .compare(let field, let comparison, .number(let number))
    where field == .yaw || field == .pitch:
      switch comparison {
      case .equal: QueryExpression.cells(of: field, from: number, to: number)
      case .less, .lessOrEqual: QueryExpression.cells(of: field, from: nil, to: number)
      case .greater, .greaterOrEqual: QueryExpression.cells(of: field, from: number, to: nil)
      case .notEqual: nil
      }
    default: nil
    }
  }

  /// The bin of an angle grows with it.
  private static func cells(of field: QueryField, from: Double?, to: Double?) -> Set<Int> {
    func bin(_ angle: Double) -> Int {
      let angle = max(-1000, min(1000, angle))
      return field == .yaw
        ? PoseCell(yaw: angle, pitch: 0).yaw : PoseCell(yaw: 0, pitch: angle).pitch
    }
    let (low, high) = (from.map(bin) ?? 0, to.map(bin) ?? 8)
    return Set(
      PoseCell.all.filter {
        let own = field == .yaw ? $0.yaw : $0.pitch
        return own >= low && own <= high
      }.map(\.index))
  }

  /// Whether all matching faces have one of a few named identities.
  var namesIdentity: Bool {
    switch self {
    case .compare(.identity, .equal, _), .list(.identity, _), .absent(.identity): true
    case .and(let parts): parts.contains(where: \.namesIdentity)
    default: false
    }
  }
}
