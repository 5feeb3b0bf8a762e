import FaceCore
import Foundation

/// A plan while it is made.
struct PlanMaking {
  /// By id.
  private let faces: [AugmentationPlan.Face]
  private let rules: AugmentationPlan.Rules
  /// The variants of each face, and for how often each is drawn before the limit.
  private var made: [[FaceVariant]]
  /// How many variants each cell got.
  private(set) var filled: [FaceCell: Int] = [:]

  init(faces: [AugmentationPlan.Face], rules: AugmentationPlan.Rules) {
    (self.faces, self.rules) = (faces, rules)
    made = [[FaceVariant]](repeating: [], count: faces.count)
  }

  /// The cells with the faces that can come to them, those with the fewest first, as they have no
  /// choice.
  ///
  /// Of two with as many the one goes first whose best candidates do, which is the same for mirrored
  /// faces.
  func ordered(
    _ short: [FaceCell: Int]
  ) -> [(cell: FaceCell, candidates: [PlanCandidate])] {
    short.keys.map { cell in (cell, candidates(for: cell)) }.sorted { left, right in
      let (a, b) = (left.1, right.1)
      if a.count != b.count { return a.count < b.count }
      for (first, second) in zip(a, b) where key(first) != key(second) {
        return key(first) < key(second)
      }
      return (left.0.folded, left.0) < (right.0.folded, right.0)
    }
  }

  private func key(_ candidate: PlanCandidate) -> (Int, Double, Int, Int) {
    let turn = candidate.turn
    return (
      candidate.tier, turn.yaw * turn.yaw + turn.pitch * turn.pitch, candidate.face,
      candidate.mirrors ? 1 : 0
    )
  }

  /// The smallest change first, of those the best face.
  private func candidates(for cell: FaceCell) -> [PlanCandidate] {
    var found: [PlanCandidate] = []
    let mirrorsToo = !rules.isFolded && rules.operations.contains(.mirror)
    let goals = rules.isFolded && cell.mirrored != cell ? [cell, cell.mirrored] : [cell]
    for (index, face) in faces.enumerated() where face.weight < rules.limit {
      for goal in goals {
        for mirrors in mirrorsToo ? [false, true] : [false] {
          let candidate = PlanCandidate(index, face, mirrors: mirrors, to: goal, rules: rules)
          if let candidate { found.append(candidate) }
        }
      }
    }
    return found.sorted { left, right in
      let (a, b) = (faces[left.face].quality, faces[right.face].quality)
      if left.tier != right.tier { return left.tier < right.tier }
      if a != b { return a > b }
      return key(left) < key(right)
    }
  }

  /// Gives a cell up to so many variants.
  ///
  /// In each round a candidate may cost a step more: for its change, twice for every variant its face has,
  /// and for a video that has more than its share of the cell.
  mutating func fill(_ cell: FaceCell, lacking: Int, from candidates: [PlanCandidate]) {
    var usable = candidates
    var videos: [String: Int] = [:]
    let share = Double(Set(candidates.map { faces[$0.face].video }).count) / Double(lacking)
    var picked: [(face: Int, place: Int)] = []
    var allowance = 0
    while picked.count < lacking, !usable.isEmpty {
      var kept: [PlanCandidate] = []
      for candidate in usable {
        guard picked.count < lacking else { break }
        let used = made[candidate.face].count
        guard used < rules.variantsPerFace else { continue }
        let video = faces[candidate.face].video
        let crowd = min(4, Int(Double(videos[video] ?? 0) * share))
        guard candidate.tier + 2 * used + crowd <= allowance else {
          kept.append(candidate)
          continue
        }
        guard let variant = variant(candidate, for: cell, number: used) else { continue }
        picked.append((candidate.face, used))
        made[candidate.face].append(variant)
        videos[video, default: 0] += 1
        kept.append(candidate)
      }
      usable = kept
      allowance += 1
    }
    filled[cell] = picked.count
    guard !picked.isEmpty else { return }
    let weight = pow(Double(lacking) / Double(picked.count), rules.temperature)
    for pick in picked { made[pick.face][pick.place].weight = weight }
  }

  /// The part of a face that a turn may hide.
  private static let mostHidden = 0.1

  /// Nil where much of the face would be hidden, or the picture would be one that the face has already.
  private func variant(
    _ candidate: PlanCandidate, for cell: FaceCell, number: Int
  ) -> FaceVariant? {
    let face = faces[candidate.face]
    var generator = SeededGenerator(
      seed: rules.seed, stream: Self.stream(face.id, cell.folded.name, number))
    let pose = candidate.mirrors ? face.pose.mirrored : face.pose
    let turn = candidate.jittered(from: pose, using: &generator)
    var variant = FaceVariant(
      cell: cell, mirror: candidate.mirrors, rotate: turn, relight: candidate.light)
    variant.vary(rules.operations, cropSize: face.cropSize, using: &generator)
    guard !made[candidate.face].contains(where: { $0.shows(variant) }) else { return nil }
    if let turn, face.hiddenShare(after: turn, mirrors: candidate.mirrors) > Self.mostHidden {
      return nil
    }
    return variant
  }

