import FaceCore
import Foundation
import Media
import Testing
import Trainer

/// What each operation does to a picture, its landmarks and what is known of the head.
@Suite struct FacePictureTests {
  private static let side = 96
  private static let cell = FaceCell(PoseCell(yaw: 4, pitch: 2))

  private func face(
    _ image: Image? = nil, pose: Pose = Pose(yaw: 10, pitch: 2, roll: 3), light: Light? = nil
  ) -> FacePicture {
    FacePicture(
      image: image ?? smoothImage(width: Self.side, height: Self.side),
      landmarks: HeadModel.landmarks(pose: pose, scale: 0.42, center: Point(x: 47, y: 36)),
      pose: pose, light: light)
  }

  private func changed(
    _ face: FacePicture, seed: UInt64 = 1, _ change: (inout FaceVariant) -> Void
  ) throws -> FacePicture {
    var variant = FaceVariant(cell: Self.cell)
    change(&variant)
    var generator = SeededGenerator(seed: seed)
    return try face.changed(by: variant, using: &generator)
  }

  private static let light = Light(harmonics: [0.8, -0.1, -0.3, 0.05, 0.02, 0, -0.1, 0.03, 0.01])

  private func largest(_ left: Image, _ right: Image) -> Int {
    zip(left.bytes, right.bytes).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
  }

  @Test func aVariantWithoutOperationsIsTheFace() throws {
    let noise = face(noiseImage(width: Self.side, height: Self.side))
    #expect(try changed(noise) { _ in } == noise)
  }

  @Test func mirroringIsExactAndTwiceIsNothing() throws {
    let plain = face(noiseImage(width: Self.side, height: Self.side), light: Self.light)
    let mirrored = try changed(plain) { $0.mirror = true }
    #expect(mirrored.image == plain.image.mirrored())
    #expect(mirrored.landmarks == plain.landmarks.mirrored(width: Float(Self.side)))
    #expect(mirrored.pose == plain.pose.mirrored && mirrored.light == plain.light?.mirrored)
    let back = try changed(mirrored) { $0.mirror = true }
    #expect(back.image == plain.image && back.pose == plain.pose)
    let mask = FaceMask.training
    func drawn(_ face: FacePicture) -> [Float] {
      mask.render(mask.outline(of: face.landmarks), width: Self.side, height: Self.side)
    }
    let rows = drawn(mirrored)
    let reversed = (0..<Self.side).flatMap {
      rows[$0 * Self.side..<($0 + 1) * Self.side].reversed()
    }
    #expect(largestDifference(reversed, drawn(plain)) < 1e-3)
  }

  @Test func changesOfThePictureLeaveLandmarksPoseAndLight() throws {
    let plain = face(light: Self.light)
    let changes: [(inout FaceVariant) -> Void] = [
      { $0.color = .init(gain: [1.1, 1, 0.9], saturation: 0.5) }, { $0.scale = 0.4 },
      { $0.blur = .init(sigma: 1.5) }, { $0.noise = 5 }, { $0.jpeg = 40 },
    ]
    for change in changes {
      let made = try changed(plain, change)
      #expect(made.image != plain.image)
      #expect(made.landmarks == plain.landmarks && made.pose == plain.pose)
      #expect(made.light == plain.light)
    }
  }

