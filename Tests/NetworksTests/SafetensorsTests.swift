import FaceCore
import Foundation
import Networks
import Testing

/// A path of its own in the folder for temporary files.
func temporaryPath() -> String {
  FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
}

private func sample() -> Parameters {
  let parameters = Parameters([
    Parameter("a.weight", [2, 3]), Parameter("b \"quoted\"\n", [4]), Parameter("empty", [0, 5]),
    Parameter("scalar", []),
  ])
  for entry in parameters.entries { parameters[entry.name] = random(entry.count, seed: 1) }
  return parameters
}

/// Reads bytes as if they were a file.
private func read(_ bytes: [UInt8]) throws -> Parameters {
  let path = temporaryPath()
  defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
  try Data(bytes).write(to: URL(filePath: path))
  return try Safetensors.read(path).parameters
}

private func file(_ header: String, data: Int) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
    + [UInt8](repeating: 0, count: data)
}

@Test func whatIsWrittenIsRead() throws {
  let path = temporaryPath()
  defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
  let written = sample()
  try Safetensors.write(written, metadata: ["k\u{1}\\": "véü\"😀"], to: path)
  let (found, metadata) = try Safetensors.read(path)
  #expect(metadata == ["k\u{1}\\": "véü\"😀"])
  #expect(Set(found.entries) == Set(written.entries))
  for entry in written.entries { #expect(found[entry.name] == written[entry.name]) }
}

/// Written by the Python package safetensors 0.8.0.
@Test func aFileOfTheReferenceWriterIsRead() throws {
  let text =
    "oAAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJtYWRlIGJ5Ijoic2FmZXRlbnNvcnMgMC54In0sImEiOnsiZHR5cGUi"
    + "OiJGMzIiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlswLDRdfSwiYiI6eyJkdHlwZSI6IkYzMiIsInNoYXBl"
    + "IjpbMiwzXSwiZGF0YV9vZmZzZXRzIjpbNCwyOF19fSAgICAgAADgQAAAwD8AAADAAABAQAAAgD4AAAAAbxKDug=="
  let parameters = try read([UInt8](try #require(Data(base64Encoded: text))))
  #expect(parameters.entries == [Parameter("a", [1]), Parameter("b", [2, 3])])
  #expect(parameters["a"] == [7] && parameters["b"] == [1.5, -2, 3, 0.25, 0, -1e-3])
}

@Test func everyCutOffFileIsRefused() throws {
  let path = temporaryPath()
  defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
  try Safetensors.write(sample(), to: path)
  let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
  for count in bytes.indices {
    let error = #expect(throws: NetworksError.self) { try read(Array(bytes[..<count])) }
    #expect(error?.code == .damaged && error?.description.contains("\n") == false)
  }
}

@Test(arguments: [
  ("", 0), ("[]", 0), ("{", 0), ("{}", 1), ("{} {}", 0), (" {}", 0), ("{\"a\":1}", 0),
  (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3),
  (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5),
  (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
  (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
  (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
  (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
  (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4),
  (#"{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}"#, 4),
  (#"{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}"#, 4),
  (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4),
  (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4),
  (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, 4),
  (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0),
  (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, 4),
  (
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
      + #""a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8
  ),
  (
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
      + #""b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4
  ),
  (#"{"__metadata__":{"a":1}}"#, 0), (#"{"__metadata__":{"\ud800":"a"}}"#, 0),
  (String(repeating: "{\"a\":", count: 100_000), 0), (#"{"a\q":{}}"#, 0),
])
func aHostileHeaderIsRefused(header: String, data: Int) {
  let error = #expect(throws: NetworksError.self) { try read(file(header, data: data)) }
  #expect(error?.code == .damaged)
}

@Test func aHeaderLongerThanTheFileIsRefused() {
  for length in [UInt64.max, 1 << 63, 1 << 40, 17] {
    let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{}      ".utf8)
    #expect(throws: NetworksError.self) { try read(bytes) }
  }
}

@Test func alteredBytesNeverCrashTheReader() throws {
  let path = temporaryPath()
  defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
  try Safetensors.write(sample(), metadata: ["a": "b"], to: path)
  let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
  var generator = SeededGenerator(seed: 5)
  for _ in 0..<3000 {
    var altered = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      altered[.random(in: 0..<bytes.count, using: &generator)] =
        .random(in: 0...255, using: &generator)
    }
    do { _ = try read(altered) } catch is NetworksError {}
  }
}

@Test func aFileOfAnotherNetworkIsRefusedByName() throws {
  let path = temporaryPath()
  defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
  try Safetensors.write(Parameters([Parameter("a", [2])]), to: path)
  for (name, shape) in [("a", [3]), ("a", [2, 1]), ("b", [2])] {
    let error = #expect(throws: NetworksError.self) {
      try Safetensors.read(path, into: Parameters([Parameter(name, shape)]))
    }
    #expect(error?.code == .mismatch && error?.reason.contains("\"\(name)\"") == true)
  }
}

/// Calls `body` with the bytes where the page behind the last of them must not be read.
private func beforeAForbiddenPage<Result>(
  _ bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) throws -> Result
) throws -> Result {
  let page = Int(getpagesize())
  let size = (bytes.count + page - 1) / page * page
  let memory = mmap(nil, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
  let base = try #require(memory != MAP_FAILED ? memory : nil)
  defer { munmap(base, size + page) }
  let place = UnsafeMutableRawBufferPointer(
    start: base + size - bytes.count, count: bytes.count)
  place.copyBytes(from: bytes)
  #expect(mprotect(base + size, page, PROT_NONE) == 0)
  return try body(UnsafeRawBufferPointer(place))
}

@Test func bytesInMemoryAreReadAsAFileIs() throws {
  let path = temporaryPath()
  defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
  let written = sample()
  try Safetensors.write(written, metadata: ["a": "b"], to: path)
  let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
  let (found, metadata) = try beforeAForbiddenPage(bytes) {
    try Safetensors.read($0, name: "built-in")
  }
  #expect(metadata == ["a": "b"])
  #expect(found.entries == (try Safetensors.read(path).parameters.entries))
  for entry in written.entries { #expect(found[entry.name] == written[entry.name]) }
}

@Test func everyCutOffMemoryIsRefusedByItsNameAndNotReadBeyond() throws {
  let path = temporaryPath()
  defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
  try Safetensors.write(sample(), to: path)
  let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
  for count in bytes.indices {
    let error = #expect(throws: NetworksError.self) {
      try beforeAForbiddenPage(bytes[..<count]) { try Safetensors.read($0, name: "built-in") }
    }
    #expect(error?.code == .damaged && error?.subject == "built-in")
    #expect(error?.description.contains("\n") == false)
  }
  let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
  #expect(throws: NetworksError.self) { try Safetensors.read(nothing, name: "nothing") }
}

@Test func alteredMemoryIsNeverReadBeyond() throws {
  let path = temporaryPath()
  defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
  try Safetensors.write(sample(), metadata: ["a": "b"], to: path)
  let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
  var generator = SeededGenerator(seed: 6)
  for _ in 0..<2000 {
    var altered = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      altered[.random(in: 0..<bytes.count, using: &generator)] =
        .random(in: 0...255, using: &generator)
    }
    do {
      _ = try beforeAForbiddenPage(altered) { try Safetensors.read($0, name: "a") }
    } catch is NetworksError {}
  }
}

@Test func aChecksumFeelsEveryBit() throws {
  let path = temporaryPath()
  defer { try? FileManager.default.removeItem(atPath: path) }  // A leftover does no harm.
  let bytes = (0..<100).map { UInt8($0) }
  var sums = Set<UInt64>()
  for bit in -1..<800 {
    var altered = bytes
    if bit >= 0 { altered[bit / 8] ^= 1 << UInt8(bit % 8) }
    try Data(altered).write(to: URL(filePath: path))
    sums.insert(try fileChecksum(path))
  }
  try Data(bytes + [0]).write(to: URL(filePath: path))
  sums.insert(try fileChecksum(path))
  #expect(sums.count == 802)
}
