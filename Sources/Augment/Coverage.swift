public import FaceCore

import func Foundation.log

/// How faces fill the cells.
public struct Coverage: Hashable, Sendable {
  /// A face and its mirror image count for the same cell, because training flips.
  public let isFolded: Bool
  private var counts = [Int](repeating: 0, count: PoseCell.all.count)

  public init(folded: Bool = false) { isFolded = folded }

  /// From poses in degrees.
  public init(of poses: some Sequence<(yaw: Double, pitch: Double)>, folded: Bool = false) {
    self.init(folded: folded)
    for pose in poses { add(PoseCell(yaw: pose.yaw, pitch: pose.pitch)) }
  }

  /// Counts a face.
  public mutating func add(_ cell: PoseCell, count: Int = 1) {
    counts[(isFolded ? cell.folded : cell).index] += count
  }

  public subscript(cell: PoseCell) -> Int { counts[(isFolded ? cell.folded : cell).index] }

  /// The cells it can fill: all 45, or the 25 to image right when folded.
  public var cells: [PoseCell] {
    isFolded ? PoseCell.all.filter { $0.folded == $0 } : PoseCell.all
  }

  /// Cells with a face, in order.
  public var filled: [PoseCell] { cells.filter { self[$0] > 0 } }

  public var total: Int { counts.reduce(0, +) }

  /// How evenly the faces lie over all cells: 0 in one cell, 1 alike in each.
  public var evenness: Double {
    let total = Double(self.total)
    guard total > 0 else { return 0 }
    let entropy = filled.reduce(0.0) { sum, cell in
      let part = Double(self[cell]) / total
      return sum - part * log(part)
    }
    return entropy / log(Double(cells.count))
  }
}

/// Written as `{"folded": …, "total": …, "counts": {"y4p2": …}}`, empty cells left out.
extension Coverage: Codable {
  enum CodingKeys: String, CodingKey {
    case folded, total, counts
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(folded: try values.decode(Bool.self, forKey: .folded))
    for (name, count) in try values.decode([String: Int].self, forKey: .counts) {
      guard let cell = PoseCell(name: name), count >= 0 else {
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
