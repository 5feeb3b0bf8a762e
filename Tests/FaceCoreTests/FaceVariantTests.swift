import FaceCore
import Foundation
import Testing

@Suite struct FaceVariantTests {
  private static let cell = FaceCell(PoseCell(yaw: 6, pitch: 2), light: .leftSoft)

  private static let whole = FaceVariant(
    cell: cell, weight: 0.75, mirror: true, rotate: .init(yaw: 7.123456, pitch: -0.00001),
    relight: Light(harmonics: [0.8, -0.1, 0.25, 0.123456, 0, 0, 0.5, 0, -0.25]),
    color: .init(gain: [1.05, 1, 0.95], saturation: 0.9), scale: 0.5,
    blur: .init(sigma: 0.8, length: 3, angle: 90), noise: 2.5, jpeg: 80)

  private static let text = """
    {"blur":{"angle":90,"length":3,"sigma":0.8},"cell":"y6p2/left-soft",\
    "color":{"gain":[1.05,1,0.95],"saturation":0.9},"jpeg":80,"mirror":true,"noise":2.5,\
    "relight":[0.8,-0.1,0.25,0.1235,0,0,0.5,0,-0.25],"rotate":{"pitch":0,"yaw":7.1235},\
    "scale":0.5,"weight":0.75}
    """

  private func decoded(_ text: String) throws -> FaceVariant {
    try JSONDecoder().decode(FaceVariant.self, from: Data(text.utf8))
  }

  @Test func allOperationsHaveOneSpelling() throws {
    #expect(try CanonicalJSON.line(Self.whole) == Self.text)
    #expect(try decoded(Self.text) == Self.whole)
    let plain = FaceVariant(cell: Self.cell, mirror: true)
    #expect(
      try CanonicalJSON.line(plain) == #"{"cell":"y6p2/left-soft","mirror":true,"weight":1}"#)
    #expect(try decoded(#"{"cell":"y6p2/left-soft","mirror":true,"weight":1}"#) == plain)
  }

