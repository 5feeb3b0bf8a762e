import FaceCore
import Foundation
import Media
import Testing

struct ImageCodecTests {
  private let image = gradient(width: 37, height: 23, shade: 5)

  private func noise(width: Int, height: Int, seed: UInt64) -> Image {
    var generator = SeededGenerator(seed: seed)
    return Image(
      width: width, height: height,
      bytes: (0..<width * height * 3).map { _ in .random(in: 0...255, using: &generator) })
  }

  @Test(arguments: [(1, 1), (2, 3), (64, 1), (37, 23)])
  func pngKeepsEveryPixel(width: Int, height: Int) throws {
    let image = noise(width: width, height: height, seed: 7)
    for level in [0, 6, 9] {
      #expect(try PNG.decode(try PNG.encode(image, level: level)) == image)
    }
  }

  @Test(arguments: [JPEG.Sampling.full, .half])
  func jpegStaysCloseAndCloserWithQuality(sampling: JPEG.Sampling) throws {
    let errors = try [30, 75, 98].map {
      meanDifference(
        try JPEG.decode(try JPEG.encode(image, quality: $0, sampling: sampling)), image)
    }
    #expect(errors == errors.sorted(by: >))
    #expect(errors[2] < 2)
  }

  @Test func fullSamplingKeepsColourEdgesThatHalfLoses() throws {
    var stripes = Image(width: 32, height: 32, red: 200, green: 40, blue: 40)
    for y in 0..<32 {
      for x in stride(from: 0, to: 32, by: 2) {
        stripes.draw(Image(width: 1, height: 1, red: 40, green: 40, blue: 200), x: x, y: y)
      }
    }
    func error(_ sampling: JPEG.Sampling) throws -> Double {
      let bytes = try JPEG.encode(stripes, quality: 95, sampling: sampling)
      return meanDifference(try JPEG.decode(bytes), stripes)
    }
    #expect(try error(.full) < 5)
    #expect(try error(.half) > 20)
  }

  @Test func pngTextsComeBackInOrder() throws {
    let texts = [
      PNG.Text(keyword: "Title", text: "Scene 12"),
      PNG.Text(keyword: "Comment", text: "für Zoë – 走る"),
      PNG.Text(keyword: "Empty", text: ""),
    ]
    let bytes = try PNG.encode(image, texts: texts)
    #expect(try PNG.texts(of: bytes) == texts)
    #expect(try PNG.decode(bytes) == image)
    #expect(try PNG.texts(of: try PNG.encode(image)).isEmpty)
  }

