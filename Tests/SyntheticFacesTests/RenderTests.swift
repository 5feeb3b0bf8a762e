import FaceCore
import SyntheticFaces
import Testing

@Suite struct RenderTests {
  @Test func aMirroredSceneOfASymmetricPersonIsTheMirroredPicture() {
    let renderer = FaceRenderer(head: SceneFixture.symmetric)
    var expression = FaceExpression()
    expression.blinkLeft = 1
    expression.gazeYaw = 12
    expression.jawOpen = 0.4
    let scene = SceneFixture.scene(
      pose: Pose(yaw: 25, pitch: 5, roll: 8), expression: expression,
      light: SceneFixture.light(keyAzimuth: 40))
    var mirrored = scene
    mirrored.pose = scene.pose.mirrored
    mirrored.expression = scene.expression.mirrored
    mirrored.light = scene.light.mirrored
    let one = renderer.render(scene)
    let other = renderer.render(mirrored)
    let expected = one.image.mirrored().bytes
    let differences = zip(expected, other.image.bytes).map { abs(Int($0) - Int($1)) }
    // Samples on an edge may fall to either side.
    #expect(differences.filter { $0 > 12 }.count < differences.count / 200)
    #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 0.3)
    let landmarks = one.landmarks.mirrored(width: 160)
    for i in 0..<Landmarks.count {
      #expect(landmarks[i].distance(to: other.landmarks[i]) < 0.1)
    }
  }

  @Test func threadsDoNotChangeAByte() {
    let scene = SceneFixture.scene(
      pose: Pose(yaw: -30, pitch: 8, roll: -4), light: SceneFixture.light(keyAzimuth: -30),
      grain: 2)
    let one = FaceRenderer(head: .alice, threads: 1).render(scene)
    let two = FaceRenderer(head: .alice, threads: 2).render(scene)
    let three = SceneFixture.alice.render(scene)
    #expect(one.image == two.image)
    #expect(one.image == three.image)
    #expect(one.faceMask == two.faceMask)
    #expect(one.landmarks == two.landmarks)
  }

  @Test(arguments: [-55, 55] as [Float])
  func theSideTowardTheKeyLightIsBrighter(azimuth: Float) {
    let drawn = SceneFixture.bob.render(
      SceneFixture.scene(light: SceneFixture.light(keyAzimuth: azimuth)))
    // Cheeks, between the eyes and the corners of the mouth.
    let left = brightness(drawn, at: (drawn.landmarks[36] + drawn.landmarks[48]) * 0.5)
    let right = brightness(drawn, at: (drawn.landmarks[45] + drawn.landmarks[54]) * 0.5)
    #expect(azimuth < 0 ? left > right * 1.2 : right > left * 1.2)
  }

  @Test func aSwapChangesTheFaceAndNothingElse() {
    let scene = SceneFixture.scene(
      pose: Pose(yaw: 15, pitch: -5, roll: 3), light: SceneFixture.light(keyAzimuth: 30), grain: 1)
    let plain = SceneFixture.bob.render(scene)
    let swapped = SceneFixture.swapped.render(scene)
    var inside = 0
    var changed = 0
    for i in plain.faceMask.indices {
      let at = i * 3
      let same = plain.image.bytes[at..<at + 3] == swapped.image.bytes[at..<at + 3]
      if plain.faceMask[i] == 0, swapped.faceMask[i] == 0 {
        #expect(same, "pixel \(i % 160), \(i / 160) is outside the face")
      } else if plain.faceMask[i] == 255 {
        inside += 1
        changed += same ? 0 : 1
      }
    }
    #expect(inside > 500)
    #expect(changed > inside * 9 / 10)
  }

  @Test func aSwapInTheHeadsToneIsNearerToTheHeadsColour() {
    let scene = SceneFixture.scene()
    let plain = SceneFixture.bob.render(scene)
    let face = SceneFixture.swapped.render(scene)
    let toned = FaceRenderer(head: .bob, face: .alice, tone: .head).render(scene)
    func difference(_ other: RenderedFrame) -> Int {
      plain.faceMask.indices.filter { plain.faceMask[$0] == 255 }.reduce(0) {
        $0 + abs(Int(plain.image.bytes[$1 * 3]) - Int(other.image.bytes[$1 * 3]))
      }
    }
    #expect(difference(toned) * 2 < difference(face))
    #expect(toned.landmarks == face.landmarks)
  }

  private func brightness(_ frame: RenderedFrame, at point: Point) -> Float {
    var sum = 0
    for y in -2...2 {
      for x in -2...2 {
        let at = ((Int(point.y) + y) * frame.image.width + Int(point.x) + x) * 3
        sum += Int(frame.image.bytes[at + 1])
      }
    }
    return Float(sum) / 25
  }
}
