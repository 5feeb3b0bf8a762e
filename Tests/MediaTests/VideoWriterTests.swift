import FaceCore
import Foundation
import Media
import Testing

@Suite(.enabled(if: FFmpeg.isInstalled, "needs ffmpeg to make its inputs"))
struct VideoWriterTests {
  private static let ntsc = Rational(numerator: 1001, denominator: 30000)

  private func images(_ count: Int, width: Int = 96, height: Int = 64) -> [Image] {
    (0..<count).map { gradient(width: width, height: height, shade: $0) }
  }

  /// Irregular times, some far apart, from the seed.
  private func times(_ count: Int, from start: Int64, seed: UInt64) -> [Int64] {
    var generator = SeededGenerator(seed: seed)
    var ticks = [start]
    while ticks.count < count {
      ticks.append((ticks.last ?? 0) + .random(in: 1...2000, using: &generator))
    }
    return ticks
  }

  @Test(arguments: ["mp4", "mov"], [0, 4321, 90_001])
  func everyTimeComesBackExactly(ending: String, start: Int64) throws {
    let folder = try TemporaryFolder()
    for (timebase, seed) in [
      (Rational(numerator: 1, denominator: 90_000), 1),
      (Rational(numerator: 1, denominator: 1000), 2),
      (Rational(numerator: 1, denominator: 15_360), 3), (VideoWriterTests.ntsc, 4),
    ] as [(Rational, UInt64)] {
      let path = folder.file("\(seed).\(ending)")
      let ticks = times(20, from: start, seed: seed)
      try write(
        path, images(20), ticks: ticks,
        settings: VideoSettings(width: 96, height: 64, timebase: timebase))
      let (frames, info, damage) = try readAll(path)
      #expect(damage == nil)
      #expect(info.codec == "h264" && info.frameCount == 20)
      // The container may count finer ticks; the moments are the same.
      let wanted = ticks.map { $0 * Int64(timebase.numerator) * Int64(info.timebase.denominator) }
      let found = frames.map {
        $0.timestamp.ticks * Int64(timebase.denominator) * Int64(info.timebase.numerator)
      }
      #expect(found == wanted)
    }
  }

