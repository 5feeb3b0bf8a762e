import Glibc

/// What the file system says of a path before any library is asked.
enum FileChecks {
  /// Bytes of a regular file.
  ///
  /// Throws for what is missing, a folder, unreadable or empty.
  @discardableResult
  static func size(ofReadable path: String) throws(MediaError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw MediaError(errno: errno, path: path) }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw MediaError(code: .isFolder, subject: path, reason: "is a folder, not a file")
    }
    guard access(path, R_OK) == 0 else { throw MediaError(errno: errno, path: path) }
    if status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 {
      throw MediaError(code: .empty, subject: path, reason: "the file is empty")
    }
    return Int(status.st_size)
  }

  /// All bytes of a file of at most `limit` bytes.
  static func bytes(of path: String, limit: Int) throws(MediaError) -> [UInt8] {
    let size = try size(ofReadable: path)
    guard size <= limit else {
      throw MediaError(
        code: .tooLarge, subject: path, reason: "\(size) bytes are more than \(limit)")
    }
    let file = try InputFile(path: path)
    return try file.read(at: 0, count: size)
  }
}

extension MediaError {
  init(errno code: Int32, path: String) {
    let kind: Code =
      switch code {
      case ENOENT, ENOTDIR: .notFound
      case EACCES, EPERM: .notPermitted
      case EISDIR: .isFolder
      default: .corrupt
      }
    self.init(code: kind, subject: path, reason: String(cString: strerror(code)))
  }
}

/// A file open for reading at any place.
struct InputFile: ~Copyable {
  private let descriptor: Int32
  private let path: String

  init(path: String) throws(MediaError) {
    let opened = open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw MediaError(errno: errno, path: path) }
    self.path = path
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// Up to `count` bytes from `offset`; fewer where the file ends.
  func read(at offset: Int, count: Int) throws(MediaError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, let base = buffer.baseAddress {
        let got = pread(descriptor, base + filled, count - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { return }
        filled += got
      }
    }
    guard failure == 0 else { throw MediaError(errno: failure, path: path) }
    return bytes
  }
}
