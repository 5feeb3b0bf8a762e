/// Faces held out to measure a model on: whole videos, or whole tracks where videos do not do,
/// never single frames, whose neighbours would have been trained on.
public struct ValidationSplit: Hashable, Sendable {
  /// A face as far as the split goes.
  public struct Face: Hashable, Sendable {
    public var id: String
    public var video: String
    /// The track's name among all videos.
    public var track: String

    public init(id: String, video: String, track: String) {
      (self.id, self.video, self.track) = (id, video, track)
    }
  }

  /// What was held out whole.
  public enum Unit: String, Hashable, Sendable, Codable {
    case video, track
    /// Nothing: all is one track, or each track is too large a part.
    case none
  }

  public let unit: Unit
  /// Ids of the faces to validate with.
  public let validation: Set<String>

  /// Holds out about `fraction` of the faces, in units that together are at most `limit` of them.
  ///
  /// Units are tried in an order that the seed draws, and taken while that comes nearer to the
  /// fraction; where all are larger, the smallest is taken.
  public init(
    of faces: [Face], fraction: Double = 0.1, limit: Double = 0.3, seed: UInt64
  ) {
    precondition((0...limit).contains(fraction) && limit < 1, "0 ≤ fraction ≤ limit < 1")
    let all = Double(faces.count)
    for (unit, name) in [(Unit.video, \Face.video), (.track, \Face.track)] {
      let groups = Dictionary(grouping: faces) { $0[keyPath: name] }
      guard fraction > 0, groups.count > 1 else { continue }
      let held = ValidationSplit.held(
        groups.mapValues(\.count), goal: fraction * all, limit: limit * all, seed: seed)
      guard !held.isEmpty else { continue }
      self.unit = unit
      validation = Set(held.flatMap { (groups[$0] ?? []).map(\.id) })
      return
    }
    unit = .none
    validation = []
  }

  /// The names of the units to hold out, none when the smallest is above the limit.
  private static func held(
    _ sizes: [String: Int], goal: Double, limit: Double, seed: UInt64
  ) -> [String] {
    let lots = sizes.map { (lot: lot(of: $0.key, seed: seed), name: $0.key, size: $0.value) }
    var total = 0.0
    var names: [String] = []
    for group in lots.sorted(by: { ($0.lot, $0.name) < ($1.lot, $1.name) }) {
      let next = total + Double(group.size)
      if abs(next - goal) < abs(total - goal), next <= limit {
        total = next
        names.append(group.name)
      }
    }
    if names.isEmpty,
      let smallest = lots.min(by: { ($0.size, $0.lot, $0.name) < ($1.size, $1.lot, $1.name) }),
      Double(smallest.size) <= limit
    {
      names = [smallest.name]
    }
    return names
  }
}
