import FaceCore
import Foundation
import Media
import Testing

@Suite(.enabled(if: FFmpeg.isInstalled, "needs ffmpeg to make its inputs"))
struct VideoReaderTests {
  struct Format: Sendable, CustomTestStringConvertible {
    let codec: String
    let ending: String
    let options: String
    var encoder: String { String(options.split(separator: " ")[0]) }
    var testDescription: String { "\(codec) \(options)" }
  }

  static let formats = [
    Format(codec: "h264", ending: "mp4", options: "libx264 -pix_fmt yuv420p -crf 8"),
    Format(codec: "h264", ending: "mkv", options: "libx264 -pix_fmt yuv420p10le -crf 8"),
    Format(codec: "hevc", ending: "mp4", options: "libx265 -pix_fmt yuv420p -crf 8"),
    Format(codec: "hevc", ending: "mov", options: "libx265 -pix_fmt yuv420p10le -crf 8"),
    Format(codec: "vp9", ending: "webm", options: "libvpx-vp9 -b:v 0 -crf 8 -cpu-used 8"),
    Format(codec: "av1", ending: "mp4", options: "libsvtav1 -crf 12 -preset 10"),
    Format(codec: "av1", ending: "mkv", options: "libaom-av1 -crf 12 -cpu-used 8 -pix_fmt yuv420p"),
    Format(codec: "prores", ending: "mov", options: "prores_ks -pix_fmt yuv422p10le"),
    Format(codec: "mjpeg", ending: "avi", options: "mjpeg -pix_fmt yuvj420p -q:v 2"),
    Format(codec: "mpeg4", ending: "mp4", options: "mpeg4 -q:v 2"),
    Format(codec: "ffv1", ending: "mkv", options: "ffv1 -pix_fmt bgr0"),
  ].filter { FFmpeg.encoders.contains($0.encoder) }

  /// Numbered pictures as an input for ffmpeg.
  private func pictures(_ count: Int, in folder: TemporaryFolder) throws -> [Image] {
    let images = (0..<count).map { gradient(width: 128, height: 96, shade: $0) }
    for (index, image) in images.enumerated() {
      try ImageFile.write(image, path: folder.file("in\(index).png"))
    }
    return images
  }

  @Test(arguments: formats)
  func everyCodecGivesAllFramesInTheirColours(format: Format) throws {
    let folder = try TemporaryFolder()
    let images = try pictures(12, in: folder)
    let path = folder.file("clip." + format.ending)
    try FFmpeg.make(
      path, "-c:v \(format.options)", inputs: [folder.file("in%d.png")],
      inputOptions: "-framerate 25")
    let (frames, info, damage) = try readAll(path)
    #expect(damage == nil)
    #expect(info.codec == format.codec)
    #expect(info.width == 128 && info.height == 96)
    #expect(info.audioCodec == nil)
    #expect(abs((info.frameRate?.value ?? 0) - 25) < 0.01)
    #expect(frames.map(\.ordinal) == Array(0..<12))
    for (frame, image) in zip(frames, images) {
      #expect(meanDifference(frame.image, image) < 4)
    }
  }

