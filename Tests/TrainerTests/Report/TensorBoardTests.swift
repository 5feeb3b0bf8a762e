import FaceCore
import Foundation
import Media
import Networks
import Testing
import Trainer

/// An event as a reader of its own finds it.
private struct Event {
  var step = 0
  var version: String?
  var isStart = false
  var scalars: [String: Float] = [:]
  var picture: (tag: String, width: Int, height: Int, png: [UInt8])?
}

/// The fields of a Protocol Buffers message: number, and bytes or value.
private func fields(_ bytes: [UInt8]) throws -> [(number: Int, value: UInt64, bytes: [UInt8])] {
  var at = 0
  func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      try #require(at < bytes.count)
      value |= UInt64(bytes[at] & 0x7f) << shift
      at += 1
      if bytes[at - 1] < 0x80 { break }
    }
    return value
  }
  func take(_ count: Int) throws -> [UInt8] {
    try #require(at + count <= bytes.count)
    defer { at += count }
    return Array(bytes[at..<at + count])
  }
  var found: [(number: Int, value: UInt64, bytes: [UInt8])] = []
  while at < bytes.count {
    let key = try varint()
    let number = Int(key >> 3)
    switch key & 7 {
    case 0: found.append((number, try varint(), []))
    case 1: found.append((number, value(of: try take(8)), []))
    case 2: found.append((number, 0, try take(Int(try varint()))))
    case 5: found.append((number, value(of: try take(4)), []))
    default: Issue.record("wire type \(key & 7)")
    }
  }
  func value(of bytes: [UInt8]) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
  return found
}

private func events(_ url: URL) throws -> [Event] {
  let data = [UInt8](try Data(contentsOf: url))
  func number(_ range: Range<Int>) -> UInt64 {
    data[range].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
  var (found, at): ([Event], Int) = ([], 0)
  while at < data.count {
    let length = Int(number(at..<at + 8))
    #expect(number(at + 8..<at + 12) == UInt64(EventRecord.maskedSum(Array(data[at..<at + 8]))))
    let bytes = Array(data[at + 12..<at + 12 + length])
    let sum = number(at + 12 + length..<at + 16 + length)
    #expect(sum == UInt64(EventRecord.maskedSum(bytes)))
    found.append(try event(bytes))
    at += 16 + length
  }
  #expect(at == data.count)
  return found
}

private func event(_ bytes: [UInt8]) throws -> Event {
  var event = Event()
  for field in try fields(bytes) {
    switch field.number {
    case 1: #expect(abs(Double(bitPattern: field.value) - Date().timeIntervalSince1970) < 600)
    case 2: event.step = Int(field.value)
    case 3: event.version = String(decoding: field.bytes, as: UTF8.self)
    case 7: event.isStart = try fields(field.bytes).map(\.value) == [1]
    case 5:
      for value in try fields(field.bytes) {
        let parts = try fields(value.bytes)
        let tag = String(decoding: parts[0].bytes, as: UTF8.self)
        #expect(parts.count == 2 && parts[0].number == 1)
        if parts[1].number == 2 {
          event.scalars[tag] = Float(bitPattern: UInt32(parts[1].value))
        } else {
          let image = try fields(parts[1].bytes)
          #expect(image.map(\.number) == [1, 2, 3, 4] && image[2].value == 3)
          event.picture = (tag, Int(image[1].value), Int(image[0].value), image[3].bytes)
        }
      }
    default: Issue.record("field \(field.number)")
    }
  }
  return event
}

@Suite struct TensorBoardTests {
  /// RFC 3720, B.4, and the check value of the catalogue of parametrised CRC algorithms.
  @Test func theSumIsTheKnownOne() {
    let known: [([UInt8], UInt32)] = [
      ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
      ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
      (Array(0..<32), 0x46dd_794e), (Array((0..<32).reversed()), 0x113f_db5c),
      (Array("123456789".utf8), 0xe306_9283),
    ]
    for (bytes, sum) in known { #expect(CRC32C.sum(bytes) == sum) }
    #expect(EventRecord.maskedSum(Array("123456789".utf8)) == 0xc78a_b0e5)
  }

  private func files(_ folder: TemporaryFolder) throws -> [URL] {
    let found = folder.file("run/tensorboard")
    return try FileManager.default.contentsOfDirectory(atPath: found.path).sorted().map {
      found.appending(path: $0)
    }
  }

  private func train(_ folder: TemporaryFolder, steps: Int) throws -> [TrainingReport] {
    var configuration = small(steps: steps)
    configuration.previewInterval = 8
    configuration.schedule.warmUp = 40
    let run = try TrainingRun(
      folder: folder.file("run"), configuration: configuration, manifest: "m", engine: CPUEngine())
    let log = TensorBoardLog(run: run.folder)
    var reports: [TrainingReport] = []
    try run.train(
      batches: batches, heldOut: [batches(1000)],
      report: {
        reports.append($0)
        try log.add($0)
      },
      preview: { step, _ in
        try log.add(preview: Image(width: 3, height: 2, red: UInt8(step)), step: step)
      })
    return reports
  }

  @Test func everyTenthStepAndEachPreviewCanBeReadBack() throws {
    let folder = try TemporaryFolder()
    let reports = try train(folder, steps: 21)
    let found = try events(try #require(files(folder).first))
    #expect(found[0].version == "brain.Event:2" && found[1].isStart && found[1].step == 1)
    let scalars = found.filter { !$0.scalars.isEmpty }
    #expect(scalars.map(\.step) == [8, 10, 16, 20])
    for event in scalars {
      let report = reports[event.step - 1]
      #expect(event.scalars["loss/source"] == report.source.loss)
      #expect(event.scalars["loss/target"] == report.target.loss)
      #expect(event.scalars["held out/target"] == report.heldOut?.target)
      let rate = 5e-4 * Float(event.step) / 40
      #expect(abs(try #require(event.scalars["learning rate"]) - rate) < 1e-9)
    }
    let pictures = found.filter { $0.picture != nil }
    #expect(pictures.map(\.step) == [8, 16])
    let picture = try #require(pictures[1].picture)
    #expect(picture.width == 3 && picture.height == 2)
    #expect(try ImageFile.decode(picture.png, subject: "preview").bytes[0] == 16)
  }

  @Test func aResumedRunBeginsAFileThatVoidsWhatItDoesAgain() throws {
    let folder = try TemporaryFolder()
    _ = try train(folder, steps: 10)
    _ = try train(folder, steps: 20)
    let all = try files(folder)
    #expect(
      all.count == 2 && all.allSatisfy { $0.lastPathComponent.hasPrefix("events.out.tfevents.") })
    let second = try events(all[1])
    #expect(second[0].version != nil && second[1].isStart && second[1].step == 11)
    #expect(second.filter { !$0.scalars.isEmpty }.map(\.step) == [16, 20])
  }
}
