import Foundation
import OnnxModels
import Testing

@Suite struct OnnxFileTests {
  @Test(arguments: [
    ("arcface", "ReduceMean"), ("arcface-bytes", "Sub"), ("integers", "Shape"),
  ])
  func theFirstOperationIsRead(name: String, operation: String) throws {
    let file = OnnxFile(try bytes(of: fixture(name)))
    #expect(file.firstOperation == operation && file.isReadable && !file.needsOtherFiles)
  }

  @Test(arguments: ["external", "external-deep"])
  func weightsInOtherFilesAreNoticed(name: String) throws {
    #expect(OnnxFile(try bytes(of: fixture(name))).needsOtherFiles)
  }

  @Test func noPrefixOfAFileConfusesTheReader() throws {
    let whole = try bytes(of: fixture("arcface-bytes"))
    var readable = 0
    for count in 0..<whole.count where OnnxFile(whole.prefix(count)).isReadable { readable += 1 }
    // Between two fields of the model itself it ends well.
    #expect(readable < 8)
  }

  @Test func nonsenseIsNotReadable() {
    #expect(!OnnxFile(Data("no network".utf8)).isReadable)
    // A length beyond the end, a number that never ends, a group.
    #expect(!OnnxFile(Data([0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])).isReadable)
    #expect(!OnnxFile(Data(repeating: 0xff, count: 40)).isReadable)
    #expect(!OnnxFile(Data([0x0b])).isReadable)
    // Graphs in attributes of nodes in graphs, and so on.
    var deep = Data()
    for _ in 0..<30_000 where deep.count < 1 << 16 {
      for key in [0x32, 0x2a, 0x0a] as [UInt8] { deep = wrapped(deep, key: key) }
    }
    #expect(!OnnxFile(wrapped(deep, key: 0x3a)).isReadable)
  }

  /// The bytes as a field of a message.
  private func wrapped(_ bytes: Data, key: UInt8) -> Data {
    var head = Data([key])
    var count = bytes.count
    while count >= 0x80 {
      head.append(UInt8(count & 0x7f | 0x80))
      count >>= 7
    }
    head.append(UInt8(count))
    return head + bytes
  }
}
