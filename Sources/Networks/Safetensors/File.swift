internal import Foundation

/// An open file, closed at the end of its life, or bytes that are in memory already.
struct File: ~Copyable {
  let path: String
  private let descriptor: Int32
  /// Nil for a file.
  private let memory: UnsafeRawBufferPointer?

  init(reading path: String) throws(NetworksError) {
    self.path = path
    memory = nil
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw NetworksError(code: .cannotRead, path: path, errno) }
  }

  /// Bytes that stay where they are; `path` names them in errors.
  init(memory: UnsafeRawBufferPointer, path: String) {
    (self.path, self.memory, descriptor) = (path, memory, -1)
  }

  /// Creates the file or empties it.
  init(writing path: String) throws(NetworksError) {
    self.path = path
    memory = nil
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw NetworksError(code: .cannotWrite, path: path, errno) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// In bytes.
  func size() throws(NetworksError) -> Int {
    if let memory { return memory.count }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw NetworksError(code: .cannotRead, path: path, errno)
    }
    return Int(status.st_size)
  }

  /// Fills the buffer from `offset` on; throws when the file ends before.
  func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(NetworksError) {
    if let memory {
      guard offset + buffer.count <= memory.count else {
        throw NetworksError(code: .damaged, subject: path, reason: "the file ends too early")
      }
      buffer.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: memory[offset...].prefix(buffer.count)))
      return
    }
    var done = 0
    while done < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, offset + done)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw NetworksError(code: .cannotRead, path: path, errno) }
      if count == 0 {
        throw NetworksError(code: .damaged, subject: path, reason: "the file ends too early")
      }
      done += count
    }
  }

  func append(_ buffer: UnsafeRawBufferPointer) throws(NetworksError) {
    var done = 0
    while done < buffer.count {
      let count = write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw NetworksError(code: .cannotWrite, path: path, errno) }
      done += count
    }
  }

  /// Returns when the disk has it.
  func sync() throws(NetworksError) {
    guard fsync(descriptor) == 0 else {
      throw NetworksError(code: .cannotWrite, path: path, errno)
    }
  }
}

extension NetworksError {
  /// With the system's own words.
  init(code: Code, path: String, _ number: Int32) {
    self.init(code: code, subject: path, reason: String(cString: strerror(number)))
  }
}

/// Returns when the disk has the file, or the folder's list of names.
public func synchronizeToDisk(_ path: String) throws(NetworksError) {
  try File(reading: path).sync()
}

/// Gives a file or folder another name in the same folder, and waits for the disk.
///
/// A file of that name is replaced: at any moment there is the old one or the new one.
public func renameOnDisk(_ path: String, to newPath: String) throws(NetworksError) {
  guard rename(path, newPath) == 0 else {
    throw NetworksError(code: .cannotWrite, path: newPath, errno)
  }
  try synchronizeToDisk(URL(filePath: newPath).deletingLastPathComponent().path)
}
