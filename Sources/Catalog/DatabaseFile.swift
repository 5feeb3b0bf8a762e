import FaceCore
import Foundation
import GRDB

/// One SQLite file of the workspace: how it is opened, and its errors in this module's words.
struct DatabaseFile: Sendable {
  let path: String
  private let access: Access
  /// Whether it lies where SQLite may write nothing beside it.
  private let isImmutable: Bool

  private enum Access {
    case write(DatabasePool)
    case read(ReadConnections)
  }

  private var writer: DatabasePool? {
    if case .write(let pool) = access { pool } else { nil }
  }

  var isReadOnly: Bool { writer == nil }

  /// What an open file is asked to do when power fails.
  enum Durability: String {
    /// No commit is lost to a killed process; the last ones may be lost to a power cut, whole.
    case normal = "NORMAL"
    /// Each commit is on the disk before it returns.
    case full = "FULL"
  }

  /// Opens a file to read and write, in WAL mode: readers never wait for the writer.
  ///
  /// Writers wait up to ten seconds for each other, also across processes, and foreign keys are
  /// checked.
  init(opening path: String, durability: Durability) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(10)
    configuration.maximumReaderCount = 8
    // 32 MB of pages: the upper levels of every index of ten million faces stay in memory.
    configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA cache_size = -32768") }
    self.path = path
    isImmutable = false
    access = try translating(path) {
      let pool = try DatabasePool(path: path, configuration: configuration)
      try pool.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
      }
      return .write(pool)
    }
  }

  /// Opens a file to read only, also where SQLite may not write its side files.
  ///
  /// Where the files can be written, SQLite may: it takes back what a killed process left half
  /// done. A WAL database wants a `-shm` file beside it; in a folder that cannot be written there
  /// is none after a clean close, and the file is opened as immutable: nobody has it open then.
  ///
  /// Mapped, a scan of the index of a million faces makes no system call.
  init(readingOnly path: String, isMapped: Bool = true) throws {
    self.path = path
    let folder = (path as NSString).deletingLastPathComponent
    let canRepair = [folder, path].allSatisfy(FileManager.default.isWritableFile)
    let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")  // None: settled.
    let isSettled =
      (log?[.size] as? Int ?? 0) == 0 && !FileManager.default.fileExists(atPath: path + "-journal")
    (access, isImmutable) = try translating(path) {
      do {
        let opened = try ReadConnections(path: path, readOnly: !canRepair, isMapped: isMapped)
        return (.read(opened), false)
      } catch let error as DatabaseError
        where !canRepair && isSettled
        && [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
      {
        let opened = try ReadConnections(
          path: "file:\(DatabaseFile.escaped(path))?immutable=1", readOnly: true,
          isMapped: isMapped)
        return (.read(opened), true)
      }
    }
  }

  /// Makes the file whole or not at all: beside it first, then renamed.
  static func create(
    at path: String, pageSize: Int, build: (any DatabaseWriter) throws -> Void
  ) throws {
    let unfinished = path + ".new"
    try translating(path) {
      for suffix in ["", "-journal"]
      where FileManager.default.fileExists(atPath: unfinished + suffix) {
        try FileManager.default.removeItem(atPath: unfinished + suffix)
      }
      let queue = try DatabaseQueue(path: unfinished)
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA page_size = \(pageSize)")
      }
      try build(queue)
      try queue.close()
      try FileManager.default.moveItem(atPath: unfinished, toPath: path)
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try translating(path) {
      switch access {
      case .write(let pool): try pool.read(body)
      case .read(let connections): try connections.read(body)
      }
    }
  }

  /// For a single statement, which sees one state without a transaction.
  ///
  /// To begin and end one that cannot write, statements are forgotten and compiled again each time.
  func readOnce<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try translating(path) {
      switch access {
      case .write(let pool): try pool.unsafeRead(body)
      case .read(let connections): try connections.readOnce(body)
      }
    }
  }

  /// One transaction; all of it, or nothing when `body` throws.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    guard let writer else {
      throw CatalogError(
        code: .readOnly, subject: path, reason: "can be read but not written here")
    }
    return try translating(path) { try writer.write(body) }
  }

  /// The same with another database at hand as `part`, which is only read, and without a transaction:
  /// `body` begins its own.
  func write<Value>(
    attaching other: DatabaseFile, _ body: (Database) throws -> Value
  ) throws -> Value {
    guard let writer else {
      throw CatalogError(
        code: .readOnly, subject: path, reason: "can be read but not written here")
    }
    return try translating(path) {
      try writer.writeWithoutTransaction { db in
        let mode = other.isImmutable ? "immutable=1" : "mode=ro"
        let uri = "file:\(DatabaseFile.escaped(other.path))?\(mode)"
        try db.execute(sql: "ATTACH DATABASE ? AS part", arguments: [uri])
        defer { try? db.execute(sql: "DETACH DATABASE part") }  // Closed with the file if not now.
        return try body(db)
      }
    }
  }

  func migrate() throws {
    guard let writer else { return }
    try translating(path) { try Schema.migrator.migrate(writer) }
  }

  func close() throws {
    try translating(path) {
      switch access {
      case .write(let pool): try pool.close()
      case .read(let connections): try connections.close()
      }
    }
  }

  private static func escaped(_ path: String) -> String {
    path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
  }
}

/// Runs `body` and says SQLite's and the file system's errors as a `CatalogError`.
private func translating<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let error as DatabaseError {
    let said = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    let (code, reason): (CatalogError.Code, String) =
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: (.busy, "another process is writing; try again")
      case .SQLITE_FULL: (.diskFull, "the disk is full; make room and run it again")
      case .SQLITE_READONLY: (.readOnly, said)
      case .SQLITE_NOTADB, .SQLITE_CORRUPT: (.damaged, said)
      case .SQLITE_CONSTRAINT: (.invalid, said)
      default: (.system, said)
      }
    throw CatalogError(code: code, subject: path, reason: oneLine(reason))
  } catch let error as CocoaError {
    throw CatalogError(code: .system, subject: path, reason: FileError.cause(of: error))
  }
}

private func oneLine(_ text: String) -> String {
  text.split(whereSeparator: \.isNewline).joined(separator: " ")
}
