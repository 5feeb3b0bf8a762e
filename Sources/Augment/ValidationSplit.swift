public import FaceCore

/// Faces held out to measure a model on: whole videos, or whole shots where videos do not do, never
/// single frames, whose neighbours would have been trained on.
///
/// Videos, or shots, that share near-duplicates are held out together or not at all.
public struct ValidationSplit: Hashable, Sendable {
  /// A face as far as the split goes.
  public struct Face: Hashable, Sendable {
    public var id: FaceID
    /// Within its video.
    public var shot: Int

    public init(id: FaceID, shot: Int) { (self.id, self.shot) = (id, shot) }
  }

  /// What was held out whole.
  public enum Unit: String, Hashable, Sendable, Codable {
    case video, shot
    /// Nothing: all is one shot, or each shot is too large a part.
    case none
  }

  public let unit: Unit
  /// Ids of the faces to validate with.
  public let validation: Set<FaceID>

  /// Holds out about `fraction` of the faces, in units that together are at most `limit` of them.
  ///
  /// Units are tried in an order that the seed draws, and taken while that comes nearer to the
  /// fraction; where all are larger, the smallest is taken. `twins` are near-duplicates, by their
  /// places in `faces`.
  public init(
    of faces: [Face], twins: [(Int, Int)] = [], fraction: Double = 0.1, limit: Double = 0.3,
    seed: UInt64
  ) {
    precondition((0...limit).contains(fraction) && limit < 1, "0 ≤ fraction ≤ limit < 1")
    let all = Double(faces.count)
    let names: [(Unit, (Face) -> String)] = [
      (.video, { $0.id.video }), (.shot, { "\($0.id.video):\($0.shot)" }),
    ]
    for (unit, name) in names where fraction > 0 {
      let groups = UnitGroups(faces.map(name), twins: twins)
      guard groups.sizes.count > 1 else { continue }
      let held = ValidationSplit.held(
        groups.sizes, goal: fraction * all, limit: limit * all, seed: seed)
      guard !held.isEmpty else { continue }
      self.unit = unit
      validation = Set(
        zip(faces, groups.names).lazy.filter { held.contains($1) }.map(\.0.id))
      return
    }
    unit = .none
    validation = []
  }

  /// The names of the units to hold out, none when the smallest is above the limit.
  private static func held(
    _ sizes: [String: Int], goal: Double, limit: Double, seed: UInt64
  ) -> Set<String> {
    let lots = sizes.map { (lot: lot(of: $0.key, seed: seed), name: $0.key, size: $0.value) }
    var total = 0.0
    var names: Set<String> = []
    for group in lots.sorted(by: { ($0.lot, $0.name) < ($1.lot, $1.name) }) {
      let next = total + Double(group.size)
      if abs(next - goal) < abs(total - goal), next <= limit {
        total = next
        names.insert(group.name)
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

  /// A number that the seed draws for a name: FNV-1a over its bytes, then the generator.
  private static func lot(of name: String, seed: UInt64) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var generator = SeededGenerator(seed: seed, stream: hash)
    return generator.next()
  }
}

/// Units joined where they share near-duplicates, each named by its least name.
private struct UnitGroups {
  /// Of each face.
  let names: [String]
  /// Faces of each group.
  let sizes: [String: Int]

  init(_ units: [String], twins: [(Int, Int)]) {
    var heads: [String: String] = [:]
    func head(_ name: String) -> String {
      var name = name
      while let next = heads[name] { name = next }
      return name
    }
    for (first, second) in twins {
      let (a, b) = (head(units[first]), head(units[second]))
      if a != b { heads[max(a, b)] = min(a, b) }
    }
    names = units.map(head)
    sizes = names.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}
