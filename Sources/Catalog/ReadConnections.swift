import GRDB
import Synchronization

/// Connections to a file that is only read: as many as threads read at once, so that none waits for another.
final class ReadConnections: Sendable {
  private let path: String
  private let readOnly: Bool
  /// Those that nobody uses now.
  private let free: Mutex<[DatabaseQueue]>

  /// Opens the first; `readOnly` where SQLite may not write beside the file, either.
  init(path: String, readOnly: Bool) throws {
    (self.path, self.readOnly) = (path, readOnly)
    free = Mutex([try Self.connection(to: path, readOnly: readOnly)])
  }

  private static func connection(to path: String, readOnly: Bool) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(10)
    // Mapped, a scan of the index of a million faces makes no system call.
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA cache_size = -32768; PRAGMA mmap_size = 2147418112")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.read { db in _ = try Int.fetchOne(db, sql: "PRAGMA schema_version") }
    return queue
  }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    let queue =
      try free.withLock { $0.popLast() } ?? Self.connection(to: path, readOnly: readOnly)
    defer { free.withLock { $0.append(queue) } }
    return try queue.read(body)
  }

  /// Closes those that nobody uses; nobody does when the file is closed.
  func close() throws {
    for queue in free.withLock({ $0 }) { try queue.close() }
  }
}
