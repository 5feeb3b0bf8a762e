import FaceCore
import Foundation
import Media
import Testing

/// What a frame shows when it is asked for a part of itself.
@Suite struct VideoFrameTests {
  @Test(arguments: [
    "-c:v libx264 -pix_fmt yuv420p", "-c:v libx264 -pix_fmt yuv422p",
    "-c:v libx264 -pix_fmt yuv444p", "-c:v libx264 -pix_fmt yuv420p10le",
    "-c:v ffv1 -pix_fmt bgr0", "-c:v mjpeg -pix_fmt yuvj420p",
  ])
  func anyPartHasTheBytesOfTheWhole(codec: String) throws {
    let folder = try TemporaryFolder()
    // An odd width and height where the format allows it.
    let size = codec.contains("444") || codec.contains("bgr0") ? "67x45" : "68x46"
    let path = folder.file("clip.mkv")
    try FFmpeg.make(
      path, codec, inputs: ["testsrc2=s=\(size):d=0.2"], inputOptions: "-f lavfi")
    try expectPartsMatch(path)
  }

  @Test(arguments: [0, 90, 180, 270])
  func soItIsInATurnedPicture(degrees: Int) throws {
    let folder = try TemporaryFolder()
    let flat = folder.file("flat.mp4")
    let path = folder.file("clip.mp4")
    try FFmpeg.make(
      flat, "-c:v libx264 -pix_fmt yuv420p", inputs: ["testsrc2=s=70x46:d=0.2"],
      inputOptions: "-f lavfi")
    try FFmpeg.make(
      path, "-c copy -metadata:s:v rotate=\(degrees)", inputs: [flat])
    try expectPartsMatch(path)
  }

  @Test func lumaIsTheStreamsOwn() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("gray.mkv")
    try FFmpeg.make(
      path, "-c:v libx264 -qp 0 -pix_fmt yuv420p",
      inputs: ["gradients=s=64x48:d=0.1:c0=black:c1=white:x0=0:y0=0:x1=63:y1=47,format=gray"],
      inputOptions: "-f lavfi")
    let frames = try readAll(path).frames
    let frame = try #require(frames.first)
    // Without colour, luma is each of the three.
    let green = stride(from: 1, to: frame.image.bytes.count, by: 3).map { frame.image.bytes[$0] }
    let most = zip(frame.luma.bytes, green).map { abs(Int($0) - Int($1)) }.max()
    #expect(most == 0)
    #expect(Set(frame.luma.bytes).count > 16)
  }

  private func expectPartsMatch(_ path: String) throws {
    var random = SeededGenerator(seed: 7)
    let frames = try readAll(path).frames
    let frame = try #require(frames.last)
    let whole = frame.image
    #expect((whole.width, whole.height) == (frame.width, frame.height))
    for _ in 0..<200 {
      let x = Int.random(in: 0..<frame.width, using: &random)
      let y = Int.random(in: 0..<frame.height, using: &random)
      let region = PixelRegion(
        x: x, y: y, width: Int.random(in: 1...frame.width - x, using: &random),
        height: Int.random(in: 1...frame.height - y, using: &random))
      let part = frame.image(in: region)
      var isSame = part.width == region.width && part.height == region.height
      for row in 0..<region.height where isSame {
        let from = ((y + row) * whole.width + x) * 3
        isSame =
          part.bytes[row * region.width * 3..<(row + 1) * region.width * 3]
          .elementsEqual(whole.bytes[from..<from + region.width * 3])
      }
      #expect(isSame, "\(region) of \(path)")
      if !isSame { break }
    }
  }
}
