public import Foundation

/// Writing files so that a reader, or a crash, sees the old bytes or the new ones, never a part.
public enum AtomicFile {
  /// Writes beside `path`, syncs, renames over it, and syncs the folder.
  ///
  /// Throws `FileError`; then the old file stands as it was.
  public static func write(_ data: Data, to path: String) throws {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent()
    let temporary = folder.appendingPathComponent(
      ".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).tmp")
    do {
      try data.write(to: temporary)
      let file = try FileHandle(forUpdating: temporary)
      try file.synchronize()
      try file.close()
      guard unsafe rename(temporary.path, path) == 0 else {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
    } catch {
      try? FileManager.default.removeItem(at: temporary)  // It may not exist yet.
      throw FileError(subject: path, reason: "cannot be written: \(FileError.cause(of: error))")
    }
    let handle = unsafe open(folder.path, O_RDONLY)
    if handle >= 0 {
      fsync(handle)
      close(handle)
    }
  }
}

/// A file that could not be read or written; prints as one line.
public struct FileError: Error, CustomStringConvertible, Sendable {
  /// The file's path.
  public var subject: String
  public var reason: String

  public init(subject: String, reason: String) {
    (self.subject, self.reason) = (subject, reason)
  }

  public var description: String { "\(subject): \(reason)" }

  /// The system's words for what Foundation reports.
  public static func cause(of error: any Error) -> String {
    let code = (error as? CocoaError)?.underlying as? POSIXError ?? error as? POSIXError
    // File handles wrap it another way.
    let wrapped = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let number =
      code?.code.rawValue
      ?? (wrapped?.domain == NSPOSIXErrorDomain ? wrapped.map { Int32($0.code) } : nil)
    guard let number else { return error.localizedDescription }
    return unsafe String(cString: strerror(number))
  }
}
