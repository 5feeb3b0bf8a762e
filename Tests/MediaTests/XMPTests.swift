import FaceCore
import Foundation
import Media
import Testing

@Suite(.enabled(if: FFmpeg.isInstalled, "needs an H.264 encoder"))
struct XMPTests {
  private func file(_ folder: TemporaryFolder, xmp: String) throws -> [UInt8] {
    var settings = VideoSettings(
      width: 16, height: 16, timebase: Rational(numerator: 1, denominator: 25))
    settings.xmp = xmp
    let path = folder.file("whole.mp4")
    try write(path, [gradient(width: 16, height: 16)], ticks: [0], settings: settings)
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func xmp(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> String? {
    let path = folder.file("try.mp4")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try VideoFile.xmp(path: path)
  }

  @Test func aCutPacketThrowsAndACutBeforeItIsNone() throws {
    let folder = try TemporaryFolder()
    let text = "<x>hello</x>"
    let bytes = try file(folder, xmp: text)
    #expect(try xmp(bytes, in: folder) == text)
    let start = bytes.count - text.utf8.count - 24
    for length in 1..<bytes.count {
      do {
        #expect(try xmp(Array(bytes.prefix(length)), in: folder) == nil)
        #expect(length < start + 24)
      } catch let error as MediaError {
        #expect(error.code == .corrupt && length >= start + 24)
      }
    }
  }

  @Test func flippedBytesNeverCrashTheBoxReader() throws {
    let folder = try TemporaryFolder()
    let bytes = try file(folder, xmp: String(repeating: "x", count: 300))
    var generator = SeededGenerator(seed: 5)
    for round in 0..<3000 {
      var hurt = bytes
      for _ in 0...(round % 8) {
        hurt[.random(in: 0..<hurt.count, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      // Headers are few among the bytes: hit one in every other round.
      if round.isMultiple(of: 2) {
        let sizes: [[UInt8]] = [
          [0, 0, 0, 0], [0, 0, 0, 1], [0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF],
          [0, 0, 0, 7],
        ]
        hurt.replaceSubrange(0..<4, with: sizes[round / 2 % sizes.count])
      }
      do {
        _ = try xmp(hurt, in: folder)
      } catch {
        #expect(error is MediaError)
      }
    }
  }

  @Test func aVideoWithoutAPacketHasNone() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("plain.mp4")
    try write(
      path, [gradient(width: 16, height: 16)], ticks: [0],
      settings: VideoSettings(
        width: 16, height: 16, timebase: Rational(numerator: 1, denominator: 25)))
    #expect(try VideoFile.xmp(path: path) == nil)
    #expect(throws: MediaError.self) { try VideoFile.xmp(path: folder.file("none.mp4")) }
    #expect(throws: MediaError.self) { try VideoFile.xmp(path: folder.path) }
  }
}
