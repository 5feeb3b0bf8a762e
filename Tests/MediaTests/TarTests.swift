import FaceCore
import Foundation
import Media
import Testing

struct TarTests {
  private let files: [(name: String, bytes: [UInt8])] = [
    ("a:0:0.jpg", Array(repeating: 7, count: 700)), ("a:0:0.json", Array("{}\n".utf8)),
    ("folder/b.jpg", Array(repeating: 9, count: 512)), ("c", [1]),
    (String(repeating: "n", count: 100), [2, 3]),
  ]

  private func written(to path: String) throws {
    var writer = try TarWriter(path: path)
    for file in files { try writer.add(file.name, file.bytes) }
    try writer.commit()
  }

  private func bytes(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let folder = try TemporaryFolder()
    try written(to: folder.file("x.tar"))
    let archive = try TarArchive(path: folder.file("x.tar"))
    #expect(archive.members.map(\.name) == files.map(\.name))
    for (member, file) in zip(archive.members, files) {
      #expect(try archive.bytes(of: member) == file.bytes)
    }
    try written(to: folder.file("y.tar"))
    #expect(try bytes(of: folder.file("x.tar")) == bytes(of: folder.file("y.tar")))
    #expect(try folder.contents() == ["x.tar", "y.tar"])
  }

  @Test func tarReadsWhatWeWrite() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.tar")
    try written(to: path)
    let listed = try FFmpeg.run("tar", ["tf", path])
    #expect(listed.split(separator: "\n").map(String.init) == files.map(\.name))
    let long = try FFmpeg.run("tar", ["tvf", path, "--numeric-owner", "--utc"])
    for line in long.split(separator: "\n") {
      #expect(line.hasPrefix("-rw-r--r-- 0/0") && line.contains("1970-01-01 00:00"))
    }
    try FileManager.default.createDirectory(
      atPath: folder.file("out"), withIntermediateDirectories: true)
    _ = try FFmpeg.run("tar", ["xf", path, "-C", folder.file("out")])
    for file in files { #expect(try bytes(of: folder.file("out/\(file.name)")) == file.bytes) }
  }

