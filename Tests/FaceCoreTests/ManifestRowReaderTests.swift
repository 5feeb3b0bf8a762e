import FaceCore
import Foundation
import Testing

/// The quick reader of rows and `JSONDecoder` agree.
@Suite struct ManifestRowReaderTests {
  private func quick(_ line: String) -> ManifestRow? {
    let bytes = Array(line.utf8)
    var reader = ManifestRowReader(of: bytes)
    return reader.row(in: 0..<bytes.count)
  }

  private func slow(_ line: String) -> ManifestRow? {
    try? JSONDecoder().decode(ManifestRow.self, from: Data(line.utf8))  // Nil where it is no row.
  }

  private func row(using generator: inout SeededGenerator) -> ManifestRow {
    var row = ManifestTests.row("a")
    func number() -> Double {
      let scale = pow(10, Double.random(in: -9...6, using: &generator))
      return .random(in: -1...1, using: &generator) * scale
    }
    row.landmarks = Landmarks((0..<68).map { _ in Point(x: Float(number()), y: Float(number())) })
    row.pose = Pose(w: 1, x: number(), y: number(), z: number())
    row.light =
      Bool.random(using: &generator)
      ? Light(harmonics: (0..<9).map { _ in Float(number()) }) : nil
    row.quality = ["blur": number(), "mouth": 0, "noise": number().rounded(), "eyes": 1e-7]
    row.weight = abs(number())
    row.crop.matrix.tx = number()
    row.frame.time.ticks = Int64.random(in: .min ... .max, using: &generator)
    return row
  }

  /// The test would pass if the quick one read nothing, so that it reads all of these is asked, too.
  @Test func whatIsWrittenIsReadTheSame() throws {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<300 {
      let row = row(using: &generator)
      let line = try CanonicalJSON.line(row)
      #expect(quick(line) == row)
      #expect(slow(line) == row)
    }
  }

  @Test func everyFloatIsReadAsTheNearest() throws {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<300 {
      var row = ManifestTests.row("a")
      row.landmarks = Landmarks(
        (0..<68).map { _ in
          let bits = UInt32.random(in: 0..<0x7f80_0000, using: &generator)
          return Point(x: Float(bitPattern: bits), y: -.random(in: 0...4096, using: &generator))
        })
      #expect(quick(try CanonicalJSON.line(row)) == row)
    }
  }

  @Test func whatIsBrokenIsNeverReadOtherwise() throws {
    var generator = SeededGenerator(seed: 10)
    let line = try CanonicalJSON.line(row(using: &generator))
    let tokens = [
      "0", "-", ".", "01", "1.", "e5", "\"", "\\u0041", "{", "}", ",", " ", "1e400", "null",
    ]
    for _ in 0..<4000 {
      var bytes = Array(line.utf8)
      let start = Int.random(in: 0..<bytes.count, using: &generator)
      let end = min(bytes.count, start + Int.random(in: 0...3, using: &generator))
      let token = tokens[Int.random(in: 0..<tokens.count, using: &generator)]
      bytes.replaceSubrange(start..<end, with: token.utf8)
      let changed = String(decoding: bytes, as: UTF8.self)
      guard let read = quick(changed) else { continue }
      let isSame = slow(changed) == read
      #expect(isSame, "\(token) for \(line.dropFirst(start).prefix(end - start))")
    }
    for length in 0..<line.utf8.count { #expect(quick(String(line.prefix(length))) == nil) }
  }

  @Test func otherSpellingsAreLeftToTheDecoder() throws {
    let line = try CanonicalJSON.line(ManifestTests.row("a"))
    for (written, other) in [
      ("\"identity\":\"alice\"", "\"identity\":\"\\u0061lice\""),
      ("\"weight\":1,", "\"weight\": 1,"),
    ] {
      let spelled = line.replacingOccurrences(of: written, with: other)
      #expect(spelled != line && quick(spelled) == nil && slow(spelled) == slow(line))
    }
  }
}
