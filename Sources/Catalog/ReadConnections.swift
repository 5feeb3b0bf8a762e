import GRDB
import Synchronization

/// Connections to a file that is only read: as many as threads read at once, so that none waits for another.
final class ReadConnections: Sendable {
  private let path: String
  private let readOnly: Bool
  private let isMapped: Bool
  /// Those that nobody uses now.
  private let free: Mutex<[DatabaseQueue]>

  /// Opens the first; `readOnly` where SQLite may not write beside the file, either.
  init(path: String, readOnly: Bool, isMapped: Bool) throws {
    (self.path, self.readOnly, self.isMapped) = (path, readOnly, isMapped)
    free = Mutex([])
    let first = try connection()
    free.withLock { $0 = [first] }
  }

  private func connection() throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(10)
    let mapped = isMapped ? 2_147_418_112 : 0
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA cache_size = -32768; PRAGMA mmap_size = \(mapped)")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.read { db in _ = try Int.fetchOne(db, sql: "PRAGMA schema_version") }
    return queue
  }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try withConnection { try $0.read(body) }
  }

  /// The same without a transaction, for a single statement.
  func readOnce<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try withConnection { try $0.unsafeRead(body) }
  }

  private func withConnection<Value>(_ body: (DatabaseQueue) throws -> Value) throws -> Value {
    let queue = try free.withLock { $0.popLast() } ?? connection()
    defer { free.withLock { $0.append(queue) } }
    return try body(queue)
  }

  /// Closes those that nobody uses; nobody does when the file is closed.
  func close() throws {
    for queue in free.withLock({ $0 }) { try queue.close() }
  }
}