  @Test(arguments: ["ustar", "gnu", "v7"])
  func weReadWhatTarWrites(format: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("in/folder"), withIntermediateDirectories: true)
    // The old format has no room for the longest.
    for file in files where format != "v7" || file.name.utf8.count < 50 {
      try Data(file.bytes).write(to: URL(fileURLWithPath: folder.file("in/\(file.name)")))
    }
    let path = folder.file("x.tar")
    _ = try FFmpeg.run("tar", ["cf", path, "--format=\(format)", "-C", folder.file("in"), "."])
    if format == "v7" {
      #expect { try TarArchive(path: path) } throws: {
        "\($0)".contains("not a tar file: no ustar header")
      }
      return
    }
    if format == "gnu" {
      // A name of 100 bytes with ./ before it is long for it.
      #expect { try TarArchive(path: path) } throws: { "\($0)".contains("GNU long names") }
      return
    }
    let archive = try TarArchive(path: path)
    #expect(Set(archive.members.map(\.name)) == Set(files.map(\.name)))
    for member in archive.members {
      #expect(try archive.bytes(of: member) == files.first { $0.name == member.name }?.bytes)
    }
  }

  @Test func everyPrefixThrows() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.tar")
    try written(to: path)
    let whole = try bytes(of: path)
    // One block of zeros says that the archive ends, the second only stays there.
    for length in 0...whole.count - 1024 + 511 {
      try Data(whole.prefix(length)).write(to: URL(fileURLWithPath: path))
      #expect(throws: MediaError.self, "\(length) of \(whole.count) bytes") {
        try TarArchive(path: path)
      }
    }
  }

  @Test func randomDamageNeverTraps() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.tar")
    try written(to: path)
    let whole = try bytes(of: path)
    var generator = SeededGenerator(seed: 3)
    var refused = 0
    for round in 0..<4000 {
      var hurt = whole
      for _ in 0...(round % 5) {
        // Mostly in headers, where the numbers are.
        let block = Int.random(in: 0..<hurt.count / 512, using: &generator)
        hurt[block * 512 + .random(in: 0..<512, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      if round % 2 == 0 { for at in [0, 1536, 2560] { seal(&hurt, at: at) } }
      try Data(hurt).write(to: URL(fileURLWithPath: path))
      do {
        let archive = try TarArchive(path: path)
        for member in archive.members {
          #expect(try archive.bytes(of: member).count == member.size)
        }
      } catch {
        refused += 1
        #expect(error.description.hasPrefix("\(path): ") && !error.description.contains("\n"))
      }
    }
    #expect(refused > 1000)
  }

  /// Makes the checksum of a header right.
  private func seal(_ bytes: inout [UInt8], at start: Int) {
    bytes.replaceSubrange(start + 148..<start + 156, with: Array("        ".utf8))
    let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
    let digits = String(sum, radix: 8)
    let text = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
    bytes.replaceSubrange(start + 148..<start + 156, with: Array(text.utf8))
  }

  @Test(arguments: [
    (124, "77777777777\0", "is said to have 8589934591 bytes, more than the file"),
    (124, "00000000000\0", "a:0:0.jpg is empty"), (124, "0000000012x\0", "size is no octal number"),
    (124, "\u{7F}0000000000\0", "size is no octal number"),
    (0, "../a.jpg\0", "a name that leads elsewhere"), (0, "/etc/passwd\0", "leads elsewhere"),
    (0, "a//b\0", "leads elsewhere"), (0, ".\0", "leads elsewhere"),
    (0, "\0", "leads elsewhere"), (0, "c\0", "c is there twice"),
    (345, "up/..\0", "leads elsewhere"),
    (156, "L", "GNU long names"), (156, "x", "pax"), (156, "2", "neither a plain file"),
    (148, "0000000\0", "checksum"), (257, "ustat", "not a tar file"),
  ])
  func hostileHeadersAreNamed(field: Int, text: String, complaint: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.tar")
    try written(to: path)
    var hurt = try bytes(of: path)
    hurt.replaceSubrange(field..<field + text.utf8.count, with: Array(text.utf8))
    if field != 148 { seal(&hurt, at: 0) }
    try Data(hurt).write(to: URL(fileURLWithPath: path))
    #expect { try TarArchive(path: path) } throws: {
      "\($0)".hasPrefix("\(path): ") && "\($0)".contains(complaint)
    }
  }

  @Test func missingEmptyAndShrunkFilesSaySo() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.tar")
    #expect { try TarArchive(path: path) } throws: { ($0 as? MediaError)?.code == .notFound }
    try Data().write(to: URL(fileURLWithPath: path))
    #expect { try TarArchive(path: path) } throws: { ($0 as? MediaError)?.code == .empty }
    try written(to: path)
    let archive = try TarArchive(path: path)
    try Data(try bytes(of: path).prefix(600)).write(to: URL(fileURLWithPath: path))
    #expect { try archive.bytes(of: archive.members[0]) } throws: {
      "\($0)".contains("a:0:0.jpg is cut short; the file has changed")
    }
  }

  @Test func anArchiveIsWholeOrAbsent() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.tar")
    do {
      var writer = try TarWriter(path: path)
      try writer.add("a", [1])
      #expect { _ = try TarWriter(path: path) } throws: { "\($0)".contains("another process") }
    }
    #expect(try folder.contents().isEmpty)
    // What a killed run leaves.
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: folder.file(".x.tar.part")))
    try written(to: path)
    #expect(try TarArchive(path: path).members.count == files.count)
    #expect(try folder.contents() == ["x.tar"])
    for name in ["", "/a", "../a", "a//b", String(repeating: "n", count: 101), "a\0b"] {
      var writer = try TarWriter(path: folder.file("y.tar"))
      #expect(throws: MediaError.self) { try writer.add(name, [1]) }
    }
    #expect { _ = try TarWriter(path: folder.file("none/x.tar")) } throws: {
      ($0 as? MediaError)?.code == .cannotWrite
    }
  }
}
