import FaceCore
import Foundation

/// A folder that appears under its name only when all of it is written.
///
/// Until then it is `.NAME.KEY.part` beside it, which a killed run leaves behind and the next one with
/// the same key goes on with.
struct PendingFolder {
  /// Says in the folder what it is an export of.
  static let mark = ".curate-export"

  let path: String
  private let part: String
  private let key: String

  /// Nil when the folder is there already and was made with this key.
  ///
  /// `key` stands for all that decides what is written. Throws a `CommandError` when the folder holds
  /// anything else, and `FileError` when its parent cannot be written.
  init?(path: String, key: String) throws {
    let url = URL(fileURLWithPath: path)
    (self.path, self.key) = (path, key)
    part =
      url.deletingLastPathComponent()
      .appendingPathComponent(".\(url.lastPathComponent).\(key.prefix(16)).part").path
    if FileManager.default.fileExists(atPath: path) {
      if FileManager.default.contents(atPath: "\(path)/\(Self.mark)") == Data("\(key)\n".utf8) {
        return nil
      }
      try Self.requireEmpty(path)
    }
    try make("")
  }

  private static func requireEmpty(_ path: String) throws {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw CommandError("\(path): is no folder that can be read; choose another")
    }
    if names.isEmpty { return }
    throw CommandError(
      names.contains(mark)
        ? "\(path): holds another export; choose another folder, or remove it"
        : "\(path): holds other files; choose a folder that is empty or not there")
  }

  /// Makes a folder inside.
  func make(_ name: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: "\(part)/\(name)", withIntermediateDirectories: true)
    } catch {
      throw failure(error)
    }
  }

  /// Where files that others write come.
  var pendingPath: String { part }

  /// Writes a file, unless an earlier run has.
  func write(_ data: Data, to name: String) throws {
    let file = "\(part)/\(name)"
    if FileManager.default.contents(atPath: file) == data { return }
    do {
      try data.write(to: URL(fileURLWithPath: file))
    } catch {
      throw failure(error)
    }
  }

  /// Writes a file of many lines in bounded memory.
  func write(lines: some Sequence<String>, to name: String) throws {
    let file = "\(part)/\(name)"
    do {
      try Data().write(to: URL(fileURLWithPath: file))
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
      defer { try? handle.close() }  // What could be lost is reported by write and commit.
      var waiting = Data()
      for line in lines {
        waiting.append(contentsOf: line.utf8)
        if waiting.count >= 1 << 20 {
          try handle.write(contentsOf: waiting)
          waiting.removeAll(keepingCapacity: true)
        }
      }
      try handle.write(contentsOf: waiting)
    } catch {
      throw failure(error)
    }
  }

  /// Flushes to the disk and gives the folder its name.
  func commit() throws {
    try write(Data("\(key)\n".utf8), to: Self.mark)
    sync()
    guard unsafe rename(part, path) == 0 else {
      throw failure(POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO))
    }
  }

  private func failure(_ error: any Error) -> FileError {
    FileError(subject: path, reason: "cannot be written: \(FileError.cause(of: error))")
  }
}
