import Glibc

/// A file that appears under its name only when it is whole: written under a temporary name in the
/// same folder, then renamed.
///
/// Removed when it is not committed.
struct PendingFile: ~Copyable {
  let path: String
  /// Ends as `path` does.
  let temporaryPath: String

  /// Creates the temporary file.
  ///
  /// Throws when the folder is missing or read-only, or when `path` is a folder.
  init(path: String) throws(MediaError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw MediaError(code: .isFolder, subject: path, reason: "is a folder, not a file")
    }
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let mark = String(UInt64.random(in: 0 ... .max), radix: 36)
    // The ending stays, and a long name is left out, so that any allowed name works.
    let ending = PendingFile.fileExtension(of: path)
    let temporary =
      path[..<slash] + ".part-\(getpid())-\(mark)" + (ending.isEmpty ? "" : "." + ending)
    let opened = open(String(temporary), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard opened >= 0 else { throw PendingFile.cannotWrite(path, errno) }
    close(opened)
    self.path = path
    temporaryPath = String(temporary)
  }

  deinit { unlink(temporaryPath) }

  /// Appends bytes to the temporary file.
  func write(_ bytes: [UInt8]) throws(MediaError) {
    let descriptor = open(temporaryPath, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw PendingFile.cannotWrite(path, errno) }
    defer { close(descriptor) }
    try Self.write(bytes, to: descriptor, of: path)
  }

  /// Writes all bytes to an open file; `path` names it in errors.
  static func write(
    _ bytes: [UInt8], to descriptor: Int32, of path: String
  ) throws(MediaError) {
    var failure: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count, let base = buffer.baseAddress {
        let wrote = Glibc.write(descriptor, base + done, buffer.count - done)
        if wrote < 0, errno == EINTR { continue }
        if wrote < 0 { failure = errno }
        if wrote <= 0 { return }
        done += wrote
      }
    }
    guard failure == 0 else { throw PendingFile.cannotWrite(path, failure) }
  }

  /// Flushes to the disk and gives the file its name.
  func commit() throws(MediaError) {
    let descriptor = open(temporaryPath, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw PendingFile.cannotWrite(path, errno) }
    let status = fsync(descriptor)
    let failure = errno
    close(descriptor)
    // Some file systems cannot sync; a failed write is another matter.
    if status != 0, failure == EIO || failure == ENOSPC || failure == EDQUOT {
      throw PendingFile.cannotWrite(path, failure)
    }
    guard rename(temporaryPath, path) == 0 else { throw PendingFile.cannotWrite(path, errno) }
  }

  /// Lower case, without the dot; empty where there is none.
  static func fileExtension(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }

  static func cannotWrite(_ path: String, _ code: Int32) -> MediaError {
    MediaError(
      code: .cannotWrite, subject: path,
      reason: "cannot be written: \(String(cString: strerror(code)))")
  }
}
