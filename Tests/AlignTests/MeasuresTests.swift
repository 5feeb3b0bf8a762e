import Align
import FaceCore
import Testing

@Suite struct MeasuresTests {
  /// Stripes of `period` pixels over the whole picture.
  static func stripes(period: Int, dark: UInt8, bright: UInt8) -> Image {
    var image = Image(width: 800, height: 600)
    for y in 0..<600 {
      for x in 0..<800 {
        let value = (x / period) % 2 == 0 ? dark : bright
        for channel in 0..<3 { image.bytes[(y * 800 + x) * 3 + channel] = value }
      }
    }
    return image
  }

  static func value(_ name: String, of image: Image, landmarks: Landmarks = sampleLandmarks)
    -> Double
  {
    let all = measures(of: landmarks, pose: headPose(of: landmarks), score: 0.5, in: image)
    return all.first { $0.name == name }?.value ?? .nan
  }

  @Test func everyMeasureHasItsOwnNameAndAVersion() {
    let image = Image(width: 800, height: 600)
    let all = measures(of: sampleLandmarks, pose: .frontal, score: 0.5, in: image)
    #expect(Set(all.map(\.name)).count == all.count)
    #expect(all.allSatisfy { $0.version >= 1 && $0.value.isFinite })
  }

  @Test func flatPicturesHaveNoSharpness() {
    let image = Image(width: 800, height: 600, red: 90, green: 90, blue: 90)
    #expect(MeasuresTests.value("sharpness", of: image) == 0)
  }

  @Test func sharpnessFallsWithBlur() {
    let sharp = MeasuresTests.stripes(period: 4, dark: 60, bright: 180)
    let blurred = sharp.resized(width: 200, height: 150).resized(width: 800, height: 600)
    #expect(
      MeasuresTests.value("sharpness", of: sharp)
        > 2 * MeasuresTests.value("sharpness", of: blurred))
  }

  @Test func luminanceIsLinearLight() {
    let white = Image(width: 800, height: 600, red: 255, green: 255, blue: 255)
    let middle = Image(width: 800, height: 600, red: 188, green: 188, blue: 188)
    #expect(abs(MeasuresTests.value("luminance", of: white) - 1) < 1e-6)
    #expect(abs(MeasuresTests.value("luminance", of: middle) - 0.5) < 0.01)
  }

  @Test func exposureCountsTheEnds() {
    let image = MeasuresTests.stripes(period: 40, dark: 10, bright: 255)
    let under = MeasuresTests.value("under_exposed", of: image)
    let over = MeasuresTests.value("over_exposed", of: image)
    #expect(under > 0.3 && over > 0.3)
    #expect(under + over <= 1 + 1e-9)
  }

  @Test func eyeDistanceDoesNotShrinkWhenTheHeadTurns() {
    let image = Image(width: 800, height: 600)
    let center = Point(x: 400, y: 300)
    let frontal = HeadModel.landmarks(pose: .frontal, scale: 1.3, center: center)
    let turned = HeadModel.landmarks(
      pose: Pose(yaw: 45, pitch: 0, roll: 0), scale: 1.3, center: center)
    let ratio =
      MeasuresTests.value("inter_eye", of: image, landmarks: turned)
      / MeasuresTests.value("inter_eye", of: image, landmarks: frontal)
    #expect(abs(ratio - 1) < 0.01)
  }

  @Test func openingIsMeasuredInFacesNotPixels() {
    let image = Image(width: 800, height: 600)
    let large = sampleLandmarks.mapped(by: .scale(1.7))
    for name in ["eyes", "mouth"] {
      let ratio =
        MeasuresTests.value(name, of: image, landmarks: large)
        / MeasuresTests.value(name, of: image)
      #expect(abs(ratio - 1) < 1e-3)
    }
  }

  @Test func aLowerLipOpensTheMouth() {
    var points = sampleLandmarks.points
    for index in 65..<68 { points[index].y += 15 }
    let image = Image(width: 800, height: 600)
    #expect(
      MeasuresTests.value("mouth", of: image, landmarks: Landmarks(points))
        > MeasuresTests.value("mouth", of: image) + 0.05)
  }

  @Test func aFaceOutsideThePictureStillHasMeasures() {
    let away = sampleLandmarks.mapped(by: .translation(x: 5000, y: 0))
    let image = Image(width: 80, height: 60, red: 200, green: 200, blue: 200)
    #expect(MeasuresTests.value("luminance", of: image, landmarks: away) == 0)
  }
}
