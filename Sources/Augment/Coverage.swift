public import FaceCore

import func Foundation.log

/// How faces fill the cells.
public struct Coverage: Hashable, Sendable {
  /// A face and its mirror image count for the same cell, because training flips.
  public let isFolded: Bool
  private var counts: [FaceCell: Int] = [:]
  private var poses = [Int](repeating: 0, count: PoseCell.all.count)

  public init(folded: Bool = false) { isFolded = folded }

  /// Of cells, each with one face.
  public init(of cells: some Sequence<FaceCell>, folded: Bool = false) {
    self.init(folded: folded)
    for cell in cells { add(cell) }
  }

  /// Counts faces.
  public mutating func add(_ cell: FaceCell, count: Int = 1) {
    guard count != 0 else { return }
    let cell = isFolded ? cell.folded : cell
    counts[cell, default: 0] += count
    poses[cell.pose.index] += count
  }

  public subscript(cell: FaceCell) -> Int { counts[isFolded ? cell.folded : cell] ?? 0 }

  /// Faces of a pose, whatever their light and expression.
  public subscript(pose: PoseCell) -> Int { poses[(isFolded ? pose.folded : pose).index] }

  /// The poses it can hold: all 45, or the 25 to image right when folded.
  public var poseCells: [PoseCell] {
    isFolded ? PoseCell.all.filter { $0.folded == $0 } : PoseCell.all
  }

  /// Cells with a face, in order.
  public var filled: [FaceCell] { counts.keys.sorted() }

  public var total: Int { poses.reduce(0, +) }

  /// Of pose alone.
  public var ofPoses: Coverage {
    var coverage = Coverage(folded: isFolded)
    for pose in poseCells { coverage.add(FaceCell(pose), count: self[pose]) }
    return coverage
  }

  /// How evenly the faces lie over all poses: 0 in one cell, 1 alike in each.
  public var evenness: Double { ofPoses.entropy / log(Double(poseCells.count)) }

  /// Of the shares of the cells, in nats.
  public var entropy: Double {
    let total = Double(self.total)
    return filled.reduce(0) { sum, cell in
      let part = Double(self[cell]) / total
      return sum - part * log(part)
    }
  }
}

/// Written as `{"folded": …, "total": …, "counts": {"y4p2/flat": …}}`, empty cells left out.
extension Coverage: Codable {
  enum CodingKeys: String, CodingKey {
    case folded, total, counts
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(folded: try values.decode(Bool.self, forKey: .folded))
    for (name, count) in try values.decode([String: Int].self, forKey: .counts) {
      guard let cell = FaceCell(name: name), count >= 0 else {
        throw DecodingError.dataCorruptedError(
          forKey: .counts, in: values, debugDescription: "\(name): \(count) is no cell's count")
      }
      add(cell, count: count)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(isFolded, forKey: .folded)
    try values.encode(total, forKey: .total)
    let pairs = filled.map { ($0.name, self[$0]) }
    try values.encode(Dictionary(uniqueKeysWithValues: pairs), forKey: .counts)
  }
}
