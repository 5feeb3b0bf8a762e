import FaceCore
import Foundation
import SyntheticFaces
import Testing

@Suite struct LandmarkTests {
  /// Recovers the points' places in the head frame from many poses and predicts one more.
  @Test(arguments: [(20.0, 0.0, 0.0), (0, 15, 0), (0, 0, 25), (-25, -10, 12)])
  func landmarksMoveWithThePoseOfTheHead(yaw: Double, pitch: Double, roll: Double) throws {
    let camera = SceneFixture.camera
    let pose = Pose(yaw: yaw, pitch: pitch, roll: roll)
    let fixed = Array(17..<68)
    func rays(_ pose: Pose) -> [(Double, Double)] {
      SceneFixture.alice.landmarks(SceneFixture.scene(pose: pose)).points.map {
        (
          (Double($0.x) - Double(camera.width) / 2) / Double(camera.focal),
          (Double($0.y) - Double(camera.height) / 2) / Double(camera.focal)
        )
      }
    }
    let seen = rays(.frontal)
    let turned = rays(Pose(yaw: 10, pitch: 0, roll: 0))
    let predicted = rays(pose)
    for i in fixed {
      // Two views give the point: depth z on the frontal ray so that the turned view agrees.
      func place(_ z: Double) -> [Double] { [seen[i].0 * z, seen[i].1 * z - 2, z - 68] }
      func project(_ p: [Double], _ pose: Pose) -> (Double, Double) {
        let m = pose.matrix
        let x = m[0] * p[0] + m[1] * p[1] + m[2] * p[2]
        let y = m[3] * p[0] + m[4] * p[1] + m[5] * p[2] + 2
        let z = m[6] * p[0] + m[7] * p[1] + m[8] * p[2] + 68
        return (x / z, y / z)
      }
      var (low, high) = (45.0, 75.0)
      let step = Pose(yaw: 10, pitch: 0, roll: 0)
      let rising = project(place(high), step).0 > project(place(low), step).0
      for _ in 0..<60 {
        let middle = (low + high) / 2
        let more = project(place(middle), step).0 > turned[i].0
        if more == rising { high = middle } else { low = middle }
      }
      let expected = project(place(low), pose)
      #expect(abs(expected.0 - predicted[i].0) * Double(camera.focal) < 0.6, "point \(i)")
      #expect(abs(expected.1 - predicted[i].1) * Double(camera.focal) < 0.6, "point \(i)")
    }
  }

  @Test func aNoseTurnedToImageRightHasPositiveYaw() {
    let frontal = SceneFixture.bob.landmarks(SceneFixture.scene())
    let right = SceneFixture.bob.landmarks(
      SceneFixture.scene(pose: Pose(yaw: 30, pitch: 0, roll: 0)))
    let up = SceneFixture.bob.landmarks(SceneFixture.scene(pose: Pose(yaw: 0, pitch: 20, roll: 0)))
    func nose(_ points: Landmarks) -> Point {
      points[30] - (points.mean(of: Landmarks.leftEye) + points.mean(of: Landmarks.rightEye)) * 0.5
    }
    #expect(nose(right).x > nose(frontal).x + 5)
    #expect(nose(up).y < nose(frontal).y - 3)
  }

  @Test func anOpenJawPartsTheInnerLips() {
    var open = FaceExpression()
    open.jawOpen = 0.8
    let closed = SceneFixture.bob.landmarks(SceneFixture.scene())
    let parted = SceneFixture.bob.landmarks(SceneFixture.scene(expression: open))
    #expect(closed[62].distance(to: closed[66]) < 0.3)
    #expect(parted[62].distance(to: parted[66]) > 0.2 * parted.interEyeDistance)
    #expect(parted[8].y > closed[8].y + 2)
  }

  @Test func aBlinkClosesOnlyItsOwnLids() {
    var blink = FaceExpression()
    blink.blinkLeft = 1
    let open = SceneFixture.alice.landmarks(SceneFixture.scene())
    let shut = SceneFixture.alice.landmarks(SceneFixture.scene(expression: blink))
    func height(_ points: Landmarks, _ upper: Int, _ lower: Int) -> Float {
      points[lower].y - points[upper].y
    }
    #expect(height(open, 37, 41) > 0.08 * open.interEyeDistance)
    #expect(abs(height(shut, 37, 41)) < 0.035 * open.interEyeDistance)
    #expect(height(shut, 44, 46) == height(open, 44, 46))
  }

  @Test func aSmileWidensAndAPuckerNarrowsTheMouth() {
    func width(_ change: (inout FaceExpression) -> Void) -> Float {
      var face = FaceExpression()
      change(&face)
      let points = SceneFixture.alice.landmarks(SceneFixture.scene(expression: face))
      return points[48].distance(to: points[54])
    }
    let rest = width { _ in }
    #expect(width { $0.smile = 1 } > 1.1 * rest)
    #expect(width { $0.pucker = 1 } < 0.9 * rest)
  }

  @Test func everyLandmarkOfAFrontalFaceLiesOnTheHead() {
    for seed in 1...3 as ClosedRange<UInt64> {
      let renderer = FaceRenderer(head: FaceIdentity(name: "someone", seed: seed))
      let drawn = renderer.render(SceneFixture.scene())
      for point in drawn.landmarks.points[17...] {
        #expect(drawn.faceMask[Int(point.y) * 160 + Int(point.x)] > 0)
      }
    }
  }
}
