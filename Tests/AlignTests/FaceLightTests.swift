import Align
import FaceCore
import Foundation
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
    #expect(light.bin != .flat)
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
