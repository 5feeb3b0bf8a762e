import FaceCore

/// One way for a face to reach a cell.
struct PlanCandidate: Hashable, Sendable {
  /// Place in the list of faces.
  var face: Int
  /// Where it is to end, which in a folded plan may be the mirror image of the cell it fills.
  var goal: FaceCell
  var mirrors: Bool
  /// What yaw and pitch must grow by at least, in degrees.
  var turn: (yaw: Double, pitch: Double)
  /// Nil leaves the light.
  var light: Light?
  /// How great the change is: 0 for a mirror, and about 3 for the largest turn or a step of light.
  var tier: Int

  /// Largest turn, in degrees.
  static let turnLimit = 15.0
  /// Largest yaw at which a face is given another light, in degrees: beyond it a face by itself tells none.
  static let relightLimit = 50.0

  /// Nil where the face is there as it is, or cannot come there.
  init?(
    _ index: Int, _ face: AugmentationPlan.Face, mirrors: Bool, to goal: FaceCell,
    rules: AugmentationPlan.Rules
  ) {
    guard goal.expression == nil || goal.expression == face.expression else { return nil }
    let pose = mirrors ? face.pose.mirrored : face.pose
    let turn = (
      yaw: AngleBin.yaw(goal.pose).way(from: pose.yaw).tenThousandths,
      pitch: AngleBin.pitch(goal.pose).way(from: pose.pitch).tenThousandths
    )
    let angle = (turn.yaw * turn.yaw + turn.pitch * turn.pitch).squareRoot()
    guard angle <= Self.turnLimit, angle == 0 || rules.operations.contains(.rotate) else {
      return nil
    }
    var light: Light?
    if let bin = goal.light {
      guard let own = mirrors ? face.light?.mirrored : face.light, own.harmonics[0] > 0 else {
        return nil
      }
      if own.bin != bin {
        // Of a face that hides half of itself nobody has seen what another light does to it.
        guard rules.operations.contains(.relight), own.bin.isBeside(bin),
          abs(pose.yaw) <= Self.relightLimit
        else { return nil }
        light = own.moved(into: bin)
      }
    }
    guard mirrors || angle > 0 || light != nil else { return nil }
    guard
      angle == 0
        || FaceTurn.showsOnlyWhatIsSeen(from: pose, by: .init(yaw: turn.yaw, pitch: turn.pitch))
    else { return nil }
    (self.face, self.goal, self.mirrors) = (index, goal, mirrors)
    (self.turn, self.light) = (turn, light)
    tier = Int((angle / 5).rounded(.up)) + (light == nil ? 0 : 2)
  }

  static func == (left: PlanCandidate, right: PlanCandidate) -> Bool {
    (left.face, left.goal, left.mirrors) == (right.face, right.goal, right.mirrors)
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(face)
    hasher.combine(goal)
    hasher.combine(mirrors)
  }
}

/// The angles of a bin, in degrees.
struct AngleBin: Hashable, Sendable {
  var low, high: Double
  /// How far inside of it a face is brought.
  var margin: Double

  static func yaw(_ cell: PoseCell) -> AngleBin {
    let middle = cell.center.yaw
    return AngleBin(
      low: cell.yaw == 0 ? -90 : middle - 10,
      high: cell.yaw == PoseCell.yawCount - 1 ? 90 : middle + 10, margin: 4)
  }

  static func pitch(_ cell: PoseCell) -> AngleBin {
    let middle = cell.center.pitch
    return AngleBin(
      low: cell.pitch == 0 ? -60 : middle - 7.5,
      high: cell.pitch == PoseCell.pitchCount - 1 ? 60 : middle + 7.5, margin: 3)
  }

  /// The shortest way from an angle well into the bin; 0 from inside of it.
  func way(from angle: Double) -> Double {
    if angle <= low { return low + margin - angle }
    if angle >= high { return high - margin - angle }
    return 0
  }

  /// How far an angle may still go in the direction of a way, up to as well inside of the other end.
  func room(from angle: Double, along way: Double) -> Double {
    max(0, way > 0 ? high - margin - angle : angle - low - margin)
  }
}
