/// What two manifests hold differently, face by face.
public struct ManifestDifference: Sendable {
  /// A part of a row.
  public enum Aspect: String, CaseIterable, Sendable {
    case identity, split, crop, frame, cell, weight, augmentation, why
    /// Landmarks, pose, light and quality.
    case measures
  }

  /// A face that both hold, not in the same way.
  public struct Change: Sendable {
    public let before: ManifestRow
    public let after: ManifestRow
    /// Never empty.
    public let aspects: [Aspect]
  }

  /// Faces that only the second holds, sorted by id, as all three lists are.
  public let added: [ManifestRow]
  /// Faces that only the first holds.
  public let removed: [ManifestRow]
  public let changed: [Change]

  public var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }

  /// A face is the same in both when side and id are.
  public init(from before: [ManifestRow], to after: [ManifestRow]) {
    let old = ManifestDifference.places(of: before)
    let new = ManifestDifference.places(of: after)
    added = after.filter { old[Key($0)] == nil }.sorted { Key($0) < Key($1) }
    removed = before.filter { new[Key($0)] == nil }.sorted { Key($0) < Key($1) }
    changed = before.compactMap { row in
      guard let place = new[Key(row)], after[place] != row else { return nil }
      let other = after[place]
      return Change(
        before: row, after: other, aspects: Aspect.allCases.filter { !$0.isSame(row, other) })
    }.sorted { Key($0.before) < Key($1.before) }
  }

  private struct Key: Hashable, Comparable {
    let side: Side
    let id: String

    init(_ row: ManifestRow) { (side, id) = (row.side, row.id) }

    static func < (left: Key, right: Key) -> Bool {
      (left.id, left.side.rawValue) < (right.id, right.side.rawValue)
    }
  }

  private static func places(of rows: [ManifestRow]) -> [Key: Int] {
    Dictionary(
      rows.enumerated().map { (Key($0.element), $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension ManifestDifference.Aspect {
  fileprivate func isSame(_ left: ManifestRow, _ right: ManifestRow) -> Bool {
    switch self {
    case .identity: left.identity == right.identity
    case .split: left.split == right.split
    case .crop: left.crop == right.crop
    case .frame: left.frame == right.frame
    case .cell: left.cell == right.cell
    case .weight: left.weight == right.weight
    case .augmentation: left.augmentation == right.augmentation
    case .why: left.why == right.why
    case .measures:
      left.landmarks == right.landmarks && left.pose == right.pose && left.light == right.light
        && left.quality == right.quality
    }
  }
}
