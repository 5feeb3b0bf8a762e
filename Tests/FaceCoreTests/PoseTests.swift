import FaceCore
import Testing

@Suite struct PoseTests {
  @Test(arguments: [(0.0, 0.0, 0.0), (30, -10, 5), (-60, 20, -40), (80, 5, 170)])
  func anglesSurviveTheQuaternion(yaw: Double, pitch: Double, roll: Double) {
    let pose = Pose(yaw: yaw, pitch: pitch, roll: roll)
    #expect(abs(pose.yaw - yaw) < 1e-9)
    #expect(abs(pose.pitch - pitch) < 1e-9)
    #expect(abs(pose.roll - roll) < 1e-9)
    #expect(Pose(matrix: pose.matrix).angle(to: pose) < 1e-5)
  }

  @Test func positiveAnglesPointWhereTheConventionSays() {
    func nose(_ pose: Pose) -> (x: Double, y: Double) { (-pose.matrix[2], -pose.matrix[5]) }
    #expect(nose(Pose(yaw: 20, pitch: 0, roll: 0)).x > 0)
    #expect(nose(Pose(yaw: 0, pitch: 20, roll: 0)).y < 0)
    // Clockwise on screen: the head's right-hand axis dips.
    #expect(Pose(yaw: 0, pitch: 0, roll: 20).matrix[3] > 0)
  }

  @Test func mirroringNegatesYawAndRoll() {
    let pose = Pose(yaw: 25, pitch: -12, roll: 8)
    #expect(abs(pose.mirrored.yaw + 25) < 1e-9)
    #expect(abs(pose.mirrored.pitch + 12) < 1e-9)
    #expect(abs(pose.mirrored.roll + 8) < 1e-9)
    #expect(pose.mirrored.mirrored == pose)
  }

  @Test func theAngleBetweenPosesIsThatOfTheRotation() {
    #expect(abs(Pose.frontal.angle(to: Pose(yaw: 33, pitch: 0, roll: 0)) - 33) < 1e-6)
  }
}
