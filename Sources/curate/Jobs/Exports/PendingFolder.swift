import FaceCore
import Foundation

/// A folder that appears under its name only when all of it is written.
///
/// Until then it is `.NAME.KEY.part` beside it, which one process at a time writes. A run that is stopped or
/// cannot write leaves it, and the next one with the same key goes on with it.
final class PendingFolder {
  /// Says in the folder what it is an export of.
  static let mark = ".curate-export"

  let path: String
  /// Where files that others write come.
  let pendingPath: String
  /// `path`, without links and dots where it is there.
  private let target: String
  private let key: String
  /// Locked; the system lets go of it with the process.
  private let descriptor: Int32

  /// Nil when the folder is there already and was made with this key.
  ///
  /// `key` stands for all that decides what is written. Throws a `CommandError` when the folder holds
  /// anything else or cannot be replaced, and `FileError` when its parent cannot be written or another
  /// process is at work on it.
  init?(path: String, key: String) throws {
    target = Self.resolved(path) ?? path
    let url = URL(fileURLWithPath: target)
    pendingPath =
      url.deletingLastPathComponent()
      .appendingPathComponent(".\(url.lastPathComponent).\(key.prefix(16)).part").path
    (self.path, self.key) = (path, key)
    if try Self.isThere(path, target, key) { return nil }
    try Self.make(path.isEmpty ? "" : pendingPath, for: path)
    descriptor = try Self.lock(pendingPath, for: path)
    // Another process may have finished in between.
    if try Self.isThere(path, target, key) {
      remove()
      return nil
    }
  }

  deinit { close(descriptor) }

  /// Whether the folder was made with this key; throws when it is anything but that, empty or missing.
  private static func isThere(_ path: String, _ target: String, _ key: String) throws -> Bool {
    let files = FileManager.default
    guard files.fileExists(atPath: target) else { return false }
    if files.contents(atPath: "\(target)/\(mark)") == Data("\(key)\n".utf8) { return true }
    guard let names = try? files.contentsOfDirectory(atPath: target) else {
      throw CommandError("\(path): is no folder that can be read; choose another")
    }
    guard names.isEmpty else {
      throw CommandError(
        names.contains(mark)
          ? "\(path): holds another export; choose another folder, or remove it"
          : "\(path): holds other files; choose a folder that is empty or not there")
    }
    var (own, parent) = (stat(), stat())
    let isMounted =
      unsafe stat(target, &own) == 0 && stat(target + "/..", &parent) == 0
      && own.st_dev != parent.st_dev
    guard !isMounted, target != files.currentDirectoryPath else {
      throw CommandError(
        "\(path): is \(isMounted ? "where a disk is mounted" : "the folder this runs in"); "
          + "name a folder inside it that is not there yet")
    }
    return false
  }

  /// The path without links and dots; nil where there is nothing.
  private static func resolved(_ path: String) -> String? {
    guard let found = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
  }

  private static func make(_ folder: String, for path: String) throws {
    try FileError.naming(path) {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
  }

  /// Keeps others out.
  private static func lock(_ folder: String, for path: String) throws -> Int32 {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 || errno == ENOENT else {
      throw FileError(
        subject: path, reason: "cannot be written: \(unsafe String(cString: strerror(errno)))")
    }
    // Some shared disks know no locks; there nothing keeps two writers apart.
    let isTaken = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    // Still the folder of that name: another writer may have finished in between.
    var (locked, named) = (stat(), stat())
    guard !isTaken, unsafe fstat(descriptor, &locked) == 0, unsafe stat(folder, &named) == 0,
      locked.st_ino == named.st_ino
    else {
      close(descriptor)
      throw FileError(subject: path, reason: "is being written by another process")
    }
    return descriptor
  }

  /// Makes a folder inside.
  func make(_ name: String) throws { try Self.make("\(pendingPath)/\(name)", for: path) }

  /// Writes a file, unless an earlier run has.
  func write(_ data: Data, to name: String) throws {
    try StopSignal.check()
    let file = "\(pendingPath)/\(name)"
    if FileManager.default.contents(atPath: file) == data { return }
    try FileError.naming(path) { try data.write(to: URL(fileURLWithPath: file)) }
  }

  /// Writes a file of many lines in bounded memory.
  func write(lines: some Sequence<String>, to name: String) throws {
    let file = URL(fileURLWithPath: "\(pendingPath)/\(name)")
    let handle = try FileError.naming(path) {
      try Data().write(to: file)
      return try FileHandle(forWritingTo: file)
    }
    defer { try? handle.close() }  // What could be lost is reported by write and commit.
    var waiting = Data()
    for line in lines {
      waiting.append(contentsOf: line.utf8)
      guard waiting.count >= 1 << 20 else { continue }
      try StopSignal.check()
      try FileError.naming(path) { try handle.write(contentsOf: waiting) }
      waiting.removeAll(keepingCapacity: true)
    }
    try FileError.naming(path) { try handle.write(contentsOf: waiting) }
  }

  /// Flushes to the disk and gives the folder its name.
  func commit() throws {
    try write(Data("\(key)\n".utf8), to: Self.mark)
    sync()
    try FileError.naming(path) {
      guard unsafe rename(pendingPath, target) == 0 else {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
    }
  }

  /// Removes what is written.
  func remove() {
    try? FileManager.default.removeItem(atPath: pendingPath)  // What stays does no harm.
  }
}
