import FaceCore
import SyntheticFaces
import Testing

private let poses: [Pose] = [
  .frontal, Pose(yaw: 45, pitch: 10, roll: 15), Pose(yaw: -80, pitch: -20, roll: 0),
  Pose(yaw: 170, pitch: 0, roll: 0),
]

private let width = SceneFixture.camera.width

@Suite struct FigureTests {
  private func index(_ point: Point) -> Int { Int(point.y) * width + Int(point.x) }

  @Test(arguments: poses) func theFigureHoldsTheFace(pose: Pose) {
    let drawn = SceneFixture.alice.render(SceneFixture.scene(pose: pose))
    #expect(drawn.figureMask.count == drawn.faceMask.count)
    #expect(zip(drawn.figureMask, drawn.faceMask).allSatisfy { $0 >= $1 })
    #expect(
      drawn.figureMask.count(where: { $0 == 255 }) > drawn.faceMask.count(where: { $0 == 255 })
        + 500)
    // The upper corners are wall.
    #expect(drawn.figureMask[0] == 0 && drawn.figureMask[width - 1] == 0)
  }

  /// Hair, neck and clothes lie above and below the face.
  @Test func theFigureHoldsHairNeckAndClothes() {
    for renderer in [SceneFixture.alice, SceneFixture.bob] {
      var scene = SceneFixture.scene()
      scene.camera = SceneCamera(width: width, height: width, focal: 200)
      let drawn = renderer.render(scene)
      let (chin, bridge) = (drawn.landmarks[8], drawn.landmarks[27])
      let top = bridge + (bridge - chin) * 0.75
      #expect(drawn.figureMask[index(top)] == 255 && drawn.faceMask[index(top)] == 0)
      let neck = drawn.figureMask.count - width + Int(chin.x)
      #expect(drawn.figureMask[neck] == 255 && drawn.faceMask[neck] == 0)
    }
  }

  @Test func whereNobodyIsTheWallIsSeen() {
    let scene = SceneFixture.scene()
    let (one, other) = (SceneFixture.alice.render(scene), SceneFixture.bob.render(scene))
    var count = 0
    for i in one.figureMask.indices where one.figureMask[i] == 0 && other.figureMask[i] == 0 {
      count += 1
      #expect(one.image.bytes[3 * i..<3 * i + 3] == other.image.bytes[3 * i..<3 * i + 3])
    }
    #expect(count > 1000)
  }
}

@Suite struct VisibleTests {
  @Test func allOfAFrontalFaceIsSeen() {
    for seed in 1...4 as ClosedRange<UInt64> {
      let renderer = FaceRenderer(head: FaceIdentity(name: "someone", seed: seed))
      let drawn = renderer.render(SceneFixture.scene())
      #expect(drawn.visible.count == Landmarks.count)
      for point in Landmarks.noseBridge.lowerBound..<Landmarks.count {
        #expect(drawn.visible[point], "point \(point), person \(seed)")
      }
    }
  }

  @Test(arguments: [80, -80] as [Double]) func theFarEyeOfAProfileIsHidden(yaw: Double) {
    for renderer in [SceneFixture.alice, SceneFixture.bob] {
      let drawn = renderer.render(
        SceneFixture.scene(pose: Pose(yaw: yaw, pitch: 0, roll: 0)))
      let (left, right) = (Landmarks.leftEye, Landmarks.rightEye)
      #expect((yaw > 0 ? left : right).allSatisfy { drawn.visible[$0] })
      #expect((yaw > 0 ? right : left).allSatisfy { !drawn.visible[$0] })
      #expect(drawn.visible[30])
    }
  }

  @Test func nothingOfAFaceIsSeenFromBehind() {
    let drawn = SceneFixture.alice.render(
      SceneFixture.scene(pose: Pose(yaw: 180, pitch: 0, roll: 0)))
    #expect(drawn.visible[17...].allSatisfy { !$0 })
  }

  @Test func whatIsOutsideThePictureIsNotSeen() {
    var scene = SceneFixture.scene()
    scene.position[0] = 20
    let drawn = SceneFixture.alice.render(scene)
    for (point, isSeen) in zip(drawn.landmarks.points, drawn.visible) where isSeen {
      #expect((-1...Float(width + 1)).contains(point.x))
    }
    #expect(drawn.landmarks.points.contains { $0.x > Float(width) + 2 })
  }

  @Test(arguments: [
    Pose(yaw: 20, pitch: 5, roll: 8), Pose(yaw: 55, pitch: -10, roll: 0),
    Pose(yaw: 80, pitch: 15, roll: -12),
  ])
  func inAMirrorTheSameIsSeenUnderTheOtherNames(pose: Pose) {
    let renderer = FaceRenderer(head: SceneFixture.symmetric)
    let scene = SceneFixture.scene(pose: pose)
    var mirrored = scene
    mirrored.pose = pose.mirrored
    let (one, other) = (renderer.render(scene), renderer.render(mirrored))
    #expect(other.visible == Landmarks.mirrorOrder.map { one.visible[$0] })
  }
}
