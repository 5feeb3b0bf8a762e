import Align
import FaceCore
import FaceNetTraining
import SyntheticFaces
import Testing

/// A person who looks so far to the side, and nothing else changes.
private func portrait(yaw: Double, seed: UInt64 = 31) -> Portrait {
  let light = SceneLight(
    ambient: .init(0.3, 0.3, 0.3), sky: .init(0.1, 0.1, 0.1), keyAzimuth: 0, keyElevation: 20,
    keyStrength: 0.5)
  let scene = Scene(
    pose: Pose(yaw: yaw, pitch: 0, roll: 0), position: [0, 3, 90], light: light,
    camera: SceneCamera(width: 240, height: 240, focal: 612))
  let frame = FaceRenderer(head: FaceIdentity(name: "one", seed: seed), threads: 1).render(scene)
  return Portrait(
    luma: GrayImage(frame.image),
    alpha: GrayImage(width: 240, height: 240, bytes: frame.figureMask),
    landmarks: frame.landmarks, visible: frame.visible, pose: nil, person: 7)
}

@Suite struct TurnedPortraitTests {
  /// Against the same person rendered where the turn leads: places of what is seen, what is seen at all, and
  /// where the head looks.
  @Test(arguments: [(10.0, 35.0), (-20, -40), (0, 60)])
  func aTurnedPersonIsThatPersonSeenFromThere(yaw: Double, turn: Double) throws {
    let before = portrait(yaw: yaw)
    let truth = portrait(yaw: yaw + turn)
    let turned = try #require(before.turned(by: .init(yaw: turn, pitch: 0)))
    let seen = (0..<Landmarks.count).filter { truth.visible[$0] && !Landmarks.jaw.contains($0) }
    func apart(_ landmarks: Landmarks) -> Float {
      let (points, goals) = (seen.map { landmarks[$0] }, seen.map { truth.landmarks[$0] })
      let map = AffineTransform.similarity(from: points, to: goals)
      let misses = zip(points, goals).map { map.apply($0).distance(to: $1) }
      return misses.reduce(0, +) / Float(misses.count) / truth.landmarks.box.area.squareRoot()
    }
    #expect(apart(turned.landmarks) < 0.05)
    #expect(apart(turned.landmarks) < 0.5 * apart(before.landmarks))
    let agreed = zip(turned.visible, truth.visible).count { $0 == $1 }
    #expect(agreed >= 54, "of 68")
    #expect(turned.visible.contains(false))
    #expect(abs((turned.pose?.yaw ?? 0) - yaw - turn) < 8)
    #expect(turned.person == 7 && turned.showsFace)
    #expect(turned.luma.width == 240 && turned.luma != before.luma)
  }

  /// The pixels of a landmark go where the landmark goes.
  @Test func pixelsGoWithLandmarks() throws {
    for index in [30, 36, 48] {
      let turned = try #require(spotted([index]).turned(by: .init(yaw: 25, pitch: 0)))
      let found = spot(in: Canvas(turned.luma))
      #expect(found.distance(to: turned.landmarks[index]) < 2)
    }
  }

  /// Landmarks outside of the picture are taken for seen.
  @Test func aFaceMayReachOutOfThePicture() throws {
    let whole = spotted([])
    for shift in [Point(x: 160, y: 0), Point(x: 0, y: -150), Point(x: -130, y: 140)] {
      let moved = Landmarks(whole.landmarks.points.map { $0 + shift })
      let cut = Portrait(picture: whole.luma, landmarks: moved, person: 0)
      let turned = try #require(cut.turned(by: .init(yaw: 40, pitch: 0)))
      #expect(turned.luma.width == whole.luma.width)
    }
  }

  @Test func whatTurnsAwayOrIsNoHeadIsNotTurned() {
    #expect(spotted([]).turned(by: .init(yaw: 95, pitch: 0)) == nil)
    var points = spotted([]).landmarks.points
    points.swapAt(8, 27)
    points.swapAt(0, 16)
    let scrambled = Portrait(
      picture: spotted([]).luma, landmarks: Landmarks(points), person: 0)
    #expect(scrambled.turned(by: .init(yaw: 20, pitch: 0)) == nil)
  }

  /// Further to the side that they look to already, and nobody beyond a profile.
  @Test func allAreTurnedAside() {
    let yaws = [0.0, 20, -20, 45, -60, 3]
    let portraits = yaws.map { spotted([30], pose: Pose(yaw: $0, pitch: 0, roll: 0)) }
    var goals: [Double] = []
    for seed in 0..<40 as Range<UInt64> {
      let turned = portraits.turnedAside(seed: seed)
      #expect(turned.map(\.pose) == portraits.turnedAside(seed: seed).map(\.pose))
      for portrait in turned { goals.append(portrait.pose?.yaw ?? 0) }
    }
    #expect(goals.count > 150)
    #expect(goals.allSatisfy { (24...81).contains(abs($0)) })
    #expect(goals.contains { $0 < -60 } && goals.contains { $0 > 60 })
    let onlyRight = [portraits[1]]
    for seed in 0..<20 as Range<UInt64> {
      for portrait in onlyRight.turnedAside(seed: seed) { #expect((portrait.pose?.yaw ?? 0) > 24) }
    }
  }
}
