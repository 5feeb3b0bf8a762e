import Foundation
import GRDB

/// The aligned crops, in a standard SQLite Archive: `sqlite3 crops.sqlar -Ax` unpacks it.
///
/// Crops are JPEG or PNG already, so they are stored as they are (`sz` equals the length of
/// `data`, which the format defines as "not compressed"), with one mode and one time for all, so
/// that the same crops make the same rows. Format: https://www.sqlite.org/sqlar.html
public struct CropStore: Sendable {
  static let fileName = "crops.sqlar"
  let file: DatabaseFile

  static func create(at path: String) throws {
    // Crops are some ten kilobytes: with 16 KiB pages most are one or two reads.
    try DatabaseFile.create(at: path, pageSize: 16384) { writer in
      try writer.write { db in
        try db.execute(
          sql: """
            CREATE TABLE sqlar(name TEXT PRIMARY KEY, mode INT, mtime INT, sz INT, data BLOB)
            """)
      }
    }
  }

  /// Stores the crops in one transaction that is on the disk when this returns.
  ///
  /// A crop of the same name is replaced: names follow from the face, so it is the same crop.
  public func put(_ crops: [(name: String, bytes: [UInt8])]) throws {
    guard !crops.isEmpty else { return }
    try file.write { db in
      let statement = try db.cachedStatement(
        sql: "INSERT OR REPLACE INTO sqlar(name, mode, mtime, sz, data) VALUES (?, 33188, 0, ?, ?)")
      for crop in crops {
        try statement.execute(arguments: [crop.name, crop.bytes.count, Data(crop.bytes)])
      }
    }
  }

  /// The bytes of the image file of that name; nil where there is none.
  public func crop(named name: String) throws -> [UInt8]? {
    try file.readOnce { db in
      let rows = try Row.fetchCursor(
        try db.cachedStatement(sql: "SELECT sz, data FROM sqlar WHERE name = ?"), arguments: [name])
      guard let row = try rows.next() else { return nil }
      let bytes = try row.withUnsafeData(atIndex: 1) { [UInt8]($0 ?? Data()) }
      guard (row[0] as Int?) == bytes.count else {
        throw CatalogError(
          code: .damaged, subject: name, reason: "is compressed or cut short in the archive")
      }
      return bytes
    }
  }

  public func contains(_ name: String) throws -> Bool {
    try file.read { db in
      try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM sqlar WHERE name = ?)", arguments: [name]) ?? false
    }
  }

  public func count() throws -> Int {
    try file.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlar") ?? 0 }
  }
}
