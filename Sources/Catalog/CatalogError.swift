/// What went wrong in a workspace.
///
/// Prints as one line, `holiday/catalog.sqlite: why`.
public struct CatalogError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// The folder holds no workspace, or holds one already where a new one was asked for.
    case notAWorkspace, alreadyAWorkspace
    /// Made by a later version of this program.
    case newerSchema
    /// The files can be read but not written.
    case readOnly
    /// The file is empty, damaged, or no database.
    case damaged
    /// No room is left on the disk.
    case diskFull
    /// Another process held the database for longer than the time allowed.
    case busy
    /// Two imports of one video disagree: other parameters, or another process at work on it.
    case conflict
    /// A value the schema refuses.
    case invalid
    /// A query that cannot be understood; `excerpt` shows where.
    case query
    /// A name or id that the catalogue does not hold.
    case unknownIdentity, unknownVideo, unknownFace
    /// Anything else SQLite or the file system reports.
    case system
  }

  public let code: Code
  /// What the reason is about: a path, a name, or "query".
  public let subject: String
  /// What is wrong and, where there is an answer, what to do.
  public let reason: String
  /// Where in a query, for errors of a query.
  public let excerpt: String?

  public init(code: Code, subject: String, reason: String, excerpt: String? = nil) {
    self.code = code
    self.subject = subject
    self.reason = reason
    self.excerpt = excerpt
  }

  public var description: String { "\(subject): \(reason)" }
}