  @Test func timestampsOfAVariableFrameRateAreTheStreamsOwn() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("vfr.mkv")
    try FFmpeg.make(
      path,
      "-vf select='not(mod(n\\,3))+lt(n\\,9)',setpts=PTS+0.7/TB -vsync passthrough -c:v libx264",
      inputs: ["testsrc2=s=64x64:r=30:d=2"], inputOptions: "-f lavfi")
    let (frames, info, _) = try readAll(path)
    let ticks = frames.map(\.timestamp.ticks)
    #expect(ticks == (try FFmpeg.packetTimes(path)))
    #expect(Set(zip(ticks.dropFirst(), ticks).map { $0 - $1 }).count > 1)
    #expect(frames.allSatisfy { $0.timestamp.denominator == info.timebase.denominator })
  }

  @Test(arguments: [0, 90, 180, 270])
  func rotatedClipsStandUpright(degrees: Int) throws {
    let folder = try TemporaryFolder()
    let plain = folder.file("plain.mp4")
    try FFmpeg.make(
      plain, "-c:v libx264 -qp 0 -pix_fmt yuv444p", inputs: ["testsrc2=s=96x64:r=25:d=0.2"],
      inputOptions: "-f lavfi")
    let turned = folder.file("turned.mp4")
    try FFmpeg.make(turned, "-c copy -metadata:s:v:0 rotate=\(degrees)", inputs: [plain])
    let (frames, info, _) = try readAll(turned)
    // The tool turns pictures upright by itself.
    try FFmpeg.make(folder.file("upright.png"), "-frames:v 1", inputs: [turned])
    let upright = try ImageFile.read(path: folder.file("upright.png"))
    let image = try #require(frames.first).image
    // The option counts counter-clockwise.
    #expect(info.rotation == (360 - degrees) % 360)
    #expect(info.width == image.width && info.height == image.height)
    #expect(largestDifference(image, upright) <= 4)
  }

  @Test func theLargestMovingStreamIsTakenAndCoverArtIsNot() throws {
    let folder = try TemporaryFolder()
    try ImageFile.write(
      gradient(width: 640, height: 640), path: folder.file("cover.png"))
    try FFmpeg.make(
      folder.file("a.mp4"), "-c:v libx264 -pix_fmt yuv420p", inputs: ["testsrc2=s=64x64:d=0.4"],
      inputOptions: "-f lavfi")
    try FFmpeg.make(
      folder.file("b.mp4"), "-c:v libx264 -pix_fmt yuv420p", inputs: ["testsrc2=s=160x96:d=0.4"],
      inputOptions: "-f lavfi")
    try FFmpeg.make(
      folder.file("s.m4a"), "-c:a aac", inputs: ["sine=d=0.4"], inputOptions: "-f lavfi")
    let all = folder.file("all.mp4")
    try FFmpeg.make(
      all, "-map 0 -map 1 -map 2 -map 3 -c copy -disposition:v:2 attached_pic",
      inputs: ["a.mp4", "b.mp4", "cover.png", "s.m4a"].map(folder.file))
    let (frames, info, damage) = try readAll(all)
    #expect(info.width == 160 && info.height == 96)
    #expect(info.audioCodec == "aac")
    #expect(frames.count == 10 && info.frameCount == 10)
    #expect(damage == nil)
  }

  @Test func skippedAndSteppedFramesAreTheSameAsThoseReadInARow() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("clip.mp4")
    try FFmpeg.make(
      path, "-c:v libx264 -g 7 -bf 3", inputs: ["testsrc2=s=64x48:d=2"],
      inputOptions: "-f lavfi")
    let all = try readAll(path).frames
    var reader = try VideoReader(path: path)
    reader.skip(toOrdinal: 31)
    var skipped = [try reader.next(), try reader.next()]
    reader.skip(toOrdinal: 5)
    skipped.append(try reader.next())
    let isSame = skipped == [all[31], all[32], all[33]]
    #expect(isSame)
    var stepped: [VideoFrame] = []
    var second = try VideoReader(path: path, frames: FrameSelection(rate: .every(7)))
    while let frame = try second.next() { stepped.append(frame) }
    let isStepped = stepped == stride(from: 0, to: 50, by: 7).map { all[$0] }
    #expect(isStepped)
    reader.skip(toOrdinal: 1000)
    #expect(try reader.next() == nil)
    #expect(reader.damage == nil)
  }

  @Test func anyNumberOfThreadsGivesTheSameFrames() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("clip.mp4")
    try FFmpeg.make(
      path, "-c:v libx264 -movflags faststart", inputs: ["testsrc2=s=96x64:d=2"],
      inputOptions: "-f lavfi")
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let cut = folder.file("cut.mp4")
    for index in stride(from: bytes.count / 2, to: bytes.count, by: 997) { bytes[index] ^= 0x55 }
    try Data(bytes.prefix(bytes.count * 9 / 10)).write(to: URL(fileURLWithPath: cut))
    for clip in [path, cut] {
      let one = try readAll(clip, threads: 1)
      for threads in [2, 5] {
        let many = try readAll(clip, threads: threads)
        #expect(many.frames.map(\.timestamp) == one.frames.map(\.timestamp))
        #expect((many.damage == nil) == (one.damage == nil))
        // What a decoder makes up for lost data may depend on its threads.
        guard clip == path else { continue }
        let isSame = many.frames == one.frames
        #expect(isSame)
      }
    }
  }

  @Test func pathsMayHoldSpacesAndAnyLetters() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("Zoë läuft – 100 % 走る:?.mp4")
    try FFmpeg.make(
      path, "-c:v libx264", inputs: ["testsrc2=s=64x48:d=0.2"], inputOptions: "-f lavfi")
    #expect(try readAll(path).frames.count == 5)
  }

  @Test func aFrameThatChangesItsSizeIsScaledToTheStreams() throws {
    let folder = try TemporaryFolder()
    for (name, size) in [("a.h264", "64x48"), ("b.h264", "128x96")] {
      try FFmpeg.make(
        folder.file(name), "-c:v libx264", inputs: ["testsrc2=s=\(size):d=0.2"],
        inputOptions: "-f lavfi")
    }
    let both = try ["a.h264", "b.h264"].flatMap {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file($0))))
    }
    try Data(both).write(to: URL(fileURLWithPath: folder.file("both.h264")))
    let (frames, info, _) = try readAll(folder.file("both.h264"))
    #expect(frames.count == 10)
    #expect(frames.allSatisfy { $0.image.width == info.width && $0.image.height == info.height })
    let ticks = frames.map(\.timestamp.ticks)
    #expect(zip(ticks.dropFirst(), ticks).allSatisfy { $0 > $1 })
  }

  @Test func memoryDoesNotGrowWithTheNumberOfFrames() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("long.mp4")
    try FFmpeg.make(
      path, "-c:v libx264 -preset ultrafast", inputs: ["testsrc2=s=640x480:r=25:d=16"],
      inputOptions: "-f lavfi")
    var reader = try VideoReader(path: path)
    for _ in 0..<50 { _ = try reader.next() }
    let before = try residentBytes()
    while try reader.next() != nil {}
    // 350 frames more are 320 MB of pixels; other tests run beside this one.
    #expect(try residentBytes() - before < 150_000_000)
  }

  private func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
  }

  // Real clips lie beside a developer's checkout only.
  @Test(.enabled(if: sharedVideos != nil), arguments: ["lp_d10.mp4", "lp_d12.mp4", "lp_d18.mp4"])
  func realClipsGiveEveryFrameWithItsOwnTime(name: String) throws {
    let path = try #require(sharedVideos) + "/" + name
    var reader = try VideoReader(path: path)
    var ticks: [Int64] = []
    while let frame = try reader.next() { ticks.append(frame.timestamp.ticks) }
    #expect(ticks == (try FFmpeg.packetTimes(path)))
    #expect(reader.damage == nil)
  }
}
