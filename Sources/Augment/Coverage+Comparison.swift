public import FaceCore

/// A cell the target needs and the source has too little of.
public struct CoverageGap: Hashable, Sendable, Codable {
  public var cell: FaceCell
  /// Faces of the source.
  public var have: Int
  /// Faces the source should have.
  public var need: Int
  /// Faces of the target that depend on them.
  public var target: Int

  public init(cell: FaceCell, have: Int, need: Int, target: Int) {
    (self.cell, self.have, self.need, self.target) = (cell, have, need, target)
  }

  public var missing: Int { need - have }
}

extension Coverage {
  /// What this source lacks for the target, the cells most target faces depend on first.
  ///
  /// A cell with target faces needs `floor` source faces, or as many as the target has there when
  /// that is fewer. Target faces whose light is unknown are content with any. Traps when one coverage
  /// is folded and the other is not.
  public func gaps(for target: Coverage, floor: Int = 20) -> [CoverageGap] {
    precondition(isFolded == target.isFolded, "both coverages are folded, or none")
    return target.filled.compactMap { cell in
      let need = min(floor, target[cell])
      let have = supply(of: cell)
      return have < need
        ? CoverageGap(cell: cell, have: have, need: need, target: target[cell]) : nil
    }
    .sorted { ($1.target, $0.cell) < ($0.target, $1.cell) }
  }

  /// The part of the target's faces in cells without a gap, 0 to 1; 1 when the target is empty.
  public func covered(of target: Coverage, floor: Int = 20) -> Double {
    guard target.total > 0 else { return 1 }
    let uncovered = gaps(for: target, floor: floor).reduce(0) { $0 + $1.target }
    return 1 - Double(uncovered) / Double(target.total)
  }

  /// Faces that will do for one of the cell: where it leaves light or expression open, those of any.
  func supply(of cell: FaceCell) -> Int {
    guard cell.light == nil || cell.expression == nil else { return self[cell] }
    if cell.light == nil, cell.expression == nil { return self[cell.pose] }
    let wanted = isFolded ? cell.folded : cell
    return filled.reduce(0) { sum, own in
      let fits =
        own.pose == wanted.pose && (wanted.light == nil || own.light == wanted.light)
        && (wanted.expression == nil || own.expression == wanted.expression)
      return fits ? sum + self[own] : sum
    }
  }
}
