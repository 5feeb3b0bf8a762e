import Foundation
import GRDB

/// A folder that holds one catalogue and its crops, and what was made from them.
///
/// Two files, two transactions: a batch puts its crops first and its faces second, so a process
/// killed in between leaves crops nobody names, which the next run puts again. Crops are synced
/// to the disk at each commit and the catalogue is not, so that a power cut cannot keep a face
/// and lose its crop.
public struct Workspace: Sendable {
  /// The folder's path.
  public let folder: String
  public let crops: CropStore
  let catalog: DatabaseFile

  public var isReadOnly: Bool { catalog.isReadOnly }

  /// Makes an empty workspace, with the folder where it is missing.
  ///
  /// Throws `.alreadyAWorkspace` where there is one. Interrupted at any moment and called again,
  /// it ends in the same state.
  public static func create(at folder: String) throws -> Workspace {
    let files = FileManager.default
    let catalog = folder + "/" + Schema.fileName
    let crops = folder + "/" + CropStore.fileName
    guard !files.fileExists(atPath: catalog) else {
      throw CatalogError(
        code: .alreadyAWorkspace, subject: folder, reason: "is a workspace already")
    }
    do {
      try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CatalogError(
        code: .system, subject: folder, reason: "the folder cannot be made or is a file")
    }
    guard files.isWritableFile(atPath: folder) else {
      throw CatalogError(code: .readOnly, subject: folder, reason: "the folder cannot be written")
    }
    if !files.fileExists(atPath: crops) { try CropStore.create(at: crops) }
    // The catalogue comes last: where it is, the workspace is whole.
    try DatabaseFile.create(at: catalog, pageSize: 4096) { try Schema.migrator.migrate($0) }
    return try Workspace(opening: folder)
  }

  public enum Access: Sendable {
    /// Read-only all the same where the folder cannot be written: see `isReadOnly`.
    case readWrite
    case readOnly
  }

  /// Opens a workspace, and brings the tables of an older version up to date.
  ///
  /// Throws `.notAWorkspace`, `.newerSchema`, `.damaged`, or what SQLite reports.
  public init(opening folder: String, access: Access = .readWrite) throws {
    let catalogPath = folder + "/" + Schema.fileName
    let cropsPath = folder + "/" + CropStore.fileName
    try Workspace.checkFile(catalogPath, in: folder, whenMissing: .notAWorkspace)
    try Workspace.checkFile(cropsPath, in: folder, whenMissing: .damaged)
    let probe = try DatabaseFile(readingOnly: catalogPath)
    let version = try Workspace.schemaVersion(of: probe, in: folder)
    let mayWrite = [folder, catalogPath, cropsPath].allSatisfy(
      FileManager.default.isWritableFile)
    self.folder = folder
    // Tables of an older version are brought up to date for reading, too.
    if mayWrite, access == .readWrite || version < Schema.version {
      try probe.close()
      catalog = try DatabaseFile(opening: catalogPath, durability: .normal)
      crops = CropStore(file: try DatabaseFile(opening: cropsPath, durability: .full))
      if version < Schema.version { try catalog.migrate() }
    } else {
      guard version == Schema.version else {
        throw CatalogError(
          code: .readOnly, subject: folder,
          reason: "was made by an older version and cannot be brought up to date here")
      }
      catalog = probe
      crops = CropStore(file: try DatabaseFile(readingOnly: cropsPath, isMapped: false))
    }
  }

  /// Closes both files; their write-ahead logs are folded in.
  ///
  /// Done without it too, by the next process that opens them.
  public func close() throws {
    try catalog.close()
    try crops.file.close()
  }

  private static func checkFile(
    _ path: String, in folder: String, whenMissing code: CatalogError.Code
  ) throws {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw CatalogError(code: .notAWorkspace, subject: folder, reason: "no such folder")
    }
    guard isFolder.boolValue else {
      throw CatalogError(code: .notAWorkspace, subject: folder, reason: "is not a folder")
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      let isThere = FileManager.default.fileExists(atPath: path)
      throw CatalogError(
        code: isThere ? .system : code, subject: isThere ? path : folder,
        reason: isThere
          ? "cannot be read"
          : "holds no \((path as NSString).lastPathComponent)"
            + (code == .notAWorkspace ? "; make a workspace with: curate init" : ""))
    }
    defer { try? handle.close() }  // Read only: closing cannot lose anything.
    let header = (try? handle.read(upToCount: 16)) ?? nil  // A folder in its place: no header.
    guard header == Data("SQLite format 3\0".utf8) else {
      throw CatalogError(
        code: .damaged, subject: path,
        reason: header == nil || header == Data() ? "is empty" : "is not a SQLite database")
    }
  }

  private static func schemaVersion(of file: DatabaseFile, in folder: String) throws -> Int {
    let (application, version) = try file.read { db in
      (
        try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      )
    }
    guard application == Schema.applicationID else {
      throw CatalogError(
        code: .notAWorkspace, subject: file.path, reason: "belongs to another program")
    }
    guard version <= Schema.version else {
      throw CatalogError(
        code: .newerSchema, subject: folder,
        reason: "was made by a newer curate (schema \(version), this one knows \(Schema.version))")
    }
    return version
  }
}
