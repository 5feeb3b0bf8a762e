import Align
import FaceCore
import Foundation
import SyntheticFaces
import Testing

@Suite struct FaceLightTests {
  static let size = 400

  /// A face before a picture whose linear luminance grows by `slope` from its middle to its rim
  /// toward `angle`, degrees counter-clockwise from image right.
  static func lit(from angle: Double, slope: Double, gain: Double = 1) -> GrayImage {
    let (right, up) = (cos(angle * .pi / 180), sin(angle * .pi / 180))
    var bytes: [UInt8] = []
    for y in 0..<size {
      for x in 0..<size {
        let across = (Double(x) + 0.5) / Double(size) * 2 - 1
        let down = (Double(y) + 0.5) / Double(size) * 2 - 1
        let linear = gain * 0.3 * (1 + slope * (across * right - down * up))
        bytes.append(UInt8((1.055 * pow(max(0.0032, min(1, linear)), 1 / 2.4) - 0.055) * 255))
      }
    }
    return GrayImage(width: size, height: size, bytes: bytes)
  }

  static func face(_ pose: Pose = .frontal) -> Landmarks {
    HeadModel.landmarks(pose: pose, scale: 1.5, center: Point(x: 200, y: 150))
  }

  static func light(_ luma: GrayImage, pose: Pose = .frontal) -> Light? {
    faceLight(of: face(pose), pose: pose, in: luma)
  }

  static func azimuth(_ light: Light) -> Double {
    Double(atan2(-light.harmonics[1], light.harmonics[3])) * 180 / .pi
  }

  @Test(arguments: [0.0, 45, 90, 135, 180, -135, -90, -45])
  func theBrightSideIsWhereTheLightIs(angle: Double) throws {
    let light = try #require(FaceLightTests.light(FaceLightTests.lit(from: angle, slope: 0.9)))
    let difference = abs(FaceLightTests.azimuth(light) - angle)
    #expect(min(difference, 360 - difference) < 35)
  }

  /// A face whose zones are as bright as a light makes them.
  static func painted(in light: Light) -> GrayImage {
    var levels: [SIMD2<Int>: Double] = [:]
    for (zone, transfer) in zip(FaceSurface.zones, lightTransfer) {
      levels[SIMD2(zone.column, zone.row)] = transfer.level(in: light)
    }
    let bytes = (0..<size * size).map { index -> UInt8 in
      let x = (Double(index % size) + 0.5 - 200) / 1.5 / FaceSurface.side
      let y = (Double(index / size) + 0.5 - 150) / 1.5 / FaceSurface.side
      let level = levels[SIMD2(Int(x.rounded()), Int(y.rounded()))] ?? 0
      return UInt8((1.055 * pow(max(0.0032, min(1, level)), 1 / 2.4) - 0.055) * 255)
    }
    return GrayImage(width: size, height: size, bytes: bytes)
  }

  @Test(arguments: [0.0, 60, 130, 200, 290], [0.05, 0.25, 0.7])
  func theLightAFaceIsPaintedInIsFound(angle: Double, contrast: Double) throws {
    let (side, turn) = (3 * contrast, angle * .pi / 180)
    let light = Light(
      first: SIMD4(3, -side * sin(turn), -1.2, side * cos(turn)), hardness: 0.9)
    let found = try #require(FaceLightTests.light(FaceLightTests.painted(in: light)))
    for index in 0..<4 {
      #expect(abs(found.harmonics[index] - light.harmonics[index]) < 0.06)
    }
    #expect(abs(found.hardness - 0.9) < 0.1)
  }