  @Test func colorsAreGainAndDistanceFromLuma() throws {
    let plain = face()
    let made = try changed(plain) { $0.color = .init(gain: [1.2, 1, 0.8], saturation: 0.5) }
    for pixel in stride(from: 0, to: plain.image.bytes.count, by: 3) {
      let rgb = (0..<3).map { Double(plain.image.bytes[pixel + $0]) }
      let luma = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]
      for (channel, gain) in [1.2, 1, 0.8].enumerated() {
        let expected = min(255, gain * (luma + 0.5 * (rgb[channel] - luma)))
        #expect(abs(Double(made.image.bytes[pixel + channel]) - expected) < 0.51)
      }
    }
    #expect(
      try changed(plain) { $0.color = .init(gain: [1, 1, 1], saturation: 1) }.image == plain.image)
  }

  @Test func aPlainPictureStaysPlainWhateverIsSmeared() throws {
    let plain = face(Image(width: Self.side, height: Self.side, red: 90, green: 120, blue: 33))
    let made = try changed(plain) {
      $0.blur = .init(sigma: 2, length: 7, angle: 30)
      $0.scale = 0.3
      $0.rotate = .init(yaw: 9, pitch: 2)
    }
    #expect(made.image == plain.image)
  }

  @Test func aBlurHasItsDeviationAndAMovementItsDirection() throws {
    var dot = Image(width: Self.side, height: Self.side)
    for channel in 0..<3 { dot.bytes[3 * (48 * Self.side + 48) + channel] = 255 }
    /// Deviations of the brightness across and down, and its sum.
    func spread(_ image: Image) -> (x: Double, y: Double, sum: Double) {
      var (x, y, sum) = (0.0, 0.0, 0.0)
      for row in 0..<Self.side {
        for column in 0..<Self.side {
          let value = Double(image.bytes[3 * (row * Self.side + column)])
          x += value * Double((column - 48) * (column - 48))
          y += value * Double((row - 48) * (row - 48))
          sum += value
        }
      }
      return ((x / sum).squareRoot(), (y / sum).squareRoot(), sum)
    }
    let round = spread(try changed(face(dot)) { $0.blur = .init(sigma: 1.2) }.image)
    // Rounding to bytes cuts the tails.
    #expect(abs(round.x - 1.2) < 0.12 && abs(round.y - 1.2) < 0.12 && abs(round.sum - 255) < 30)
    let across = spread(try changed(face(dot)) { $0.blur = .init(sigma: 0, length: 6) }.image)
    #expect(abs(across.x - 6 / 12.0.squareRoot()) < 0.35 && across.y < 0.01)
    let down = spread(
      try changed(face(dot)) { $0.blur = .init(sigma: 0, length: 6, angle: 90) }.image)
    #expect(abs(down.y - across.x) < 0.1 && down.x < 0.1)
  }

  @Test func noiseHasItsDeviationAndComesFromTheGenerator() throws {
    let grey = face(Image(width: Self.side, height: Self.side, red: 128, green: 128, blue: 128))
    let made = try changed(grey) { $0.noise = 6 }
    let steps = stride(from: 0, to: made.image.bytes.count, by: 3).map {
      Double(made.image.bytes[$0]) - 128
    }
    let deviation = (steps.reduce(0) { $0 + $1 * $1 } / Double(steps.count)).squareRoot()
    #expect(abs(deviation - 6) < 0.25 && abs(steps.reduce(0, +) / Double(steps.count)) < 0.25)
    #expect(try changed(grey) { $0.noise = 6 } == made)
    #expect(try changed(grey, seed: 2) { $0.noise = 6 } != made)
  }

  @Test func jpegAndScaleAreThoseOfTheCodecAndTheResampler() throws {
    let plain = face(noiseImage(width: Self.side, height: Self.side))
    let coded = try JPEG.decode(JPEG.encode(plain.image, quality: 35, sampling: .half))
    #expect(try changed(plain) { $0.jpeg = 35 }.image == coded)
    let coarse = plain.image.resized(width: 38, height: 38)
      .resized(width: Self.side, height: Self.side)
    #expect(try changed(plain) { $0.scale = 0.4 }.image == coarse)
  }

  /// A spot is painted on a landmark; where it is after the turn is where the landmark is said to be.
  @Test(arguments: [30, 48, 8, 19, 36])
  func aLandmarkMovesWithItsPixels(index: Int) throws {
    let side = 192
    let pose = Pose(yaw: 10, pitch: 2, roll: 3)
    var painted = FacePicture(
      image: Image(width: side, height: side),
      landmarks: HeadModel.landmarks(pose: pose, scale: 0.84, center: Point(x: 94, y: 72)),
      pose: pose, light: nil)
    let place = painted.landmarks[index]
    for row in Int(place.y) - 4...Int(place.y) + 4 {
      for column in Int(place.x) - 4...Int(place.x) + 4 {
        let x = Double(Float(column) + 0.5 - place.x)
        let y = Double(Float(row) + 0.5 - place.y)
        let value = UInt8(250 * exp(-(x * x + y * y) / 2))
        for channel in 0..<3 { painted.image.bytes[3 * (row * side + column) + channel] = value }
      }
    }
    let made = try changed(painted) { $0.rotate = .init(yaw: 12, pitch: -6) }
    let brightest = (0..<side * side).max { made.image.bytes[3 * $0] < made.image.bytes[3 * $1] }
    let found = brightest.map {
      Point(x: Float($0 % side) + 0.5, y: Float($0 / side) + 0.5)
    }
    let goal = made.landmarks[index]
    // Half of a pixel's diagonal, and a little.
    #expect(found.map { $0.distance(to: goal) } ?? 9 < 0.85)
    if index != 8 { #expect(goal.distance(to: place) > 1.5) }
  }

  @Test func noTurnAndTheSameLightChangeNothing() throws {
    let plain = face(noiseImage(width: Self.side, height: Self.side), light: Self.light)
    #expect(try changed(plain) { $0.relight = Self.light }.image == plain.image)
    // A resampler that is asked for the pixels themselves.
    #expect(
      largest(try changed(plain) { $0.rotate = .init(yaw: 0, pitch: 0) }.image, plain.image) <= 1)
  }

  @Test func aLightFromTheOtherSideBrightensThatSideAndLeavesTheBackground() throws {
    let grey = Image(width: Self.side, height: Self.side, red: 110, green: 100, blue: 90)
    let plain = face(grey, pose: .frontal, light: Self.light)
    var harmonics = Self.light.harmonics
    harmonics[3] = -0.25
    let made = try changed(plain) { $0.relight = Light(harmonics: harmonics) }
    let value = { (point: Point) -> Int in
      Int(made.image.bytes[3 * (Int(point.y) * Self.side + Int(point.x))])
    }
    let cheeks = (
      left: (plain.landmarks[2] + plain.landmarks[31]) * 0.5,
      right: (plain.landmarks[14] + plain.landmarks[35]) * 0.5
    )
    #expect(value(cheeks.left) > 120 && value(cheeks.right) < 100)
    for corner in [0, Self.side - 1, Self.side * Self.side - 1] {
      #expect(made.image.bytes[3 * corner] == 110)
    }
    #expect(made.light?.harmonics == harmonics && made.landmarks == plain.landmarks)
    // In linear light no pixel changes by more than the limit.
    func linear(_ byte: UInt8) -> Double { pow((Double(byte) / 255 + 0.055) / 1.055, 2.4) }
    for (old, new) in zip(plain.image.bytes, made.image.bytes) {
      #expect((0.38...2.6).contains(linear(new) / linear(old)))
    }
  }
}