  /// By id, with no face drawn more often than the limit.
  func variants() -> [String: [FaceVariant]] {
    var result: [String: [FaceVariant]] = [:]
    for (face, variants) in zip(faces, made) where !variants.isEmpty {
      let total = variants.reduce(0) { $0 + $1.weight }
      let part = min(1, (rules.limit - face.weight) / total)
      let scaled = variants.compactMap { variant -> FaceVariant? in
        // Rounded down, or the sum could pass the limit.
        let weight = (variant.weight * part * 1e4).rounded(.down) / 1e4
        guard weight > 0 else { return nil }
        var copy = variant
        copy.weight = weight
        return copy
      }
      if !scaled.isEmpty { result[face.id] = scaled }
    }
    return result
  }

  /// A stream of random numbers for these words.
  ///
  /// Source: Fowler, Noll and Vo, FNV-1a.
  private static func stream(_ id: String, _ cell: String, _ number: Int) -> UInt64 {
    "\(id) \(cell) \(number)".utf8.reduce(0xCBF2_9CE4_8422_2325) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
  }
}

extension AugmentationPlan.Face {
  /// Which part of the face a turn hides.
  ///
  /// Always of the picture in which it ends up looking to image right, so that mirror images hide the
  /// same to the last digit.
  fileprivate func hiddenShare(after turn: FaceVariant.Turn, mirrors: Bool) -> Double {
    let yaw = (mirrors ? -pose.yaw : pose.yaw) + turn.yaw
    let flips = (yaw < 0) != mirrors
    return FaceTurn(
      landmarks: flips ? landmarks.mirrored(width: Float(cropSize)) : landmarks,
      pose: flips ? pose.mirrored : pose,
      by: .init(yaw: yaw < 0 ? -turn.yaw : turn.yaw, pitch: turn.pitch), side: cropSize
    ).hiddenShare
  }
}

extension PlanCandidate {
  /// The turn, up to half of the bin further in than it need be.
  fileprivate func jittered(
    from pose: Pose, using generator: inout some RandomNumberGenerator
  ) -> FaceVariant.Turn? {
    func further(_ way: Double, _ angle: Double, _ bin: AngleBin) -> Double {
      let extra = Double.random(in: 0..<0.5, using: &generator)
      guard way != 0 else { return 0 }
      let room = extra * min(12, bin.room(from: angle + way, along: way))
      return way > 0 ? way + room : way - room
    }
    let (yaw, pitch) = (
      further(turn.yaw, pose.yaw, .yaw(goal.pose)),
      further(turn.pitch, pose.pitch, .pitch(goal.pose))
    )
    guard yaw != 0 || pitch != 0 else { return nil }
    let wanted = FaceVariant.Turn(yaw: yaw, pitch: pitch)
    let isSmall = yaw * yaw + pitch * pitch <= Self.turnLimit * Self.turnLimit
    return isSmall && FaceTurn.showsOnlyWhatIsSeen(from: pose, by: wanted)
      ? wanted : FaceVariant.Turn(yaw: turn.yaw, pitch: turn.pitch)
  }
}

extension FaceVariant {
  /// Small changes of the picture, each at random, so that copies of a face differ.
  fileprivate mutating func vary(
    _ operations: Set<AugmentationPlan.Operation>, cropSize: Int,
    using generator: inout some RandomNumberGenerator
  ) {
    func within(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &generator) }
    // All are drawn whatever is allowed, so that one that is not changes no other.
    let all = within(0.9...1.1)
    let gain = (0..<3).map { _ in all * within(0.97...1.03) }
    let color = Color(gain: gain, saturation: within(0.85...1.15))
    let unit = Double(cropSize) / 256
    let (sigma, length) = (within(0.4...1.2) * unit, within(2...5) * unit)
    let moves = within(0...1) < 0.3
    // Along or across only, which are the same in a mirror.
    let angle = within(0...1) < 0.7 ? 0.0 : 90
    let (scale, noise, quality) = (within(0.5...0.9), within(1...4), within(55...92))
    func takes(_ operation: AugmentationPlan.Operation, _ part: Double) -> Bool {
      let drawn = within(0...1) < part
      return drawn && operations.contains(operation)
    }
    let varied = FaceVariant(
      cell: cell, weight: weight, mirror: mirror, rotate: rotate, relight: relight,
      color: takes(.color, 0.6) ? color : nil, scale: takes(.scale, 0.25) ? scale : nil,
      blur: takes(.blur, 0.25)
        ? Blur(sigma: sigma, length: moves ? length : nil, angle: moves ? angle : nil) : nil,
      noise: takes(.noise, 0.3) ? noise : nil, jpeg: takes(.jpeg, 0.35) ? Int(quality) : nil)
    self = varied
  }
}