  /// Hard light from the side hides half of a face, which makes it no harder than it is.
  @Test(arguments: [0.0, 45, 90, 180, 225, 315])
  func theContrastOfAKeyLightIsTold(angle: Double) throws {
    let turn = Float(angle * .pi / 180)
    for (tilt, strength) in [(Float(0.6), Float(0.6)), (0.9, 0.4), (1.2, 0.7)] {
      var light = SceneLight(
        ambient: .init(0.25, 0.25, 0.25), sky: .init(0, 0, 0), keyAzimuth: 0, keyElevation: 0,
        keyStrength: strength)
      light.keyDirection = [sin(tilt) * cos(turn), -sin(tilt) * sin(turn), -cos(tilt)]
      let pose = Pose(yaw: 8, pitch: 0, roll: 0)
      let face = RenderedFace(pose: pose, light: light)
      let luma = GrayImage(face.image)
      let found = try #require(
        faceLight(of: face.landmarks, pose: headPose(of: face.landmarks), in: luma))
      func contrast(_ light: Light) -> Float {
        let h = light.harmonics
        return (h[1] * h[1] + h[3] * h[3]).squareRoot() / h[0]
      }
      let ratio = contrast(found) / contrast(light.truth(pose: pose))
      #expect(ratio > 0.75 && ratio < 1.33, "\(ratio) at \(tilt)")
    }
  }

  @Test func aLeftLitFaceIsLeftLit() throws {
    let light = try #require(FaceLightTests.light(FaceLightTests.lit(from: 180, slope: 0.9)))
    #expect([.leftSoft, .leftHard].contains(light.bin))
    let other = try #require(FaceLightTests.light(FaceLightTests.lit(from: 0, slope: 0.9)))
    #expect([.rightSoft, .rightHard].contains(other.bin))
  }

  @Test func theMirroredFaceIsLitFromTheOtherSide() throws {
    let luma = FaceLightTests.lit(from: 20, slope: 0.8)
    var bytes: [UInt8] = []
    for y in 0..<luma.height {
      bytes += luma.bytes[y * luma.width..<(y + 1) * luma.width].reversed()
    }
    let mirror = GrayImage(width: luma.width, height: luma.height, bytes: bytes)
    let pose = Pose(yaw: 15, pitch: 4, roll: 6)
    let face = FaceLightTests.face(pose)
    let light = try #require(faceLight(of: face, pose: pose, in: luma))
    let mirrored = try #require(
      faceLight(of: face.mirrored(width: 400), pose: pose.mirrored, in: mirror))
    // 11, 2−2 and 21 are odd in x.
    for (index, value) in light.harmonics.enumerated() {
      let expected = [3, 4, 7].contains(index) ? -value : value
      #expect(abs(mirrored.harmonics[index] - expected) < 0.02 * light.harmonics[0])
    }
  }

  @Test func brightnessScalesTheLightAndKeepsItsBin() throws {
    let dim = try #require(FaceLightTests.light(FaceLightTests.lit(from: 150, slope: 0.7)))
    let bright = try #require(
      FaceLightTests.light(FaceLightTests.lit(from: 150, slope: 0.7, gain: 1.8)))
    #expect(abs(bright.harmonics[0] / dim.harmonics[0] - 1.8) < 0.05)
    #expect(bright.bin == dim.bin)
  }

  @Test func hairOverTheForeheadChangesLittle() throws {
    let plain = FaceLightTests.lit(from: 180, slope: 0.8)
    var bytes = plain.bytes
    for index in 0..<plain.width * 95 { bytes[index] = 12 }
    let hair = GrayImage(width: plain.width, height: plain.height, bytes: bytes)
    let (first, second) = (FaceLightTests.light(plain), FaceLightTests.light(hair))
    #expect(first?.bin == second?.bin)
  }

  @Test func aProfileTellsNoLight() {
    let luma = FaceLightTests.lit(from: 0, slope: 0.5)
    #expect(FaceLightTests.light(luma, pose: Pose(yaw: 70, pitch: 0, roll: 0)) == nil)
    #expect(FaceLightTests.light(luma, pose: Pose(yaw: 40, pitch: 0, roll: 0)) != nil)
  }

  @Test func aFaceOutsideTellsNoLight() {
    let luma = FaceLightTests.lit(from: 0, slope: 0.5)
    let far = FaceLightTests.face().mapped(by: .translation(x: 900, y: 0))
    #expect(faceLight(of: far, pose: .frontal, in: luma) == nil)
  }
}
