import FaceCore
import Foundation
import Glibc

/// The video files that arguments stand for.
struct VideoFiles {
  static let endings: Set<String> = [
    "mp4", "mov", "m4v", "mkv", "webm", "avi", "mxf", "mts", "m2ts", "ts", "mpg", "mpeg", "wmv",
    "flv", "f4v", "3gp", "3g2", "ogv", "vob", "m2v", "dv", "asf", "y4m",
  ]

  /// A file by which a folder says that it holds none.
  static let noFootage = ".nomedia"

  /// In the order given, those of a folder or pattern sorted; each file once.
  private(set) var files: [String] = []
  /// Folders without a video and patterns nothing matches, each with the reason.
  private(set) var problems: [(path: String, reason: String)] = []
  private var seen: Set<String> = []

  /// Files, folders, patterns such as `rushes/*.mov`, and `-` for paths on stdin, one a line.
  ///
  /// Folders are searched with all inside them, but for hidden files and folders in them that hold a file
  /// `.nomedia`, as phones mark what is no footage. Links are followed, each real folder and file once, so
  /// that a link to a folder above ends there.
  init(_ arguments: [String]) {
    for argument in arguments {
      if argument == "-" {
        while let line = readLine() {
          if !line.isEmpty { add(line) }
        }
      } else {
        add(argument)
      }
    }
  }

  private mutating func add(_ path: String) {
    if isFolder(path) {
      var folders: Set<String> = []
      let before = problems.count
      let inside = videos(inside: path, seen: &folders)
      if inside.isEmpty, problems.count == before {
        problems.append((path, "no videos in this folder"))
      }
      for file in inside { addFile(file) }
    } else if !FileManager.default.fileExists(atPath: path),
      path.contains(where: { "*?[".contains($0) })
    {
      let matches = VideoFiles.matches(of: path)
      if matches.isEmpty { problems.append((path, "no file matches")) }
      for match in matches { isFolder(match) ? add(match) : addFile(match) }
    } else {
      addFile(path)
    }
  }

  private mutating func addFile(_ path: String) {
    if seen.insert(realPath(path)).inserted { files.append(path) }
  }

  /// Sorted by path; folders that cannot be read are among the problems.
  private mutating func videos(inside folder: String, seen: inout Set<String>) -> [String] {
    guard seen.insert(realPath(folder)).inserted else { return [] }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      problems.append((folder, "cannot be read: \(FileError.cause(of: error))"))
      return []
    }
    return names.sorted().flatMap { name in
      let path = (folder as NSString).appendingPathComponent(name)
      if isFolder(path) {
        let isFootage = !FileManager.default.fileExists(atPath: path + "/\(VideoFiles.noFootage)")
        return isFootage ? videos(inside: path, seen: &seen) : []
      }
      // A Mac puts a file ._NAME beside each on other systems' disks, and a pipe has no end.
      let isVideo =
        !name.hasPrefix(".") && isFile(path)
        && VideoFiles.endings.contains((name as NSString).pathExtension.lowercased())
      return isVideo ? [path] : []
    }
  }

  /// What a shell would make of the pattern.
  private static func matches(of pattern: String) -> [String] {
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    guard unsafe glob(pattern, 0, nil, &found) == 0, let paths = unsafe found.gl_pathv else {
      return []
    }
    return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
      unsafe paths[index].map { unsafe String(cString: $0) }
    }
  }
}

private func isFolder(_ path: String) -> Bool {
  let values = try? URL(fileURLWithPath: path).resolvingSymlinksInPath().resourceValues(
    forKeys: [.isDirectoryKey])
  return values?.isDirectory == true
}

private func isFile(_ path: String) -> Bool {
  let values = try? URL(fileURLWithPath: path).resolvingSymlinksInPath().resourceValues(
    forKeys: [.isRegularFileKey])
  return values?.isRegularFile == true
}

private func realPath(_ path: String) -> String {
  URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
}
