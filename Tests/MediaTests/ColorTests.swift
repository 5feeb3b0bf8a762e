import FaceCore
import Foundation
import Media
import Testing

/// Colours against the equations of ITU-R BT.601, BT.709 and BT.2020, worked out in `Double`.
@Suite(.enabled(if: FFmpeg.isInstalled, "needs ffmpeg to make its inputs"))
struct ColorTests {
  struct Standard: Sendable, CustomTestStringConvertible {
    let name: String
    /// H.273.
    let matrix: Int
    let red: Double
    let blue: Double
    var testDescription: String { name }
  }

  static let standards = [
    Standard(name: "bt709", matrix: 1, red: 0.2126, blue: 0.0722),
    Standard(name: "smpte170m", matrix: 6, red: 0.299, blue: 0.114),
    Standard(name: "bt2020nc", matrix: 9, red: 0.2627, blue: 0.0593),
  ]

  /// Luma, Cb, Cr of a grid of patches that stay inside the RGB cube.
  static let patches: [(Int, Int, Int)] = [
    (40, 128, 128), (120, 128, 128), (200, 128, 128), (120, 100, 150), (120, 150, 100),
    (100, 140, 140), (140, 110, 120), (90, 120, 150), (160, 125, 140), (130, 145, 118),
    (60, 124, 132), (180, 120, 128),
  ]
  private static let side = 32

  private static func expected(
    _ patch: (Int, Int, Int), _ standard: Standard, isFull: Bool
  ) -> [Double] {
    let luma = isFull ? Double(patch.0) / 255 : (Double(patch.0) - 16) / 219
    let range = isFull ? 255.0 : 224.0
    let (cb, cr) = ((Double(patch.1) - 128) / range, (Double(patch.2) - 128) / range)
    let red = luma + 2 * (1 - standard.red) * cr
    let blue = luma + 2 * (1 - standard.blue) * cb
    let green =
      (luma - standard.red * red - standard.blue * blue) / (1 - standard.red - standard.blue)
    return [red, green, blue].map { min(255, max(0, $0 * 255)) }
  }

  /// A lossless clip of patches.
  ///
  /// `bits` 8 or 10.
  private func clip(
    _ path: String, _ standard: String, isFull: Bool, bits: Int, chroma: String = "420"
  ) throws {
    let (side, columns, rows) = (ColorTests.side, 4, 3)
    let (width, height) = (side * columns, side * rows)
    let shift = bits - 8
    func plane(_ step: Int, _ value: (Int) -> Int) -> [UInt8] {
      (0..<height / step).flatMap { y in
        (0..<width / step).flatMap { x -> [UInt8] in
          let patch = (y * step / side) * columns + x * step / side
          let number = value(patch) << shift
          return bits == 8 ? [UInt8(number)] : [UInt8(number & 255), UInt8(number >> 8)]
        }
      }
    }
    let step = chroma == "420" ? 2 : 1
    let bytes =
      plane(1) { ColorTests.patches[$0].0 } + plane(step) { ColorTests.patches[$0].1 }
      + plane(step) { ColorTests.patches[$0].2 }
    let raw = path + ".yuv"
    try Data(bytes + bytes).write(to: URL(fileURLWithPath: raw))
    let format = "yuv\(chroma)p" + (bits == 8 ? "" : "10le")
    let tags = standard.isEmpty ? "" : "-colorspace \(standard) "
    let range = isFull ? "pc" : "tv"
    try FFmpeg.make(
      path, "-c:v libx264 -qp 0 \(tags)-color_range \(range)", inputs: [raw],
      inputOptions: "-f rawvideo -s \(width)x\(height) -r 25 -pix_fmt \(format)")
  }

  private func worstError(_ image: Image, _ standard: Standard, isFull: Bool) -> Double {
    let side = ColorTests.side
    return ColorTests.patches.enumerated().map { index, patch in
      let found = color(
        of: image, x: index % 4 * side + side / 2, y: index / 4 * side + side / 2)
      let wanted = ColorTests.expected(patch, standard, isFull: isFull)
      return zip(found, wanted).map { abs(Double($0) - $1) }.max() ?? 0
    }.max() ?? 0
  }