  @Test(arguments: ["", String(repeating: "k", count: 80)])
  func aKeywordThatPNGForbidsThrows(keyword: String) {
    #expect(throws: MediaError.self) {
      try PNG.encode(image, texts: [PNG.Text(keyword: keyword, text: "x")])
    }
  }

  @Test func everyPrefixOfAGoodFileThrows() throws {
    let files = [
      try JPEG.encode(image), try JPEG.encode(image, quality: 60, sampling: .half),
      try PNG.encode(image, texts: [PNG.Text(keyword: "Title", text: "x")]),
    ]
    for bytes in files {
      for length in 0..<bytes.count {
        let prefix = Array(bytes.prefix(length))
        #expect(throws: MediaError.self, "\(length) of \(bytes.count) bytes") {
          try ImageFile.decode(prefix)
        }
      }
      #expect(try PNG.decode(try PNG.encode(image)) == image)
    }
  }

  @Test func flippedBytesNeverCrash() throws {
    let files = [
      try JPEG.encode(image), try PNG.encode(noise(width: 20, height: 20, seed: 3)),
    ]
    var generator = SeededGenerator(seed: 11)
    for bytes in files {
      for round in 0..<2000 {
        var hurt = bytes
        for _ in 0...(round % 4) {
          hurt[.random(in: 0..<hurt.count, using: &generator)] = .random(
            in: 0...255, using: &generator)
        }
        do {
          let found = try ImageFile.decode(hurt)
          #expect(found.bytes.count == found.width * found.height * 3)
        } catch {
          #expect(!error.reason.isEmpty)
        }
      }
    }
  }

  @Test func whatIsNoPictureSaysSo() throws {
    let folder = try TemporaryFolder()
    let cases: [(String, [UInt8], MediaError.Code)] = [
      ("empty.png", [], .empty), ("text.png", Array("hello".utf8), .notMedia),
      ("gif.jpg", Array("GIF89a".utf8), .notMedia), ("cut.jpg", [0xFF, 0xD8, 0xFF], .corrupt),
    ]
    for (name, bytes, code) in cases {
      let path = folder.file(name)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect { try ImageFile.read(path: path) } throws: {
        let error = $0 as? MediaError
        return error?.code == code && error?.subject == path && error?.reason.isEmpty == false
      }
    }
    #expect { try ImageFile.read(path: folder.path) } throws: {
      ($0 as? MediaError)?.code == .isFolder
    }
    #expect { try ImageFile.read(path: folder.file("none.png")) } throws: {
      ($0 as? MediaError)?.code == .notFound
    }
  }

  @Test func absurdSizesAreRefusedBeforeMemoryIsTaken() throws {
    var png = try PNG.encode(image)
    // Width and height in the header chunk, then its checksum.
    png.replaceSubrange(16..<24, with: [0, 0, 0xFF, 0, 0, 0, 0xFF, 0])
    let sum = crc(png[12..<29])
    let checksum: [UInt8] = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    png.replaceSubrange(29..<33, with: checksum)
    #expect { try PNG.decode(png) } throws: { ($0 as? MediaError)?.code == .tooLarge }
    var jpeg = try JPEG.encode(image)
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xF0, 0, 0xF0, 0])
    #expect { try JPEG.decode(jpeg) } throws: { ($0 as? MediaError)?.code == .tooLarge }
  }

  /// CRC-32 as PNG has it, bit by bit.
  private func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var state = UInt32.max
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state & 1 == 1 ? (state >> 1) ^ 0xEDB8_8320 : state >> 1 }
    }
    return ~state
  }

  /// An EXIF block that holds the orientation alone.
  private func exif(_ orientation: UInt8, littleEndian: Bool) -> [UInt8] {
    let tiff: [UInt8] =
      littleEndian
      ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
      : [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
    let content = Array("Exif\0\0".utf8) + tiff + [0, 0, 0, 0]
    return [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content
  }

  @Test(arguments: 1...8, [false, true])
  func exifOrientationSetsThePictureUpright(orientation: Int, littleEndian: Bool) throws {
    let folder = try TemporaryFolder()
    let plain = try JPEG.encode(image, quality: 100)
    let stored = try JPEG.decode(plain)
    let tagged =
      Array(plain[..<2]) + exif(UInt8(orientation), littleEndian: littleEndian) + plain[2...]
    let upright = try JPEG.decode(tagged)
    // The definitions of the EXIF standard: which stored corner is the first pixel.
    let (w, h) = (stored.width, stored.height)
    let corners: [(Int, Int)] = [
      (0, 0), (w - 1, 0), (w - 1, h - 1), (0, h - 1), (0, 0), (0, h - 1), (w - 1, h - 1),
      (w - 1, 0),
    ]
    let steps: [(Int, Int)] = [
      (1, 0), (-1, 0), (-1, 0), (1, 0), (0, 1), (0, -1), (0, -1), (0, 1),
    ]
    let (x, y) = corners[orientation - 1]
    let (dx, dy) = steps[orientation - 1]
    #expect((upright.width, upright.height) == (orientation > 4 ? (h, w) : (w, h)))
    #expect(color(of: upright, x: 0, y: 0) == color(of: stored, x: x, y: y))
    #expect(color(of: upright, x: 9, y: 0) == color(of: stored, x: x + 9 * dx, y: y + 9 * dy))
    try ImageFile.write(tagged, path: folder.file("tagged.jpg"))
    #expect(
      try ImageFile.size(path: folder.file("tagged.jpg")) == (upright.width, upright.height))
  }

  @Test(
    .enabled(if: FFmpeg.isInstalled, "needs ffmpeg to make its inputs"),
    arguments: ["gray", "gray16be", "pal8", "rgba", "rgb48be", "rgba64be", "ya8", "monob"])
  func everyKindOfPNGBecomesRGB(format: String) throws {
    let folder = try TemporaryFolder()
    try ImageFile.write(image, path: folder.file("in.png"))
    let path = folder.file("out.png")
    try FFmpeg.make(path, "-pix_fmt \(format)", inputs: [folder.file("in.png")])
    let found = try ImageFile.read(path: path)
    #expect(found.width == image.width && found.height == image.height)
    #expect(try ImageFile.size(path: path) == (image.width, image.height))
    if ["rgba", "rgb48be", "rgba64be"].contains(format) {
      #expect(largestDifference(found, image) <= 1)
    } else if format == "pal8" {
      #expect(meanDifference(found, image) < 30)
    } else {
      let isGrey = (0..<37 * 23).allSatisfy { pixel in
        Set(found.bytes[pixel * 3..<pixel * 3 + 3]).count == 1
      }
      #expect(isGrey)
    }
  }

  /// 8 × 8 pixels made with libjpeg at quality 100; grey grows by 20 a row, the inks are light
  /// 200, 100, 50 under black that halves it from the fifth row on.
  private static let grey =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
    + "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQH/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABf/EABgQAAID"
    + "AAAAAAAAAAAAAAAAAAAZZqTi/9oACAEBAAA/AEFJRmpg/9k="
  private static let cmyk =
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
    + "AQEBAQEBAQEBAQEBAQEBAQEBAQEB/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAoI"
    + "Cf/EABgQAQADAQAAAAAAAAAAAAAAAAAZaKfn/9oADgRDAE0AWQBLAAA/AEgIfGPb+TmVd2zkb//Z"
  private static let ycck =
    "/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
    + "AQEBAQEBAQEBAQEBAQEBAQEBAQEB/9sAQwEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
    + "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB/8AAFAgACAAIBAEiAAIRAQMRAQQiAP/EABYAAQEBAAAAAAAAAAAAAAAA"
    + "AAAFCf/EABgQAQADAQAAAAAAAAAAAAAAAAAZaKfn/8QAFAEBAAAAAAAAAAAAAAAAAAAACf/EABQRAQAAAAAAAAAA"
    + "AAAAAAAAAAD/2gAOBAEAAhEDEQQAAD8AsAFQCe38nMq7tnIwH//Z"

  @Test func greyJPEGBecomesRGB() throws {
    let bytes = [UInt8](try #require(Data(base64Encoded: ImageCodecTests.grey)))
    let found = try JPEG.decode(bytes)
    for y in 0..<8 {
      #expect(color(of: found, x: 3, y: y).allSatisfy { abs($0 - 60 - 20 * y) <= 1 })
    }
  }

  @Test(arguments: [cmyk, ycck])
  func inksBecomeTheLightTheyLeave(base64: String) throws {
    let found = try JPEG.decode([UInt8](try #require(Data(base64Encoded: base64))))
    let expected = [(1, [200, 100, 50]), (6, [100, 50, 25])]
    for (y, light) in expected {
      #expect(zip(color(of: found, x: 4, y: y), light).allSatisfy { abs($0 - $1) <= 2 })
    }
  }

  @Test func filesAreWholeOrAbsent() throws {
    let folder = try TemporaryFolder()
    try ImageFile.write(image, path: folder.file("a b ü.png"))
    #expect(try ImageFile.read(path: folder.file("a b ü.png")) == image)
    #expect(throws: MediaError.self) { try ImageFile.write(image, path: folder.file("a.tiff")) }
    #expect(throws: MediaError.self) { try ImageFile.write(image, path: folder.file("no/a.png")) }
    #expect { try ImageFile.write([1, 2, 3], path: "/dev/full/x") } throws: {
      ($0 as? MediaError)?.code == .cannotWrite
    }
    #expect(try folder.contents() == ["a b ü.png"])
  }
}
