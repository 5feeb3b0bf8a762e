import Catalog
import FaceCore
import Foundation
import TestSupport

/// A workspace in a folder of its own, gone with the test.
final class Scratch {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("catalog-\(UUID().uuidString)").path

  func create() throws -> Workspace { try Workspace.create(at: folder) }

  func open(_ access: Workspace.Access = .readWrite) throws -> Workspace {
    try Workspace(opening: folder, access: access)
  }

  var catalogPath: String { folder + "/catalog.sqlite" }
  var cropsPath: String { folder + "/crops.sqlar" }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}

let note = ChangeNote(
  author: "tester", command: "curate test", date: Date(timeIntervalSince1970: 1_700_000_000))

/// 64 hexadecimal digits that follow from the number.
func digest(_ number: Int) -> String {
  var random = SeededGenerator(seed: UInt64(bitPattern: Int64(number)), stream: 7)
  return (0..<4).map { _ in
    let digits = String(random.next(), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }.joined()
}

/// A made-up video: every frame's faces follow from its number and the frame's ordinal.
struct SampleVideo {
  let number: Int
  var frames = 300
  var name: String { "interview-\(number).mp4" }

  var facts: VideoFacts {
    VideoFacts(
      sha256: digest(number), size: 1000 + Int64(number), modified: 5, path: "/nowhere/\(name)",
      width: 640, height: 480, codec: "h264", duration: time(frames), frameCount: nil)
  }

  func time(_ ordinal: Int) -> Timestamp {
    Timestamp(ticks: Int64(ordinal) * 1001, numerator: 1, denominator: 30000)
  }

  func faces(of ordinal: Int) -> [NewFace] {
    var random = SeededGenerator(seed: UInt64(number), stream: UInt64(ordinal))
    return (0..<Int.random(in: 0...2, using: &random)).map { position in
      face(ordinal: ordinal, position: position, using: &random)
    }
  }

  private func face(
    ordinal: Int, position: Int, using random: inout SeededGenerator
  ) -> NewFace {
    func value(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    let size = value(20...90)
    let points = (0..<68).map { _ in
      Point(x: Float(value(0...1) * size), y: Float(value(0...1) * size))
    }
    let names = [Measure.sharpness, Measure.luminance, Measure.mouth, Measure.eyes]
    let measures = names.filter { _ in Bool.random(using: &random) }.map {
      Measure(name: $0, value: (value(0...40)).rounded() / 4, version: 1)
    }
    let bytes = (0..<50).map { _ in UInt8.random(in: 0...255, using: &random) }
    return NewFace(
      track: ordinal / 40 * 2 + position, shot: ordinal / 40, ordinal: ordinal, position: position,
      time: time(ordinal), box: Box(x: 10, y: 20, width: Float(size), height: Float(size)),
      score: value(-1...3), landmarks: Landmarks(points),
      pose: Pose(yaw: value(-80...80), pitch: value(-40...40), roll: value(-30...30)),
      light: position == 0
        ? Light(harmonics: [3] + (1..<9).map { _ in Float(value(-1...1)) }) : nil,
      measures: measures,
      crop: NewCrop(
        bytes: bytes, sha256: Digest.hex(of: bytes),
        fileExtension: "jpg", size: 128, faceType: "whole_face",
        transform: AffineTransform(a: 2, b: 0.1, tx: -3, c: -0.1, d: 2, ty: 4)))
  }

  func batch(_ frames: Range<Int>) -> ImportBatch {
    ImportBatch(
      frames: frames, faces: frames.flatMap(faces),
      shots: frames.filter { $0 % 40 == 0 }.map { NewShot(number: $0 / 40, firstOrdinal: $0) },
      resumeState: [UInt8(frames.upperBound % 251)])
  }

  /// Imports what is left, in batches of this size, until `stopAt` frames are in.
  func bring(
    into workspace: Workspace, batchSize: Int = 64, stopAt: Int = .max, identity: String? = nil
  ) throws {
    let video = try workspace.register(facts, note: note)
    let start = try workspace.beginImport(of: video, parameters: "p1", identity: identity)
    guard case .from(var ordinal, _) = start else { return }
    while ordinal < frames {
      if ordinal >= stopAt { return }
      let end = min(frames, ordinal + batchSize)
      try workspace.commit(batch(ordinal..<end), of: video)
      ordinal = end
    }
    try workspace.finishImport(of: video)
  }
}

func contentLines(_ workspace: Workspace) throws -> [String] {
  var lines: [String] = []
  try workspace.forEachContentLine { lines.append($0) }
  return lines
}

/// The error a body throws, as this module's.
func catalogError(_ body: () throws -> Void) -> CatalogError? {
  do {
    try body()
    return nil
  } catch {
    return error as? CatalogError
  }
}

/// Runs a program and returns what it printed; nil where it is not installed or fails.
func output(of program: String, _ arguments: [String], in folder: String? = nil) -> String? {
  let made = try? Shell.run(program, arguments, in: folder.map { URL(fileURLWithPath: $0) })
  return made?.status == 0 ? made?.output : nil
}

let sqlite3 = "/usr/bin/sqlite3"
let hasSQLite3 = FileManager.default.isExecutableFile(atPath: sqlite3)
