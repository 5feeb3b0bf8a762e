import Foundation
import Testing

/// The import table of ARCHITECTURE.md.
///
/// The package manager lets a target import whatever its neighbours link, so the sources themselves
/// are read.
@Suite struct LayeringTests {
  static let allowed: [String: Set<String>] = [
    "FaceCore": ["CPixels", "Crypto"],
    "Media": ["FaceCore", "CFFmpeg", "CImageCodecs"],
    "Networks": ["FaceCore", "CKernels", "COpenBLAS", "CTorch"],
    "SyntheticFaces": ["FaceCore"],
    "Catalog": ["FaceCore", "GRDB"],
    "Align": ["FaceCore", "Networks", "CFaceNets", "CDlib"],
    "Augment": ["FaceCore"],
    "Trainer": ["FaceCore", "Media", "Networks"],
    "FaceNetTraining": ["FaceCore", "Media", "Networks", "SyntheticFaces", "Align"],
    "OnnxModels": ["FaceCore", "COnnxRuntime", "FoundationNetworking"],
    "curate": [
      "FaceCore", "Media", "Networks", "SyntheticFaces", "Catalog", "Align", "Augment", "Trainer",
      "OnnxModels", "FaceNetTraining", "ArgumentParser", "TOMLKit",
    ],
  ]
  static let everywhere: Set<String> = ["Foundation", "Dispatch", "Synchronization", "Glibc"]

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Modules imported by a file, whatever the access level or attribute before `import`.
  static func imports(in source: String) -> [String] {
    source.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
        words[..<at].allSatisfy({
          $0.hasPrefix("@")
            || ["public", "package", "internal", "fileprivate", "private"].contains($0)
        })
      else { return nil }
      let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "typealias"]
      let name =
        kinds.contains(words[at + 1]) && at + 2 < words.count ? words[at + 2] : words[at + 1]
      return name.split(separator: ".").first.map(String.init)
    }
  }

  @Test(arguments: allowed.keys.sorted())
  func aTargetImportsOnlyWhatTheTableAllows(target: String) throws {
    let folder = Self.root.appendingPathComponent("Sources/\(target)")
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var read = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      read += 1
      for module in Self.imports(in: try String(contentsOf: file, encoding: .utf8)) {
        #expect(
          Self.allowed[target]?.contains(module) == true || Self.everywhere.contains(module),
          "\(file.lastPathComponent) imports \(module)")
      }
    }
    #expect(read > 0, "no sources in \(folder.path)")
  }

  @Test func everySwiftTargetIsInTheTable() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Self.root.appendingPathComponent("Sources").path)
    #expect(Set(folders.filter { !$0.hasPrefix("C") || $0 == "Catalog" }) == Set(Self.allowed.keys))
  }

  @Test func importsAreFoundWhateverStandsBeforeThem() {
    let source =
      "import A\npublic import B\n@preconcurrency internal import C\nimport struct D.E\nlet important = 1"
    #expect(Self.imports(in: source) == ["A", "B", "C", "D"])
  }
}