  @Test(arguments: ColorTests.standards, [false, true])
  func decodedColoursFollowTheTaggedMatrixAndRange(standard: Standard, isFull: Bool) throws {
    let folder = try TemporaryFolder()
    for (bits, chroma) in [(8, "420"), (8, "444"), (10, "420")] {
      let path = folder.file("\(bits)-\(chroma).mp4")
      try clip(path, standard.name, isFull: isFull, bits: bits, chroma: chroma)
      let (frames, info, damage) = try readAll(path)
      #expect(damage == nil)
      #expect(info.colors.matrix == standard.matrix)
      let error = worstError(try #require(frames.first).image, standard, isFull: isFull)
      #expect(error <= 1.01, "\(bits) bits \(chroma)")
    }
  }

  /// The first frame of a lossless clip whose Cb grows by 4 a chroma sample from 64, along x or y.
  private func ramp(format: String, alongX: Bool) throws -> Image {
    let folder = try TemporaryFolder()
    let path = folder.file("ramp.mp4")
    let (width, height) = alongX ? (64, 16) : (16, 64)
    var bytes = [UInt8](repeating: 120, count: width * height)
    for y in 0..<height / 2 {
      for x in 0..<width / 2 { bytes.append(UInt8(64 + 4 * (alongX ? x : y))) }
    }
    bytes += [UInt8](repeating: 128, count: width * height / 4)
    let raw = folder.file("ramp.yuv")
    try Data(bytes).write(to: URL(fileURLWithPath: raw))
    try FFmpeg.make(
      path, "-vf scale=flags=neighbor -c:v libx264 -qp 0 -colorspace smpte170m -pix_fmt \(format)",
      inputs: [raw], inputOptions: "-f rawvideo -s \(width)x\(height) -r 25 -pix_fmt yuv420p")
    return try #require(try readAll(path).frames.first).image
  }

  /// Blue of luma 120 and a Cb, 0 to 255.
  private func blue(cb: Double) -> Double {
    min(255, max(0, 255 * (104.0 / 219 + 1.772 * (cb - 128) / 224)))
  }

  @Test(arguments: ["yuv420p", "yuv422p", "yuv420p10le"])
  func chromaStandsOnTheEvenColumnsAndRunsEvenlyBetween(format: String) throws {
    let image = try ramp(format: format, alongX: true)
    for x in 0..<62 {
      let found = Double(color(of: image, x: x, y: 8)[2])
      #expect(abs(found - blue(cb: 64 + 2 * Double(x))) <= 1.01, "column \(x)")
    }
  }

  @Test(arguments: ["yuv420p", "yuv420p10le"])
  func chromaStandsBetweenTwoRowsAndRunsEvenlyDown(format: String) throws {
    let image = try ramp(format: format, alongX: false)
    for y in 1..<63 {
      let found = Double(color(of: image, x: 8, y: y)[2])
      #expect(abs(found - blue(cb: 63 + 2 * Double(y))) <= 1.01, "row \(y)")
    }
  }

  @Test func anUntaggedSmallPictureIsBT601() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("untagged.mp4")
    try clip(path, "", isFull: false, bits: 8)
    let (frames, info, _) = try readAll(path)
    #expect(info.colors.matrix == ColorTags.unspecified.matrix)
    let image = try #require(frames.first).image
    #expect(worstError(image, ColorTests.standards[1], isFull: false) <= 1.01)
  }

  @Test(arguments: [1, 2, 6, 9], [nil, false, true] as [Bool?])
  func writtenColoursComeBackWithTheirTags(matrix: Int, isFull: Bool?) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("out.mp4")
    var settings = VideoSettings(
      width: 96, height: 64, timebase: Rational(numerator: 1, denominator: 25),
      colors: ColorTags(isFullRange: isFull, matrix: matrix, primaries: 1, transfer: 1))
    settings.quality = 4
    let images = (0..<3).map { gradient(width: 96, height: 64, shade: $0) }
    try write(path, images, ticks: [0, 1, 2], settings: settings)
    let (frames, info, _) = try readAll(path)
    #expect(info.colors.matrix == matrix)
    #expect(info.colors.primaries == 1 && info.colors.transfer == 1)
    // H.264 carries the range only together with other tags; limited is what silence means.
    #expect(info.colors.isFullRange ?? false == isFull ?? false)
    for (frame, image) in zip(frames, images) {
      #expect(meanDifference(frame.image, image) < 1.5)
      #expect(largestDifference(frame.image, image) <= 6)
    }
  }
}
