public import Foundation
import GRDB

/// Who changed the catalogue, when, and by which command: what a journal entry says.
public struct ChangeNote: Hashable, Sendable {
  public var author: String
  /// As typed, such as `curate reject "sharpness < 3"`.
  public var command: String
  public var date: Date

  public init(author: String, command: String, date: Date) {
    self.author = author
    self.command = command
    self.date = date
  }

  /// Appends a journal entry and returns its id.
  ///
  /// `undoes` is the entry it takes back or brings back.
  func record(_ summary: String, undoes: Int64? = nil, in db: Database) throws -> Int64 {
    let time = date.formatted(.iso8601)  // Whole seconds, UTC.
    try db.execute(
      sql: """
        INSERT INTO journal(at, author, command, summary, undoes) VALUES (?, ?, ?, ?, ?)
        """,
      arguments: [time, author, command, summary, undoes])
    return db.lastInsertedRowID
  }
}
