import FaceCore
import Foundation
import Media
import TestSupport

/// A folder that goes away with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "media-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      print("left behind: \(path): \(error)")
    }
  }

  func file(_ name: String) -> String { path + "/" + name }

  func contents() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}

/// The `ffmpeg` command line, which makes the inputs and is the second opinion.
enum FFmpeg {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// The names of the encoders this build has.
  static let encoders: Set<String> = {
    let lines = (try? run("ffmpeg", ["-hide_banner", "-encoders"])) ?? ""
    // Without the tool there are no encoders, and the tests that need one are skipped.
    return Set(
      lines.split(separator: "\n").compactMap {
        let words = $0.split(separator: " ")
        return words.count > 1 ? String(words[1]) : nil
      })
  }()

  static var isInstalled: Bool { encoders.contains("libx264") }

  /// Encodes; words are split at spaces, so paths go into `inputs` and `output`.
  static func make(
    _ output: String, _ words: String, inputs: [String] = [], inputOptions: String = ""
  ) throws {
    func split(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
    var arguments = ["-v", "error", "-y"] + split(inputOptions)
    for input in inputs { arguments += ["-i", input] }
    _ = try run("ffmpeg", arguments + split(words) + [output])
  }

  /// Presentation times of the stream's packets in presentation order, in its own ticks.
  static func packetTimes(_ path: String, stream: String = "v:0") throws -> [Int64] {
    let text = try run(
      "ffprobe",
      [
        "-v", "error", "-select_streams", stream, "-show_entries", "packet=pts", "-of", "csv=p=0",
        path,
      ])
    return text.split(whereSeparator: \.isNewline)
      .compactMap { Int64($0.trimmingCharacters(in: [","])) }.sorted()
  }

  /// A hash for each packet of a stream, with its time and length.
  static func packetHashes(_ path: String, stream: String) throws -> [String] {
    let text = try run(
      "ffmpeg",
      ["-v", "error", "-i", path, "-map", "0:" + stream, "-c", "copy"]
        + ["-copyts", "-f", "framemd5", "-"])
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
  }

  @discardableResult
  static func run(_ tool: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "\(tool): \(String(decoding: complaint, as: UTF8.self))")
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// The clips that developers have beside the checkout; nil where they are absent.
let sharedVideos = sharedFile("media/videos")

/// All frames of a file and what the reader says of its damage.
func readAll(
  _ path: String, threads: Int = 0
) throws -> (frames: [VideoFrame], info: VideoInfo, damage: String?) {
  var reader = try VideoReader(path: path, threads: threads)
  var frames: [VideoFrame] = []
  while let frame = try reader.next() { frames.append(frame) }
  return (frames, reader.info, reader.damage)
}

/// Writes images at the given ticks.
func write(
  _ path: String, _ images: [Image], ticks: [Int64], settings: VideoSettings
) throws {
  var writer = try VideoWriter(path: path, settings: settings)
  for (image, tick) in zip(images, ticks) {
    try writer.append(
      image,
      at: Timestamp(
        ticks: tick, numerator: settings.timebase.numerator,
        denominator: settings.timebase.denominator))
  }
  try writer.finish()
}

/// A soft gradient whose tint tells frames apart.
func gradient(width: Int, height: Int, shade: Int = 0) -> Image {
  var image = Image(width: width, height: height)
  for y in 0..<height {
    for x in 0..<width {
      let at = (y * width + x) * 3
      image.bytes[at] = UInt8(40 + 150 * x / width)
      image.bytes[at + 1] = UInt8(40 + 150 * y / height)
      image.bytes[at + 2] = UInt8(60 + (shade * 7) % 120)
    }
  }
  return image
}

/// The largest difference of two pictures on any channel.
func largestDifference(_ a: Image, _ b: Image) -> Int {
  guard a.width == b.width, a.height == b.height else { return 256 }
  return zip(a.bytes, b.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
}

/// The mean difference of two pictures over all channels.
func meanDifference(_ a: Image, _ b: Image) -> Double {
  guard a.width == b.width, a.height == b.height else { return 256 }
  let sum = zip(a.bytes, b.bytes).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
  return Double(sum) / Double(a.bytes.count)
}

/// The colour in the middle of a cell of a grid.
func color(of image: Image, x: Int, y: Int) -> [Int] {
  let at = (y * image.width + x) * 3
  return image.bytes[at..<at + 3].map(Int.init)
}

/// Frames are the same when all that can be seen of them is.
extension VideoFrame: Equatable {
  static func == (left: VideoFrame, right: VideoFrame) -> Bool {
    (left.timestamp, left.ordinal, left.isKeyframe)
      == (right.timestamp, right.ordinal, right.isKeyframe)
      && left.image == right.image && left.luma == right.luma
  }
}
