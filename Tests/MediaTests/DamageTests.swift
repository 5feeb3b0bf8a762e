import Foundation
import Media
import Testing

@Suite(.enabled(if: FFmpeg.isInstalled, "needs ffmpeg to make its inputs"))
struct DamageTests {
  private func error(_ path: String) -> MediaError? {
    do {
      _ = try VideoReader(path: path)
      return nil
    } catch {
      return error
    }
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func save(_ bytes: some Sequence<UInt8>, _ path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  private func clip(_ path: String, _ options: String = "") throws {
    try FFmpeg.make(
      path, "-c:v libx264 -pix_fmt yuv420p -g 12 \(options)",
      inputs: ["testsrc2=s=160x120:d=4.8"], inputOptions: "-f lavfi")
  }

  @Test func badInputSaysWhatItIs() throws {
    let folder = try TemporaryFolder()
    try save([], folder.file("empty.mp4"))
    try save(Array("Dear diary,\nnothing happened.\n".utf8), folder.file("text.mp4"))
    try save(Array("Dear diary,\nnothing happened.\n".utf8), folder.file("notes.txt"))
    try FFmpeg.make(
      folder.file("sound.mp4"), "-c:a aac", inputs: ["sine=d=0.5"], inputOptions: "-f lavfi")
    try ImageFile.write(
      gradient(width: 64, height: 64), path: folder.file("cover.png"))
    try FFmpeg.make(
      folder.file("cover.m4a"), "-map 0 -map 1 -c copy -disposition:v:0 attached_pic",
      inputs: [folder.file("sound.mp4"), folder.file("cover.png")])
    let cases: [(String, MediaError.Code, String)] = [
      ("missing.mp4", .notFound, "No such file or directory"),
      ("", .isFolder, "is a folder, not a file"),
      ("empty.mp4", .empty, "the file is empty"),
      ("text.mp4", .notMedia, "not a video file"),
      ("notes.txt", .notMedia, "not a video file"),
      ("cover.png", .notMedia, "not a video file (png_pipe)"),
      ("sound.mp4", .noVideo, "no video stream"),
      ("cover.m4a", .noVideo, "no video stream"),
    ]
    for (name, code, reason) in cases {
      let path = folder.file(name)
      #expect(error(path) == MediaError(code: code, subject: path, reason: reason))
      #expect(error(path)?.description == "\(path): \(reason)")
    }
  }

  @Test func listsOfOtherFilesAndAddressesAreNotFollowed() throws {
    let folder = try TemporaryFolder()
    try clip(folder.file("real.mp4"))
    try save(
      Array("ffconcat version 1.0\nfile real.mp4\n".utf8), folder.file("list.mp4"))
    #expect(error(folder.file("list.mp4"))?.code == .notMedia)
    try save(
      Array("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nreal.mp4\n".utf8),
      folder.file("list.m3u8"))
    #expect(error(folder.file("list.m3u8"))?.code == .notMedia)
    #expect(error("concat:" + folder.file("real.mp4"))?.code == .notFound)
    #expect(error("http://127.0.0.1/clip.mp4")?.code == .notFound)
  }

  @Test func absurdSizesAreRefused() throws {
    let folder = try TemporaryFolder()
    // AVI says its size in the header, so a small file can claim any.
    let path = folder.file("small.avi")
    try FFmpeg.make(
      path, "-c:v rawvideo -pix_fmt bgr24", inputs: ["testsrc2=s=32x32:d=0.2"],
      inputOptions: "-f lavfi")
    var data = try bytes(path)
    let format = try #require(
      data.indices.first { data[$0...].starts(with: Array("strf".utf8)) })
    let width = format + 12
    data.replaceSubrange(width..<width + 4, with: [0x20, 0x4E, 0, 0])
    try save(data, folder.file("huge.avi"))
    let found = try #require(error(folder.file("huge.avi")))
    #expect(found.code == .tooLarge)
    #expect(found.reason.hasPrefix("20000 × 32 pixels"))
  }

  @Test func cutAtEveryTenthAFileWithItsIndexLastIsRefused() throws {
    let folder = try TemporaryFolder()
    try clip(folder.file("whole.mp4"))
    let data = try bytes(folder.file("whole.mp4"))
    for tenth in 1..<10 {
      let path = folder.file("cut\(tenth).mp4")
      try save(data.prefix(data.count * tenth / 10), path)
      let found = try #require(error(path))
      #expect(found.code == .corrupt)
      #expect(found.reason.contains("moov"))
    }
  }

  @Test(arguments: ["mp4 -movflags faststart", "mp4 -movflags frag_keyframe+empty_moov", "mkv"])
  func cutAtEveryTenthWhatIsThereIsReadAndTheRestReported(container: String) throws {
    let folder = try TemporaryFolder()
    let words = container.split(separator: " ", maxSplits: 1)
    let ending = String(words[0])
    let whole = folder.file("whole." + ending)
    try clip(whole, words.count > 1 ? String(words[1]) : "")
    let data = try bytes(whole)
    let (frames, info, damage) = try readAll(whole)
    #expect(damage == nil && frames.count == 120)
    var counts: [Int] = []
    for tenth in 1..<10 {
      let path = folder.file("cut\(tenth).\(ending)")
      try save(data.prefix(data.count * tenth / 10), path)
      guard error(path) == nil else { continue }
      let found = try readAll(path)
      counts.append(found.frames.count)
      let expected = info.frameCount.map { "\(found.frames.count) of \($0) frames" } ?? "frames"
      let phrase = try #require(found.damage)
      #expect(phrase.hasPrefix("truncated: ") && phrase.contains(expected))
      #expect(found.frames.count < 120)
      // All but the last frames, which the cut may have hurt, are the whole file's.
      let sound = max(0, found.frames.count - 16)
      let isSame = found.frames.prefix(sound) == frames.prefix(sound)
      #expect(isSame)
    }
    #expect(counts.count >= 5)
    #expect(counts == counts.sorted())
  }

  @Test(arguments: ["ts", "mpg", "flv", "wmv", "h264", "mkv", "avi", "mov"])
  func aGoodFileOfAnyContainerHasNoDamage(container: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("clip." + container)
    try FFmpeg.make(
      path, "-r 25", inputs: ["testsrc2=s=64x48:r=25:d=2"], inputOptions: "-f lavfi")
    let (frames, info, damage) = try readAll(path)
    #expect(frames.count == 50 && damage == nil)
    #expect(info.frameCount ?? 50 == 50)
  }

  @Test func framesHiddenByAnEditListAreNeitherShownNorPromised() throws {
    let folder = try TemporaryFolder()
    try clip(folder.file("whole.mp4"))
    let path = folder.file("late.mp4")
    try FFmpeg.make(
      path, "-c copy", inputs: [folder.file("whole.mp4")], inputOptions: "-ss 1.3")
    let (frames, info, damage) = try readAll(path)
    #expect(frames.count < 90 && frames.count > 80)
    #expect(info.frameCount == frames.count && damage == nil)
  }

  @Test func damageInTheMiddleIsReported() throws {
    let folder = try TemporaryFolder()
    try clip(folder.file("whole.mp4"))
    var data = try bytes(folder.file("whole.mp4"))
    for index in stride(from: data.count / 3, to: data.count / 2, by: 101) { data[index] ^= 0xFF }
    let path = folder.file("hurt.mp4")
    try save(data, path)
    let damage = try #require(try readAll(path).damage)
    #expect(damage.hasPrefix("corrupt: ") && damage.hasSuffix("of 120 frames"))
  }

  @Test func randomDamageNeverCrashesOrHangs() throws {
    let folder = try TemporaryFolder()
    for ending in ["mp4", "mkv", "avi"] {
      let whole = folder.file("whole." + ending)
      try FFmpeg.make(
        whole, "-c:v libx264 -preset ultrafast", inputs: ["testsrc2=s=64x48:d=1"],
        inputOptions: "-f lavfi")
      let data = try bytes(whole)
      var generator = SystemRandomNumberGenerator()
      for round in 0..<40 {
        var hurt = data
        for _ in 0..<(1 << (round % 6)) {
          hurt[Int.random(in: 0..<hurt.count, using: &generator)] = .random(in: 0...255)
        }
        let path = folder.file("hurt." + ending)
        try save(hurt, path)
        do {
          let found = try readAll(path)
          #expect(found.frames.count < 1000)
        } catch let error as MediaError {
          #expect(error.subject == path && !error.reason.isEmpty)
        }
      }
    }
  }
}
