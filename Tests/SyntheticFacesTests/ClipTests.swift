import FaceCore
import Foundation
import SyntheticFaces
import Testing

@Suite struct ClipTests {
  let set = SampleSet.standard(seconds: 8, seed: 1)

  @Test func truthSurvivesItsLine() throws {
    let clip = set.clips[0]
    let landmarks = SceneFixture.alice.landmarks(clip.scene(at: 33))
    let truth = clip.truth(at: 33, landmarks: landmarks)
    let line = try truth.line()
    #expect(!line.contains(UInt8(ascii: "\n")))
    let read = try FrameTruth(line: line)
    #expect(read.landmarks == truth.landmarks)
    #expect(read.light == truth.light)
    #expect(read.expression == truth.expression)
    #expect(read.pose.angle(to: truth.pose) < 1e-6)
    #expect(throws: (any Error).self) { try FrameTruth(line: line.dropLast(9)) }
  }

  @Test func anIdentitySurvivesCoding() throws {
    for person in [FaceIdentity.alice, .bob, FaceIdentity(name: "c", seed: 9)] {
      let data = try JSONEncoder().encode(person)
      #expect(try JSONDecoder().decode(FaceIdentity.self, from: data) == person)
    }
    #expect(FaceIdentity(name: "c", seed: 9) == FaceIdentity(name: "c", seed: 9))
    #expect(FaceIdentity(name: "c", seed: 9) != FaceIdentity(name: "c", seed: 10))
  }

  @Test func theStandardSetTrainsBothAndHoldsTheTargetBack() {
    #expect(set.clips.filter { $0.identity.name == "alice" }.count == 2)
    #expect(set.clips.filter { $0.identity.name == "bob" && $0.swapFace == nil }.count == 2)
    #expect(set.clips.last?.swapFace?.name == "alice")
    #expect(Set(set.clips.map(\.name)).count == set.clips.count)
    #expect(Set(set.clips.map(\.look.backdrop.seed)).count == set.clips.count)
  }

  @Test func bothPeopleTurnOverTheWholeRange() {
    for name in ["alice", "bob"] {
      let poses = set.clips.filter { $0.identity.name == name && $0.swapFace == nil }.flatMap {
        clip in
        (0..<clip.frames).map { clip.scene(at: $0).pose }
      }
      #expect(poses.map(\.yaw).min()! < -30)
      #expect(poses.map(\.yaw).max()! > 30)
      #expect(poses.map(\.yaw).allSatisfy { abs($0) < 60 })
      #expect(poses.map(\.pitch).min()! < -10)
      #expect(poses.map(\.pitch).max()! > 10)
    }
  }

  @Test func motionIsSmooth() {
    for clip in set.clips {
      for frame in 1..<clip.frames {
        let turned = clip.scene(at: frame).pose.angle(to: clip.scene(at: frame - 1).pose)
        #expect(turned < 8, "\(clip.name), frame \(frame)")
      }
    }
  }

  @Test func facesHaveTheSizeOfTypicalFootage() {
    for clip in set.clips {
      let renderer = clip.identity.name == "alice" ? SceneFixture.alice : SceneFixture.bob
      for frame in stride(from: 0, to: clip.frames, by: 50) {
        let points = renderer.landmarks(clip.scene(at: frame))
        #expect((90...230).contains(points.box.height), "\(clip.name), frame \(frame)")
        #expect(points.box.x > 0 && points.box.x + points.box.width < 640)
        #expect(points.box.y > 0 && points.box.y + points.box.height < 360)
      }
    }
  }

  @Test func theSoundFollowsTheJaw() {
    let clip = set.clips[0]
    let (rate, samples) = clip.audio()
    #expect(rate == 48_000)
    #expect(samples.count == clip.frames * rate / clip.framesPerSecond)
    #expect(samples.allSatisfy { abs($0) <= 1 })
    var open = [Float]()
    var shut = [Float]()
    for frame in 0..<clip.frames {
      let part = samples[frame * 1920..<(frame + 1) * 1920]
      let power = part.reduce(0) { $0 + $1 * $1 } / 1920
      let jaw = clip.scene(at: frame).expression.jawOpen
      if jaw > 0.2 { open.append(power) }
      if jaw == 0 { shut.append(power) }
    }
    #expect(!open.isEmpty && !shut.isEmpty)
    let mean = open.reduce(0, +) / Float(open.count)
    #expect(mean > 1e-3)
    #expect(shut.reduce(0, +) / Float(shut.count) < mean / 50)
    #expect(clip.audio().samples == samples)
  }
}

@Suite struct LightTests {
  @Test func truthIsTheIrradianceOfAWhiteSurface() {
    // Light from all sides alike: radiance 1 gives irradiance over π of 1, for every normal.
    let light = SceneLight(
      surroundings: Array(repeating: [3.544_907_7, 0, 0, 0, 0, 0, 0, 0, 0], count: 3),
      keyDirection: [0, 0, -1], keyColor: .init(1, 1, 1), keyStrength: 0)
    let truth = light.truth(pose: Pose(yaw: 20, pitch: 10, roll: 5)).harmonics
    #expect(abs(truth[0] * 0.282_094_8 - 1) < 1e-4)
    #expect(truth[1...].allSatisfy { abs($0) < 1e-5 })
  }

  @Test func aKeyLightIsALightWithAPointSource() {
    for (azimuth, elevation) in [(0, 0), (40, 20), (-75, -30), (160, 50)] as [(Float, Float)] {
      let truth = SceneLight(
        ambient: .init(0.2, 0.2, 0.2), sky: .init(0, 0, 0), keyAzimuth: azimuth,
        keyElevation: elevation, keyStrength: 0.6
      ).truth(pose: Pose(yaw: 10, pitch: 5, roll: 0))
      let h = truth.harmonics.map { Double($0) }
      let same = Light(first: SIMD4(h[0], h[1], h[2], h[3]), hardness: 1)
      for index in 0..<9 { #expect(abs(same.harmonics[index] - truth.harmonics[index]) < 1e-3) }
      #expect(abs(truth.hardness - 1) < 1e-3)
    }
  }

  @Test func theKeyLightStaysInTheRoomWhenTheHeadTurns() {
    let light = SceneFixture.light(keyAzimuth: 30)
    // A head that faces the key light sees it from straight ahead (−z).
    let facing = SceneLight(
      ambient: .init(0, 0, 0), sky: .init(0, 0, 0), keyAzimuth: 30, keyElevation: 0,
      keyStrength: 1
    ).truth(pose: Pose(yaw: 30, pitch: 0, roll: 0)).harmonics
    #expect(abs(facing[3]) < 1e-4)
    #expect(abs(facing[1]) < 1e-4)
    #expect(facing[2] < -0.5)
    // Band energies do not depend on the pose.
    let a = light.truth(pose: .frontal).harmonics
    let b = light.truth(pose: Pose(yaw: 40, pitch: -15, roll: 20)).harmonics
    func energy(_ h: [Float], _ band: Range<Int>) -> Float { h[band].reduce(0) { $0 + $1 * $1 } }
    for band in [0..<1, 1..<4, 4..<9] {
      #expect(abs(energy(a, band) - energy(b, band)) < 1e-4 * (1 + energy(a, band)))
    }
  }
}
