public import Foundation

/// A file that could not be read or written; prints as one line.
public struct FileError: Error, CustomStringConvertible, Sendable {
  /// The file's path.
  public var subject: String
  public var reason: String

  public init(subject: String, reason: String) {
    (self.subject, self.reason) = (subject, reason)
  }

  public var description: String { "\(subject.isEmpty ? "''" : subject): \(reason)" }

  /// The system's words for what Foundation reports.
  public static func cause(of error: any Error) -> String {
    guard let code = code(of: error) else { return error.localizedDescription }
    return unsafe String(cString: strerror(code))
  }

  /// The system's number for what Foundation reports, such as `ENOSPC`; nil where it has none.
  public static func code(of error: any Error) -> Int32? {
    let code = (error as? CocoaError)?.underlying as? POSIXError ?? error as? POSIXError
    // File handles wrap it another way.
    let wrapped = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    return code?.code.rawValue
      ?? (wrapped?.domain == NSPOSIXErrorDomain ? wrapped.map { Int32($0.code) } : nil)
  }

  /// Does with a file what Foundation throws long errors for, and throws them as one line each.
  ///
  /// `fault` is what the line begins with: `PATH: fault: cause`.
  public static func naming<Made>(
    _ path: String, _ fault: String = "cannot be written", _ work: () throws -> Made
  ) throws -> Made {
    do {
      return try work()
    } catch {
      throw FileError(subject: path, reason: "\(fault): \(cause(of: error))")
    }
  }
}

extension FileManager {
  /// Makes a folder, and those it lies in, where they are missing.
  ///
  /// Throws `FileError`.
  public func makeFolder(_ path: String) throws {
    try FileError.naming(path) {
      var isFolder: ObjCBool = false
      if unsafe fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
        throw POSIXError(.ENOTDIR)
      }
      try createDirectory(atPath: path, withIntermediateDirectories: true)
    }
  }
}
