import Align
import FaceCore
import Foundation
import Media
import SyntheticFaces
import Testing

/// Each measure answers to the damage it names, by its law.
@Suite struct DamageMeasuresTests {
  private static let face = RenderedFace.plain

  private static func values(_ change: (Image) -> Image) -> [String: Double] {
    face.with(change).measures
  }

  @Test func aMirrorChangesNoMeasureButTheBlursDirection() throws {
    let smeared = Self.face.with { $0.smeared(length: 10, angle: 30) }
    let (before, after) = (smeared.measures, smeared.mirrored.measures)
    #expect(Set(before.keys) == Set(after.keys))
    for (name, value) in before where !["blur_angle", "detector_score"].contains(name) {
      let other = try #require(after[name])
      #expect(abs(other - value) < 0.03 * max(1, abs(value)), "\(name): \(value), \(other)")
    }
    let (angle, mirrored) = (try #require(before["blur_angle"]), try #require(after["blur_angle"]))
    #expect(abs(180 - angle - mirrored) < 3)
  }

  @Test(arguments: [0.0, 30, 60, 90, 120, 150])
  func motionIsToldWithItsDirectionAndLength(angle: Double) throws {
    let scale = cropTransform(landmarks: Self.face.landmarks, size: 256, type: .full).meanScale
    var last = 0.0
    for length in [8, 16] {
      let values = Self.values { $0.smeared(length: length, angle: angle) }
      let (blur, found) = (try #require(values["blur"]), try #require(values["blur_angle"]))
      let difference = abs(found - angle).truncatingRemainder(dividingBy: 180)
      #expect(min(difference, 180 - difference) < 15, "\(found)")
      // Long ones are told short.
      #expect((0.4...1.3).contains(blur / (Double(length) * scale)), "\(blur)")
      #expect(blur > last)
      last = blur
    }
  }

  @Test func turningTheFrameTurnsTheBlursDirection() throws {
    let smeared = Self.face.with { $0.smeared(length: 14, angle: 0) }
    let turn = AffineTransform.translation(x: -240, y: -240).then(.rotation(-.pi / 6))
      .then(.translation(x: 240, y: 240))
    let turned = RenderedFace(
      image: smeared.image.warped(by: turn, width: 480, height: 480, border: .replicate),
      landmarks: smeared.landmarks.mapped(by: turn))
    let angle = try #require(turned.measures["blur_angle"])
    #expect(abs(angle - 30) < 15, "\(angle)")
  }

  @Test(arguments: [2.0, 5, 12])
  func noiseIsRecovered(deviation: Double) throws {
    let square = cropTransform(landmarks: Self.face.landmarks, size: 256, type: .full)
    let flat = Image(width: 256, height: 256, red: 128, green: 128, blue: 128).noisy(deviation)
    let measures = cropMeasures(
      of: Self.face.landmarks.mapped(by: square), in: flat, transform: square,
      width: 480, height: 480, occlusion: occlusionMeter)
    let noise = try #require(measures.first { $0.name == "noise" }).value
    #expect(abs(noise / deviation - 1) < 0.08, "\(noise)")
  }

  @Test func noiseGrowsInAFace() {
    let noises = [0.0, 3, 8, 16].map { deviation in
      Self.values { $0.noisy(deviation) }["noise"] ?? .nan
    }
    #expect(noises == noises.sorted() && noises[3] > 3 * noises[0], "\(noises)")
  }

  @Test func blocksShowAsQualityFalls() {
    let steps = [95, 60, 30, 10].map { quality in
      Self.values { (try? JPEG.decode(JPEG.encode($0, quality: quality))) ?? $0 }["blockiness"]
        ?? .nan
    }
    #expect(steps == steps.sorted() && steps[3] > 10 * max(steps[0], 0.1), "\(steps)")
  }

  @Test func anEnlargedFaceIsToldFromOneThatIsNot() throws {
    // As sharp as its pixels: reduced, or the renderer's own softness is what is seen.
    let sharp = Self.face.with { $0 }
    let small = RenderedFace(
      image: sharp.image.resized(width: 240, height: 240),
      landmarks: sharp.landmarks.mapped(by: .scale(0.5)))
    let enlarged = RenderedFace(
      image: small.image.resized(width: 480, height: 480), landmarks: sharp.landmarks)
    let (own, twice) = (
      try #require(small.measures["upscaled"]), try #require(enlarged.measures["upscaled"])
    )
    #expect(own < 1.3 && twice > 1.4 && twice > own + 0.3, "\(own), \(twice)")
  }

  @Test func combsOfMotionAreTold() throws {
    let woven = Self.values { image in
      var result = image
      for y in stride(from: 1, to: image.height, by: 2) {
        for x in 0..<image.width * 3 {
          let from = min(image.width * 3 - 3 + x % 3, x + 18)
          result.bytes[y * image.width * 3 + x] = image.bytes[y * image.width * 3 + from]
        }
      }
      return result
    }
    #expect(try #require(woven["interlaced"]) > 1)
    #expect(try #require(Self.values { $0 }["interlaced"]) < 0.8)
    // Noise has no rows.
    #expect(try #require(Self.values { $0.noisy(10) }["interlaced"]) < 1.05)
  }

  @Test func exposureIsInStopsAndItsEndsAreCounted() throws {
    let (own, half) = (Self.values { $0 }, Self.values { $0.exposed(0.5, 0.5, 0.5) })
    let change = try #require(half["exposure"]) - (try #require(own["exposure"]))
    #expect(abs(change + 1) < 0.08, "\(change)")
    let over = [1.0, 4, 30].map { gain in
      Self.values { $0.exposed(gain, gain, gain) }["over_exposed"] ?? .nan
    }
    #expect(over == over.sorted() && over[2] > 0.3, "\(over)")
    let under = [1.0, 0.3, 0.1].map { gain in
      Self.values { $0.exposed(gain, gain, gain) }["under_exposed"] ?? .nan
    }
    #expect(under == under.sorted() && under[2] > 0.9, "\(under)")
  }

  @Test func colourFollowsTheLight() throws {
    let (own, blue) = (Self.values { $0 }, Self.values { $0.exposed(0.7, 0.85, 1.6) })
    #expect(try #require(blue["warmth"]) < (try #require(own["warmth"])) - 10)
    #expect(try #require(blue["colour_cast"]) > (try #require(own["colour_cast"])) + 3)
    let green = Self.values { $0.exposed(0.8, 1.3, 0.8) }
    #expect(try #require(green["tint"]) < (try #require(own["tint"])) - 5)
  }

  @Test func unevenLightIsTold() throws {
    let even = RenderedFace(
      pose: .frontal,
      light: SceneLight(
        ambient: .init(0.6, 0.6, 0.6), sky: .init(0, 0, 0), keyAzimuth: 0, keyElevation: 0,
        keyStrength: 0))
    let sidelit = RenderedFace(
      pose: .frontal,
      light: SceneLight(
        ambient: .init(0.1, 0.1, 0.1), sky: .init(0, 0, 0), keyAzimuth: 75, keyElevation: 0,
        keyStrength: 0.8))
    let (a, b) = (even.measures, sidelit.measures)
    #expect(try #require(a["uniformity"]) > (try #require(b["uniformity"])) + 0.3)
    #expect(try #require(a["luminance_variance"]) < (try #require(b["luminance_variance"])))
  }

  @Test func whatIsOutsideTheFrameIsCounted() throws {
    #expect(Self.values { $0 }["outside"] == 0)
    let box = Self.face.landmarks.box
    let cut = RenderedFace(
      image: Image(width: 480, height: 480),
      landmarks: Self.face.landmarks.mapped(by: .translation(x: -Double(box.center.x), y: 0)))
    #expect(abs(try #require(cut.measures["outside"]) - 0.5) < 0.08)
  }

  @Test func browsThatRiseAreTold() throws {
    var points = Self.face.landmarks.points
    for index in 17..<27 { points[index].y -= 8 }
    let raised = RenderedFace(image: Self.face.image, landmarks: Landmarks(points))
    #expect(
      try #require(raised.measures["brows"]) > (try #require(Self.face.measures["brows"])) + 0.03)
  }

  @Test func theSquareSaysWhatTheFrameSaid() throws {
    let face = Self.face
    let (square, transform) = crop(face.image, landmarks: face.landmarks, type: .full, size: 256)
    let kept = try JPEG.decode(JPEG.encode(square, quality: 95))
    let anew = squareMeasures(
      of: face.landmarks, pose: headPose(of: face.landmarks), in: kept, transform: transform,
      width: 480, height: 480, occlusion: occlusionMeter)
    #expect(Set(anew.map(\.name)) == Set(squareRules.keys))
    let before = face.measures
    for measure in anew where measure.name != "blur_angle" {
      let value = try #require(before[measure.name])
      let limit = ["sharpness", "blur", "noise"].contains(measure.name) ? 0.4 : 0.1
      #expect(
        abs(measure.value - value) < limit * max(0.3, abs(value)),
        "\(measure.name): \(value), \(measure.value)")
    }
  }
}
