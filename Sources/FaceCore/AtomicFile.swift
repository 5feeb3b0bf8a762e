public import Foundation

/// Writing files so that a reader, or a crash, sees the old bytes or the new ones, never a part.
public enum AtomicFile {
  /// Writes beside `path`, syncs, renames over it, and syncs the folder.
  ///
  /// Throws `FileError`; then the old file stands as it was.
  public static func write(_ data: Data, to path: String) throws {
    guard try put(data, at: path, publish: { unsafe rename($0, path) }) else {
      throw FileError(subject: path, reason: "cannot be written: File exists")
    }
  }

  /// Writes a file where there is none, and returns false, with nothing written, where there is one; of
  /// several that do so at once one does.
  ///
  /// Throws `FileError`.
  public static func create(_ data: Data, at path: String) throws -> Bool {
    try put(data, at: path) { temporary in
      if unsafe link(temporary, path) == 0 {
        unsafe unlink(temporary)
        return 0
      }
      guard errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS else { return -1 }
      // Some disks know no second names: there an empty file holds the name for a moment.
      let claim = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard claim >= 0, close(claim) == 0 else { return -1 }
      return unsafe rename(temporary, path)
    }
  }

  /// Returns false where `publish` finds a file of that name that it may not replace.
  private static func put(
    _ data: Data, at path: String, publish: (_ temporary: String) -> Int32
  ) throws -> Bool {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent()
    let temporary = folder.appendingPathComponent(
      ".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).tmp")
    var isPublished = false
    defer {
      // It may not exist yet.
      if !isPublished { try? FileManager.default.removeItem(at: temporary) }
    }
    try FileError.naming(path) {
      try data.write(to: temporary)
      let file = try FileHandle(forUpdating: temporary)
      try file.synchronize()
      try file.close()
      isPublished = publish(temporary.path) == 0
      guard isPublished || errno == EEXIST else {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
    }
    guard isPublished else { return false }
    let handle = unsafe open(folder.path, O_RDONLY)
    if handle >= 0 {
      fsync(handle)
      close(handle)
    }
    return true
  }
}