  @Test func picturesComeBackInOrder() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("out.mp4")
    let sent = images(40)
    try write(
      path, sent, ticks: (0..<40).map(Int64.init),
      settings: VideoSettings(
        width: 96, height: 64, timebase: Rational(numerator: 1, denominator: 25)))
    for (frame, image) in zip(try readAll(path).frames, sent) {
      #expect(meanDifference(frame.image, image) < 3)
    }
  }

  /// Three seconds of picture, which start at `offset` seconds, and of sound.
  private func withSound(_ path: String, _ audio: String, offset: String = "0") throws {
    try FFmpeg.make(
      path, "-vf setpts=PTS+\(offset)/TB -vsync passthrough -c:v libx264 -pix_fmt yuv420p \(audio)",
      inputs: ["testsrc2=s=64x48:r=30:d=3[out0];sine=d=3:r=44100[out1]"],
      inputOptions: "-f lavfi")
  }

  /// Reads a clip and writes it again with its sound.
  private func copy(_ source: String, to path: String) throws {
    var reader = try VideoReader(path: source)
    var settings = VideoSettings(like: reader.info)
    settings.audio = .copy(from: source)
    var writer = try VideoWriter(path: path, settings: settings)
    while let frame = try reader.next() { try writer.append(frame.image, at: frame.timestamp) }
    try writer.finish()
  }

  @Test(arguments: ["0", "0.73", "12.5"])
  func soundIsCopiedPacketByPacketAndStaysInTime(offset: String) throws {
    let folder = try TemporaryFolder()
    let source = folder.file("in.mp4")
    try withSound(source, "-c:a aac", offset: offset)
    try copy(source, to: folder.file("out.mp4"))
    for stream in ["a:0"] {
      let wanted = try FFmpeg.packetHashes(source, stream: stream)
      #expect(wanted.count > 100)
      #expect(try FFmpeg.packetHashes(folder.file("out.mp4"), stream: stream) == wanted)
    }
    let seconds = { (path: String) in
      try readAll(path).frames.map { ($0.timestamp.seconds * 1e6).rounded() }
    }
    let first = try seconds(source)
    #expect(first == (try seconds(folder.file("out.mp4"))))
    #expect(abs(first[0] / 1e6 - (Double(offset) ?? 0)) < 0.04)
  }

  @Test func everySoundTrackIsCopied() throws {
    let folder = try TemporaryFolder()
    let one = folder.file("one.mp4")
    try withSound(one, "-c:a aac")
    let source = folder.file("two.mp4")
    try FFmpeg.make(
      source, "-map 0:v -map 0:a -map 1:a -c:v copy -c:a:0 copy -c:a:1 libmp3lame",
      inputs: [one, one])
    try copy(source, to: folder.file("out.mov"))
    for stream in ["a:0", "a:1"] {
      let wanted = try FFmpeg.packetHashes(source, stream: stream)
      let found = try FFmpeg.packetHashes(folder.file("out.mov"), stream: stream)
      #expect(found.count == wanted.count && wanted.count > 100)
    }
  }

  @Test(arguments: [("wav", "pcm_s16le", "pcm_s16le", "mov"), ("wav", "pcm_s16le", "aac", "mp4")])
  func soundTheContainerCannotHoldBecomesAAC(
    ending: String, codec: String, result: String, container: String
  ) throws {
    let folder = try TemporaryFolder()
    let source = folder.file("in.mkv")
    try withSound(source, "-c:a \(codec)")
    let path = folder.file("out." + container)
    try copy(source, to: path)
    let info = try VideoReader(path: path).info
    #expect(info.audioCodec == result)
    #expect(try loudness(path) > -25)
    #expect(abs(try soundLength(path) - 3) < 0.05)
  }

  @Test func samplesBecomeSound() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("out.mp4")
    let samples = (0..<48_000 * 2).map { Float(sin(Double($0 / 2) * 0.06)) * 0.5 }
    var settings = VideoSettings(
      width: 64, height: 48, timebase: Rational(numerator: 1, denominator: 25))
    settings.audio = .samples(samples, rate: 48_000, channels: 2)
    try write(
      path, images(25, width: 64, height: 48), ticks: (0..<25).map(Int64.init),
      settings: settings)
    #expect(try VideoReader(path: path).info.audioCodec == "aac")
    #expect(abs(try soundLength(path) - 1) < 0.03)
    #expect(abs(try loudness(path) + 9) < 1)
  }

  /// Mean level in dB below full scale.
  private func loudness(_ path: String) throws -> Double {
    let raw = path + ".f32"
    try FFmpeg.make(raw, "-map 0:a -f f32le -c:a pcm_f32le", inputs: [path])
    let data = try Data(contentsOf: URL(fileURLWithPath: raw))
    let values = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    let power = values.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(1, values.count))
    return 10 * log10(power)
  }

  /// Seconds.
  private func soundLength(_ path: String) throws -> Double {
    let text = try FFmpeg.run(
      "ffprobe",
      ["-v", "error", "-select_streams", "a", "-show_entries", "stream=duration"]
        + ["-of", "csv=p=0", path])
    return Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
  }

  @Test(arguments: [(97, 65), (96, 65), (3, 2), (2, 2)])
  func oddSizesLoseTheirLastColumnAndRow(width: Int, height: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("odd.mp4")
    let image = gradient(width: width, height: height)
    try write(
      path, [image, image], ticks: [0, 1],
      settings: VideoSettings(
        width: width, height: height, timebase: Rational(numerator: 1, denominator: 25)))
    let frame = try #require(try readAll(path).frames.first)
    #expect(frame.image.width == width & ~1 && frame.image.height == height & ~1)
    var cut = Image(width: width & ~1, height: height & ~1)
    cut.draw(image, x: 0, y: 0)
    // Two pixels share one chroma sample, so tiny pictures keep no more than their brightness.
    #expect(meanDifference(frame.image, cut) < (width > 3 ? 4 : 40))
  }

  @Test func metadataAndXMPAreInTheFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("Ünder der Brücke.mp4")
    let xmp =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'>compositeWithTrainedAlgorithmicMedia ü</x:xmpmeta>"
    var settings = VideoSettings(
      width: 32, height: 32, timebase: Rational(numerator: 1, denominator: 25))
    settings.metadata = ["title": "Zoë", "comment": "made with a trained model"]
    settings.xmp = xmp
    try write(path, images(3, width: 32, height: 32), ticks: [0, 1, 2], settings: settings)
    #expect(try VideoFile.xmp(path: path) == xmp)
    let tags = try FFmpeg.run("ffprobe", ["-v", "error", "-show_entries", "format_tags", path])
    #expect(tags.contains("TAG:title=Zoë"))
    #expect(tags.contains("TAG:comment=made with a trained model"))
    let (frames, _, damage) = try readAll(path)
    #expect(frames.count == 3 && damage == nil)
    #expect(try folder.contents() == ["Ünder der Brücke.mp4"])
  }

  @Test func anUnfinishedFileLeavesNothingAndKeepsTheOld() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("out.mp4")
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    do {
      var writer = try VideoWriter(
        path: path,
        settings: VideoSettings(
          width: 32, height: 32, timebase: Rational(numerator: 1, denominator: 25)))
      let time = Timestamp(ticks: 5, numerator: 1, denominator: 25)
      try writer.append(gradient(width: 32, height: 32), at: time)
      #expect(try folder.contents().count == 2)
      #expect(throws: MediaError.self) {
        try writer.append(gradient(width: 32, height: 32), at: time)
      }
    }
    #expect(try folder.contents() == ["out.mp4"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("old".utf8))
  }

  /// A killed writer cannot clean up; the next one does, but for what is at work, young or not ours.
  @Test func whatKilledWritersLeftIsSweptUp() throws {
    let folder = try TemporaryFolder()
    let names = [
      ".part-12-k3x9.mp4", ".part-13-locked.mp4", ".part-14-young.mp4", ".part-x-y.mp4", "part.mp4",
    ]
    for name in names {
      try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file(name)))
      guard !name.contains("young") else { continue }
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: folder.file(name))
    }
    let locked = open(folder.file(names[1]), O_RDONLY)
    defer { close(locked) }
    #expect(flock(locked, LOCK_EX) == 0)
    try write(
      folder.file("out.mp4"), images(2), ticks: [0, 1],
      settings: VideoSettings(width: 96, height: 64, timebase: VideoWriterTests.ntsc))
    let left = try folder.contents()
    #expect(Set(left) == Set(names.dropFirst() + ["out.mp4"]))
  }

  @Test func placesThatCannotBeWrittenSaySo() throws {
    let folder = try TemporaryFolder()
    let settings = VideoSettings(
      width: 32, height: 32, timebase: Rational(numerator: 1, denominator: 25))
    let cases: [(String, MediaError.Code)] = [
      ("missing/out.mp4", .cannotWrite), ("out.wmv", .unsupported), ("out", .unsupported),
    ]
    for (name, code) in cases {
      let path = folder.file(name)
      do {
        _ = try VideoWriter(path: path, settings: settings)
        Issue.record("\(name) was opened")
      } catch {
        #expect(error.code == code && error.subject == path)
        #expect(!error.description.contains("\n"))
      }
    }
    try FileManager.default.createDirectory(
      atPath: folder.file("folder.mp4"), withIntermediateDirectories: false)
    #expect(throws: MediaError.self) {
      _ = try VideoWriter(path: folder.file("folder.mp4"), settings: settings)
    }
    var silent = settings
    silent.audio = .copy(from: folder.file("nothing.mp4"))
    #expect(throws: MediaError.self) {
      _ = try VideoWriter(path: folder.file("out.mp4"), settings: silent)
    }
    #expect(try folder.contents() == ["folder.mp4"])
  }
}
