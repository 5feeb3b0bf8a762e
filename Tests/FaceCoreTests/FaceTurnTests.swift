import FaceCore
import Foundation
import Testing

@Suite struct FaceTurnTests {
  private func face(
    _ yaw: Double, _ pitch: Double, roll: Double = 0, scale: Double = 1.1
  ) -> (Landmarks, Pose) {
    let pose = Pose(yaw: yaw, pitch: pitch, roll: roll)
    return (
      HeadModel.landmarks(pose: pose, scale: scale, center: Point(x: 128, y: 100)), pose
    )
  }

  private func turned(
    _ landmarks: Landmarks, _ pose: Pose, _ yaw: Double, _ pitch: Double
  ) -> FaceTurn {
    FaceTurn(landmarks: landmarks, pose: pose, by: .init(yaw: yaw, pitch: pitch), side: 256)
  }

  private func distance(_ left: Landmarks, _ right: Landmarks) -> Float {
    zip(left.points, right.points).map { $0.distance(to: $1) }.max() ?? 0
  }

  /// Those that lead, without the jaw's, which slide over the side that hides.
  private static let leading = FaceTurn.controls.filter { !Landmarks.jaw.contains($0) }

  @Test func noTurnMovesNothing() {
    let (landmarks, pose) = face(12, 5)
    #expect(distance(turned(landmarks, pose, 0, 0).landmarks, landmarks) < 1e-3)
  }

  /// The mean head turned is the mean head seen from elsewhere, but for its place and size.
  @Test(arguments: [(0.0, 0.0, 10.0, 0.0), (0, 0, 0, -12), (20, 5, 12, 4), (-30, -5, -10, 5)])
  func theMeanHeadLooksWhereItIsTurned(yaw: Double, pitch: Double, by: Double, up: Double) {
    let (landmarks, pose) = face(yaw, pitch, roll: 8)
    let turn = turned(landmarks, pose, by, up)
    #expect(abs(turn.pose.yaw - yaw - by) < 1e-6 && abs(turn.pose.pitch - pitch - up) < 1e-6)
    let goal = HeadModel.landmarks(pose: turn.pose, scale: 1, center: Point(x: 0, y: 0))
    func apart(_ landmarks: Landmarks) -> Float {
      let (points, goals) = (Self.leading.map { landmarks[$0] }, Self.leading.map { goal[$0] })
      let map = AffineTransform.similarity(from: points, to: goals)
      return zip(points, goals).map { map.apply($0).distance(to: $1) }.max() ?? 0
    }
    // In units of the head; what lies close to another point follows that.
    #expect(apart(turn.landmarks) < 1.2)
    #expect(apart(landmarks) > 4)
  }

  @Test(arguments: [(0.0, 10.0, 0.0), (0, 0, 10), (15, 10, 5), (-20, -12, 6)])
  func turningBackReturns(yaw: Double, by: Double, up: Double) {
    let (landmarks, pose) = face(yaw, 4, roll: -6)
    let there = turned(landmarks, pose, by, up)
    let back = turned(there.landmarks, there.pose, -by, -up)
    // In pixels of a face that is 160 wide.
    for index in Self.leading {
      #expect(back.landmarks[index].distance(to: landmarks[index]) < 1.5, "\(index)")
    }
    #expect(back.pose.angle(to: pose) < 1e-4)
  }

  @Test func theMirroredTurnIsTheTurnOfTheMirrorImage() {
    let (landmarks, pose) = face(14, 3, roll: 4)
    let turn = turned(landmarks, pose, 9, -4)
    let other = turned(landmarks.mirrored(width: 256), pose.mirrored, -9, -4)
    #expect(distance(other.landmarks.mirrored(width: 256), turn.landmarks) < 0.8)
  }

  @Test func whatIsFarFromTheFaceStaysAndLittleIsHidden() {
    for yaw in stride(from: -35.0, through: 35, by: 7) {
      for by in [-15.0, -8, 8, 15] where abs(yaw + by) > abs(yaw) || yaw == 0 {
        let (landmarks, pose) = face(yaw, 0, scale: 0.5)
        let turn = turned(landmarks, pose, by, 0)
        #expect(turn.hiddenShare < 0.1, "\(yaw) by \(by)")
        if abs(yaw) < 8 { #expect(turn.hiddenShare == 0) }
        for x in stride(from: Float(0), through: 256, by: 16) {
          for point in [Point(x: x, y: 0), Point(x: x, y: 256), Point(x: 0, y: x)] {
            #expect(turn.mesh.moved(point).distance(to: point) < 1e-2)
          }
        }
      }
    }
  }

  @Test func aHeadThatTurnsAwayIsHidden() {
    let (landmarks, pose) = face(0, 0)
    #expect(turned(landmarks, pose, 170, 0).hiddenShare > 0.5)
  }

  @Test func turnsThatShowAHiddenSideAreKnown() {
    func shows(_ yaw: Double, _ by: Double, pitch: Double = 0, up: Double = 0) -> Bool {
      FaceTurn.showsOnlyWhatIsSeen(
        from: Pose(yaw: yaw, pitch: pitch, roll: 0), by: .init(yaw: by, pitch: up))
    }
    for sign in [-1.0, 1] {
      #expect(shows(0, 15 * sign) && shows(20 * sign, 15 * sign) && shows(50 * sign, 15 * sign))
      #expect(!shows(50 * sign, -15 * sign) && !shows(35 * sign, -15 * sign))
    }
    #expect(shows(0, 0, up: 10) && shows(0, 0, up: -10))
  }

  @Test func noPointLiesInTheCircleOfATriangle() {
    var generator = SeededGenerator(seed: 4)
    let points = (0..<60).map { _ in
      Point(x: .random(in: 0...100, using: &generator), y: .random(in: 0...100, using: &generator))
    }
    let corners = [(0, 0), (100, 0), (0, 100), (100, 100)].map { Point(x: $0.0, y: $0.1) }
    let all = corners + points
    let mesh = WarpMesh(from: all, to: all, depths: all.map { _ in 0 })
    var area: Float = 0
    for triangle in mesh.triangles {
      let (a, b, c) = triangle.points(all)
      let (u, v) = (b - a, c - a)
      let twice = u.x * v.y - u.y * v.x
      #expect(twice > 0)
      area += twice / 2
      for point in all {
        let rows = [a, b, c].map { corner -> (Double, Double, Double) in
          let (x, y) = (Double(corner.x - point.x), Double(corner.y - point.y))
          return (x, y, x * x + y * y)
        }
        let (p, q, r) = (rows[0], rows[1], rows[2])
        let inside =
          p.0 * (q.1 * r.2 - q.2 * r.1) - p.1 * (q.0 * r.2 - q.2 * r.0)
          + p.2 * (q.0 * r.1 - q.1 * r.0)
        #expect(inside < 1)
      }
    }
    #expect(abs(area - 10_000) < 1)
  }
}
