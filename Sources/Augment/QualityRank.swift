public import FaceCore

/// How good a face is among those of its pose: the mean of its ranks by what can be measured.
///
/// Ranks, because luminance and sharpness follow the person and the pose, and so do their thresholds.
public struct QualityRank: Sendable {
  /// Values of one measure, one a face; NaN where it was not taken, which ranks in the middle.
  public struct Column: Sendable {
    public var values: [Float]
    /// The least is the best.
    public var isFault: Bool
    /// What it counts.
    public var weight: Float

    public init(_ values: [Float], isFault: Bool = false, weight: Float = 1) {
      (self.values, self.isFault, self.weight) = (values, isFault, weight)
    }
  }

  /// 0 to 1 for each face, 1 where it is the best by every column.
  public static func ranks(
    of columns: [Column], poses: [PoseCell], threads: Int = 1
  ) -> [Float] {
    var members = [[Int32]](repeating: [], count: PoseCell.all.count)
    for (index, pose) in poses.enumerated() { members[pose.index].append(Int32(index)) }
    let total = columns.reduce(0) { $0 + $1.weight }
    let parts = concurrentMap(members.filter { !$0.isEmpty }, threads: threads) { faces in
      var sums = [Float](repeating: 0, count: faces.count)
      for column in columns {
        for (place, rank) in QualityRank.ranks(of: faces.map { column.values[Int($0)] })
          .enumerated()
        {
          sums[place] += column.weight / total * (column.isFault ? 1 - rank : rank)
        }
      }
      return (faces: faces, sums: sums)
    }
    var result = [Float](repeating: 0, count: poses.count)
    for part in parts {
      for (face, sum) in zip(part.faces, part.sums) { result[Int(face)] = sum }
    }
    return result
  }

  /// The share of the others that are less, equals counting half; 0.5 for NaN.
  private static func ranks(of values: [Float]) -> [Float] {
    var ranks = [Float](repeating: 0.5, count: values.count)
    let order = values.indices.filter { !values[$0].isNaN }
      .map { (value: values[$0], index: Int32($0)) }.sorted { $0.value < $1.value }
    guard order.count > 1 else { return ranks }
    var first = 0
    while first < order.count {
      var next = first + 1
      while next < order.count, order[next].value == order[first].value { next += 1 }
      let rank = Float(first + next - 1) / 2 / Float(order.count - 1)
      for place in first..<next { ranks[Int(order[place].index)] = rank }
      first = next
    }
    return ranks
  }
}
