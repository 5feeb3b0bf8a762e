import Glibc

/// A file that appears under its name only when it is whole: written under a temporary name in the
/// same folder, then renamed.
///
/// Removed when it is not committed.
struct PendingFile: ~Copyable {
  let path: String
  /// Ends as `path` does.
  let temporaryPath: String
  /// Open and locked as long as this is at work, so that others know that somebody is.
  private let descriptor: Int32

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
    let opened = open(
      String(temporary), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
    guard opened >= 0 else { throw PendingFile.cannotWrite(path, errno) }
    // Some shared disks know no locks; there nothing is swept up either.
    _ = flock(opened, LOCK_EX | LOCK_NB)
    self.path = path
    descriptor = opened
    temporaryPath = String(temporary)
  }

  deinit {
    unlink(temporaryPath)
    close(descriptor)
  }

  /// Seconds after which a temporary file that nobody has locked is nobody's.
  private static let patience = 60

  /// Deletes what killed writers left in the folder of this path.
  static func sweep(besides path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    // None to be read, none to be swept.
    guard let stream = opendir(folder) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard isTemporary(name) else { continue }
      let left = open(folder + name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
      guard left >= 0 else { continue }
      defer { close(left) }
      var status = stat()
      guard fstat(left, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        time(nil) - status.st_mtim.tv_sec > patience, flock(left, LOCK_EX | LOCK_NB) == 0
      else { continue }
      unlink(folder + name)
    }
  }

  /// Whether it is called as temporary files are: `.part-1234-k3x9.mp4`.
  private static func isTemporary(_ name: String) -> Bool {
    guard name.hasPrefix(".part-") else { return false }
    let parts = name.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let mark = parts[1].split(separator: ".").first else { return false }
    return Int32(parts[0]) != nil && UInt64(mark, radix: 36) != nil
  }

  /// Appends bytes to the temporary file.
  func write(_ bytes: [UInt8]) throws(MediaError) {
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
