import Glibc

/// Writes a ustar file that appears under its name only when it is whole.
///
/// The same members make the same bytes: mode 0644, user and group 0, no time. Until then it is
/// `.NAME.part`, which goes with the writer; one that a killed run left is written anew.
public struct TarWriter: ~Copyable {
  public let path: String
  private let temporaryPath: String
  private let descriptor: Int32
  /// Bytes of the file when it would be closed now.
  public private(set) var size = Self.end.count
  private var isCommitted = false

  /// Throws ``MediaError`` when the folder cannot be written, or another process writes the same.
  public init(path: String) throws(MediaError) {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let temporary = path[..<slash] + "." + path[slash...] + ".part"
    let opened = open(
      String(temporary), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard opened >= 0 else { throw PendingFile.cannotWrite(path, errno) }
    // Some shared disks know no locks; there nothing keeps two writers apart.
    let isTaken = flock(opened, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    // Still the file of that name: another writer may have finished in between.
    var (locked, named) = (stat(), stat())
    guard !isTaken, fstat(opened, &locked) == 0, stat(String(temporary), &named) == 0,
      locked.st_ino == named.st_ino
    else {
      close(opened)
      throw MediaError(
        code: .cannotWrite, subject: path, reason: "is being written by another process")
    }
    guard ftruncate(opened, 0) == 0 else {
      let code = errno
      close(opened)
      throw PendingFile.cannotWrite(path, code)
    }
    (self.path, temporaryPath) = (path, String(temporary))
    descriptor = opened
  }

  deinit {
    if !isCommitted { unlink(temporaryPath) }
    close(descriptor)
  }

  /// Bytes a member of `count` bytes adds to the file.
  public static func space(for count: Int) -> Int {
    TarHeader(name: "", size: count, type: 0).span
  }

  /// Zeros that end every archive.
  package static let end = [UInt8](repeating: 0, count: 2 * TarHeader.blockSize)

  /// All bytes that a regular file adds to an archive: its header, its own, and zeros up to a whole block.
  ///
  /// `archive` names it in errors. Throws ``MediaError``: `unsupported` for a name of more than 100
  /// bytes or one that is absolute or leads elsewhere.
  package static func record(
    _ name: String, _ bytes: [UInt8], of archive: String
  ) throws(MediaError) -> [UInt8] {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...TarHeader.nameLimit).contains(name.utf8.count), !name.utf8.contains(0),
      parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
    else {
      throw MediaError(
        code: .unsupported, subject: archive,
        reason: "cannot hold the name \(name.debugDescription)")
    }
    let header = TarHeader(name: name, size: bytes.count, type: UInt8(ascii: "0"))
    let rest = header.span - TarHeader.blockSize - bytes.count
    return header.block + bytes + [UInt8](repeating: 0, count: rest)
  }

  /// Adds a regular file.
  ///
  /// Throws ``MediaError``: `unsupported` for a name of more than 100 bytes or one that is absolute
  /// or leads elsewhere.
  public mutating func add(_ name: String, _ bytes: [UInt8]) throws(MediaError) {
    let record = try Self.record(name, bytes, of: path)
    try PendingFile.write(record, to: descriptor, of: path)
    size += record.count
  }

  /// Writes the end, flushes to the disk and gives the file its name.
  public consuming func commit() throws(MediaError) {
    try PendingFile.write(Self.end, to: descriptor, of: path)
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw PendingFile.cannotWrite(path, errno)
    }
    guard rename(temporaryPath, path) == 0 else { throw PendingFile.cannotWrite(path, errno) }
    isCommitted = true
  }
}
