import FaceCore
import Foundation
import Testing

/// Whatever the bytes are, reading a manifest gives that manifest or one clear error.
@Suite struct ManifestFuzzTests {
  private func outcome(_ data: Data) -> String {
    do {
      return "read \(try Manifest(data: data, subject: "m").id)"
    } catch let error as ManifestError {
      let line = error.description
      #expect(line.hasPrefix("m: ") && !line.contains("\n") && line.utf8.count < 300, "\(line)")
      return "refused"
    } catch {
      Issue.record("\(error)")
      return "lost"
    }
  }

  @Test(arguments: [0x01, 0x20, 0x80, 0xff] as [UInt8])
  func anyChangeOfAnyByteIsFound(mask: UInt8) throws {
    let data = try ManifestTests.manifest().data()
    for index in data.indices {
      var changed = data
      changed[index] ^= mask
      #expect(outcome(changed) == "refused", "byte \(index)")
    }
  }

  @Test func bytesAddedOrTakenAreFound() throws {
    let data = try ManifestTests.manifest().data()
    for index in data.indices {
      var longer = data
      longer.insert(UInt8(ascii: index % 2 == 0 ? " " : "\n"), at: index)
      var shorter = data
      shorter.remove(at: index)
      #expect(outcome(longer) == "refused" && outcome(shorter) == "refused", "byte \(index)")
    }
    #expect(outcome(data + data) == "refused")
    #expect(outcome(data + Data("\n".utf8)) == "refused")
  }

  @Test func nonsenseIsRefused() {
    var generator = SeededGenerator(seed: 5)
    for round in 0..<2000 {
      let count = Int.random(in: 0...400, using: &generator)
      var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      if round % 2 == 0 { bytes = bytes.map { $0 % 96 + 32 } + [10] }
      #expect(outcome(Data(bytes)) == "refused")
    }
    for text in [
      "\n", "{}\n", "[]\n", "null\n", "\u{feff}{}\n", String(repeating: "[", count: 50_000) + "\n",
    ] {
      #expect(outcome(Data(text.utf8)) == "refused", "\(text.prefix(20))")
    }
  }

  /// Whoever writes the wrong thing can write the right hash of it, so the rest is checked, too.
  @Test func whatIsWrongUnderARightHashIsReadOrRefused() throws {
    let text = String(decoding: try ManifestTests.manifest().data(), as: UTF8.self)
    var generator = SeededGenerator(seed: 6)
    let tokens = [
      "0", "-1", "1e999", "null", "\"\"", "{}", "[]", "true", "9223372036854775808", ",", "\"x\"",
      "1.5",
    ]
    var refused = 0
    for _ in 0..<3000 {
      var bytes = Array(text.utf8)
      let start = Int.random(in: 0..<bytes.count, using: &generator)
      let end = min(bytes.count, start + Int.random(in: 0...12, using: &generator))
      let token = tokens[Int.random(in: 0..<tokens.count, using: &generator)]
      bytes.replaceSubrange(start..<end, with: token.utf8)
      let data = Data(signed(String(decoding: bytes, as: UTF8.self)).utf8)
      if outcome(data) == "refused" { refused += 1 }
    }
    #expect(refused > 2000)
    #expect(outcome(Data(signed(text).utf8)).hasPrefix("read"))
  }

  /// The text with the id that its bytes have now.
  private func signed(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let key = lines[0].range(of: "\"manifest_id\":\""),
      let end = lines[0][key.upperBound...].range(of: "\",")
    else { return text }
    let bare = lines[0][..<key.lowerBound] + lines[0][end.upperBound...]
    let hashed = ([bare] + lines.dropFirst()).joined(separator: "\n")
    let id = Digest.hex(of: Data(hashed.utf8))
    lines[0] = lines[0][..<key.upperBound] + id + lines[0][end.lowerBound...]
    return lines.joined(separator: "\n")
  }
}
