public import Foundation

/// Writing files so that a reader, or a crash, sees the old bytes or the new ones, never a part.
public enum AtomicFile {
  /// Writes beside `path`, syncs, renames over it, and syncs the folder.
  ///
  /// Throws a `CocoaError` or `POSIXError` naming the cause.
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
      throw error
    }
    let handle = unsafe open(folder.path, O_RDONLY)
    if handle >= 0 {
      fsync(handle)
      close(handle)
    }
  }
}
