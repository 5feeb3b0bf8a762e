import Foundation

/// A file that someone named for a result: refused before any work is done, and never instead of footage.
struct OutputFile {
  let path: String
  /// What it is, with its article.
  let kind: String
  /// Lower case, without the dot.
  let endings: [String]

  static func video(_ path: String) -> OutputFile {
    OutputFile(path: path, kind: "a video", endings: ["mp4", "m4v", "mov"])
  }

  static func picture(_ path: String) -> OutputFile {
    OutputFile(path: path, kind: "a picture", endings: ["png", "jpg", "jpeg"])
  }

  static func page(_ path: String) -> OutputFile {
    OutputFile(path: path, kind: "a page", endings: ["html", "htm"])
  }

  /// Throws `CommandError` where the name ends otherwise, its folder is missing, a file is there that may not be
  /// replaced, or it is one of `inputs`, which is never replaced.
  ///
  /// `hint` says what to do about a file that is there.
  func check(
    mayReplace: (URL) -> Bool, inputs: [String] = [], hint: String = "add --force to replace it"
  ) throws {
    let url = URL(fileURLWithPath: path)
    guard endings.contains(url.pathExtension.lowercased()) else {
      let last = endings.count - 1
      let names = endings.map { ".\($0)" }
      throw CommandError(
        "\(path): \(kind)'s name ends in \(names[..<last].joined(separator: ", ")) or \(names[last])"
      )
    }
    let folder = url.deletingLastPathComponent().resolvingSymlinksInPath()
    // What is not there is none.
    let there = try? folder.resourceValues(forKeys: [.isDirectoryKey])
    guard there?.isDirectory == true else {
      throw CommandError("\(path): there is no folder \(folder.path)")
    }
    guard FileManager.default.fileExists(atPath: path) else { return }
    let own = Self.identity(of: path)
    for input in inputs where own != nil && Self.identity(of: input) == own {
      throw CommandError("\(path): is footage, which is never replaced; give another name")
    }
    guard mayReplace(url) else {
      throw CommandError("\(path): exists; \(hint)")
    }
  }

  /// Device and number of the file, whatever it is called.
  private static func identity(of path: String) -> [UInt64]? {
    let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    // What is not there is nobody's.
    guard let values = try? FileManager.default.attributesOfItem(atPath: url.path),
      let device = values[.systemNumber] as? NSNumber,
      let number = values[.systemFileNumber] as? NSNumber
    else { return nil }
    return [device.uint64Value, number.uint64Value]
  }
}