  @Test(arguments: [
    (#""weight":0.75"#, #""weight":0"#), (#""weight":0.75"#, #""weight":1e300"#),
    (#""yaw":7.1235"#, #""yaw":20.5"#), (#""pitch":0,"#, #""pitch":-21,"#),
    (#""jpeg":80"#, #""jpeg":0"#), (#""jpeg":80"#, #""jpeg":101"#),
    (#""noise":2.5"#, #""noise":-1"#), (#""scale":0.5"#, #""scale":0"#),
    (#""scale":0.5"#, #""scale":1.5"#), (#""sigma":0.8"#, #""sigma":1000"#),
    (#""length":3"#, #""length":65"#), (#""angle":90"#, #""angle":361"#),
    ("1.05,1,0.95", "1.05,1"), ("1.05,1,0.95", "1.05,1,0"),
    (#""saturation":0.9"#, #""saturation":-1"#), ("[0.8,", "["), ("[0.8,", "[0,"),
    ("-0.25]", "-2000]"), ("y6p2/left-soft", "y9p2"), (#""jpeg":80"#, #""jpeg":"80""#),
  ])
  func whatIsOutOfRangeIsRefused(old: String, new: String) {
    let text = Self.text.replacingOccurrences(of: old, with: new)
    #expect(text != Self.text)
    #expect(throws: DecodingError.self) { try decoded(text) }
  }

  @Test func anAugmentationWithoutVariantsIsWrittenAsItWas() throws {
    let plain = ManifestRow.Augmentation(mirror: true)
    #expect(try CanonicalJSON.line(plain) == #"{"mirror":true}"#)
    let data = Data(#"{"mirror":true}"#.utf8)
    #expect(try JSONDecoder().decode(ManifestRow.Augmentation.self, from: data) == plain)
    let varied = ManifestRow.Augmentation(mirror: false, variants: [Self.whole])
    let line = try CanonicalJSON.line(varied)
    #expect(line == "{\"mirror\":false,\"variants\":[\(Self.text)]}")
    #expect(
      try JSONDecoder().decode(ManifestRow.Augmentation.self, from: Data(line.utf8)) == varied)
    let many = ManifestRow.Augmentation(
      mirror: false, variants: [FaceVariant](repeating: Self.whole, count: 17))
    let long = Data(try CanonicalJSON.line(many).utf8)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ManifestRow.Augmentation.self, from: long)
    }
  }

  @Test func aManifestKeepsVariantsAndFindsEveryChangeOfThem() throws {
    var row = ManifestTests.row("a")
    row.augmentation.variants = [Self.whole]
    let header = try ManifestTests.manifest().header
    let data = try Manifest(header: header, rows: [row]).data()
    #expect(try Manifest(data: data, subject: "m").rows == [row])
    let text = String(decoding: data, as: UTF8.self)
    let changed = text.replacingOccurrences(of: #""jpeg":80"#, with: #""jpeg":81"#)
    #expect(changed != text)
    #expect {
      try Manifest(data: Data(changed.utf8), subject: "m")
    } throws: { ($0 as? ManifestError)?.code == .changed }
  }

  @Test func variantsOfOnePictureAreKnownAsSuch() {
    var other = Self.whole
    (other.cell, other.weight) = (FaceCell(PoseCell(yaw: 0, pitch: 0)), 3)
    #expect(Self.whole.shows(other))
    other.jpeg = nil
    #expect(!Self.whole.shows(other))
  }
}

@Suite struct LightMoveTests {
  private func light(contrast: Double, angle: Double) -> Light {
    Light(
      harmonics: [
        0.7, Float(-0.7 * contrast * sin(angle)), 0.2, Float(0.7 * contrast * cos(angle)), 0.1, 0,
        -0.1, 0.05, 0,
      ])
  }

  @Test func aLightMovedToABinBesideItsOwnLiesInItWithRoomToSpare() {
    var tried = 0
    for step in 0..<48 {
      for contrast in [0.02, 0.14, 0.16, 0.25, 0.34, 0.36, 0.6, 0.9] {
        let own = light(contrast: contrast, angle: Double(step) * .pi / 24 + 0.01)
        for goal in LightBin.allCases where own.bin.isBeside(goal) {
          let moved = own.moved(into: goal)
          #expect(moved.bin == goal)
          for (away, by) in [(0.03, 0.0), (-0.03, 0), (0, 0.1), (0, -0.1)] {
            let h = moved.harmonics.map(Double.init)
            let (size, angle) = ((h[3] * h[3] + h[1] * h[1]).squareRoot() / 0.7, atan2(-h[1], h[3]))
            #expect(light(contrast: size + away, angle: angle + by).bin == goal)
          }
          #expect(moved.harmonics[0] == own.harmonics[0] && moved.harmonics[2] == 0.2)
          tried += 1
        }
      }
    }
    #expect(tried > 1000)
  }

  @Test func aMovedLightIsAsHardAsItWas() {
    for hardness in [0, 0.4, 1] {
      let own = Light(first: SIMD4(2, 0.3, -0.8, 0.5), hardness: hardness)
      #expect(abs(own.hardness - hardness) < 1e-3)
      for goal in LightBin.allCases where own.bin.isBeside(goal) {
        let moved = own.moved(into: goal)
        #expect(moved != own && abs(moved.hardness - hardness) < 1e-3)
      }
    }
  }

  @Test func besideIsMutualAndTheSameInAMirror() {
    for bin in LightBin.allCases {
      #expect(!bin.isBeside(bin))
      for other in LightBin.allCases {
        #expect(bin.isBeside(other) == other.isBeside(bin))
        #expect(bin.isBeside(other) == bin.mirrored.isBeside(other.mirrored))
      }
    }
    #expect(LightBin.allCases.count { LightBin.flat.isBeside($0) } == 8)
    #expect(LightBin.allCases.count { LightBin.leftSoft.isBeside($0) } == 4)
    #expect(LightBin.allCases.count { LightBin.leftHard.isBeside($0) } == 3)
  }

  @Test func theLightOfTheMirrorImageIsInTheMirroredBin() {
    for step in 0..<16 {
      let own = light(contrast: 0.25, angle: Double(step) * .pi / 8 + 0.05)
      #expect(own.mirrored.bin == own.bin.mirrored)
      #expect(own.mirrored.mirrored == own)
    }
  }
}
