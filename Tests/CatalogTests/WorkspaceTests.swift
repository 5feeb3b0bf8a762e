import Catalog
import FaceCore
import Foundation
import GRDB
import Testing

@Suite struct WorkspaceTests {
  @Test func workspaceIsMadeOnce() throws {
    let scratch = Scratch()
    try scratch.create().close()
    #expect(catalogError { _ = try scratch.create() }?.code == .alreadyAWorkspace)
    #expect(try scratch.open().videos().isEmpty)
  }

  @Test func interruptedMakingIsTakenUp() throws {
    let scratch = Scratch()
    try FileManager.default.createDirectory(
      atPath: scratch.folder, withIntermediateDirectories: true)
    // What a kill leaves: an unfinished catalogue beside a whole archive.
    try scratch.create().close()
    try FileManager.default.removeItem(atPath: scratch.catalogPath)
    try Data("half".utf8).write(to: URL(fileURLWithPath: scratch.catalogPath + ".new"))
    #expect(catalogError { _ = try scratch.open() }?.code == .notAWorkspace)
    #expect(try scratch.create().revision() == 0)
    #expect(!FileManager.default.fileExists(atPath: scratch.catalogPath + ".new"))
  }

  @Test func folderWithoutWorkspaceIsNamedInOneLine() throws {
    let scratch = Scratch()
    #expect(catalogError { _ = try scratch.open() }?.reason == "no such folder")
    try FileManager.default.createDirectory(
      atPath: scratch.folder, withIntermediateDirectories: true)
    let error = try #require(catalogError { _ = try scratch.open() })
    #expect(error.code == .notAWorkspace)
    #expect(error.description.hasPrefix(scratch.folder))
    #expect(!error.description.contains("\n"))
    let file = scratch.folder + "/file"
    try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    #expect(catalogError { _ = try Workspace(opening: file) }?.reason == "is not a folder")
    #expect(catalogError { _ = try Workspace.create(at: file) }?.code == .system)
  }

  @Test(arguments: [0, 10, 5000])
  func damagedCatalogueIsSaidToBeSo(size: Int) throws {
    let scratch = Scratch()
    try scratch.create().close()
    try Data(repeating: 65, count: size).write(to: URL(fileURLWithPath: scratch.catalogPath))
    let error = try #require(catalogError { _ = try scratch.open() })
    #expect(error.code == .damaged)
    #expect(error.subject == scratch.catalogPath)
    try Data(repeating: 65, count: size).write(to: URL(fileURLWithPath: scratch.cropsPath))
    #expect(catalogError { _ = try scratch.open() }?.code == .damaged)
  }

  @Test func everyTruncatedCatalogueThrowsOrReads() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try SampleVideo(number: 1, frames: 60).bring(into: workspace)
    try workspace.close()
    let whole = try Data(contentsOf: URL(fileURLWithPath: scratch.catalogPath))
    for tenth in 0..<10 {
      try whole.prefix(whole.count * tenth / 10)
        .write(to: URL(fileURLWithPath: scratch.catalogPath))
      let error = catalogError {
        let workspace = try scratch.open()
        _ = try contentLines(workspace)
      }
      #expect(error?.code == .damaged, "\(tenth)")
    }
  }

  @Test func missingArchiveIsSaidToBeSo() throws {
    let scratch = Scratch()
    try scratch.create().close()
    try FileManager.default.removeItem(atPath: scratch.cropsPath)
    let error = try #require(catalogError { _ = try scratch.open() })
    #expect(error.code == .damaged)
    #expect(error.reason.contains("crops.sqlar"))
  }

  @Test func anotherProgramsDatabaseIsLeftAlone() throws {
    let scratch = Scratch()
    try scratch.create().close()
    try FileManager.default.removeItem(atPath: scratch.catalogPath)
    try DatabaseQueue(path: scratch.catalogPath).write { try $0.execute(sql: "CREATE TABLE t(x)") }
    let before = try Data(contentsOf: URL(fileURLWithPath: scratch.catalogPath))
    #expect(catalogError { _ = try scratch.open() }?.code == .notAWorkspace)
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.catalogPath)) == before)
  }

  @Test func newerSchemaIsRefused() throws {
    let scratch = Scratch()
    try scratch.create().close()
    try DatabaseQueue(path: scratch.catalogPath).write {
      try $0.execute(sql: "PRAGMA user_version = 99")
    }
    let error = try #require(catalogError { _ = try scratch.open() })
    #expect(error.code == .newerSchema)
    #expect(error.reason.contains("99"))
  }

  @Test func readOnlyWorkspaceIsReadAndNotWritten() throws {
    let scratch = Scratch()
    var workspace = try scratch.create()
    let sample = SampleVideo(number: 1)
    try sample.bring(into: workspace)
    let lines = try contentLines(workspace)
    try workspace.close()
    workspace = try scratch.open(.readOnly)
    #expect(workspace.isReadOnly)
    #expect(try contentLines(workspace) == lines)
    let face = try #require(try workspace.faces(limit: 1).first)
    #expect(try workspace.crops.crop(named: face.crop.name) != nil)
    for error in [
      catalogError { _ = try workspace.register(SampleVideo(number: 2).facts, note: note) },
      catalogError { try workspace.reject(matching: .all, reason: "x", note: note) },
      catalogError { try workspace.crops.put([("x", [1])]) },
    ] {
      #expect(error?.code == .readOnly)
    }
  }

  @Test(arguments: [Workspace.Access.readWrite, .readOnly])
  func readersDoNotWaitForEachOther(access: Workspace.Access) throws {
    let scratch = Scratch()
    let made = try scratch.create()
    try SampleVideo(number: 1).bring(into: made)
    try made.close()
    let workspace = try scratch.open(access)
    let inside = DispatchSemaphore(value: 0)
    let isDone = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      inside.wait()
      #expect(throws: Never.self) { try workspace.faces(limit: 1) }
      isDone.signal()
    }
    try workspace.forEachFace(limit: 1) { _ in
      inside.signal()
      #expect(isDone.wait(timeout: .now() + 10) == .success)
    }
  }

  /// The superuser writes everywhere, so there the folder's mode refuses nothing and this would
  /// test nothing.
  @Test(.enabled(if: getuid() != 0))
  func folderThatCannotBeWrittenIsStillRead() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try SampleVideo(number: 1).bring(into: workspace)
    let lines = try contentLines(workspace)
    try workspace.close()
    let files = FileManager.default
    try files.setAttributes([.posixPermissions: 0o500], ofItemAtPath: scratch.folder)
    defer { try? files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: scratch.folder) }
    let opened = try scratch.open()
    #expect(opened.isReadOnly)
    #expect(try contentLines(opened) == lines)
    let error = catalogError {
      _ = try opened.register(SampleVideo(number: 2).facts, note: note)
    }
    #expect(error?.code == .readOnly)
  }

  @Test func writerWaitsForAnother() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: scratch.catalogPath, configuration: configuration)
    try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) {
      try? other.inDatabase { try $0.execute(sql: "ROLLBACK") }
    }
    #expect(try workspace.createIdentity("alice", note: note))
  }

  @Test func pathsWithSpacesAndLettersOfAnyKindWork() throws {
    let scratch = Scratch()
    let folder = scratch.folder + "/a b?c#d%20/é 日本"
    let workspace = try Workspace.create(at: folder)
    try SampleVideo(number: 1, frames: 20).bring(into: workspace)
    try workspace.close()
    #expect(try Workspace(opening: folder, access: .readOnly).count() > 0)
  }

  @Test func readersSeeOneStateWhileOthersWrite() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try SampleVideo(number: 1).bring(into: workspace)
    let before = try workspace.count()
    let other = try scratch.open()
    var seen = 0
    try workspace.forEachFace { _ in
      if seen == 0 { try SampleVideo(number: 2).bring(into: other) }
      seen += 1
    }
    #expect(seen == before)
    #expect(try workspace.count() > before)
  }

  @Test(.enabled(if: hasSQLite3))
  func archiveUnpacksWithThePlainTool() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    let sample = SampleVideo(number: 1, frames: 30)
    try sample.bring(into: workspace)
    let target = scratch.folder + "/unpacked"
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    #expect(output(of: sqlite3, [scratch.cropsPath, "-Ax"], in: target) != nil)
    let faces = (0..<30).flatMap(sample.faces)
    let records = try workspace.faces()
    #expect(records.count == faces.count)
    for (record, face) in zip(records, faces) {
      let file = try Data(contentsOf: URL(fileURLWithPath: target + "/" + record.crop.name))
      #expect([UInt8](file) == face.crop.bytes)
    }
  }

  @Test(.enabled(if: hasSQLite3))
  func viewIsReadWithThePlainTool() throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try SampleVideo(number: 1).bring(into: workspace)
    try workspace.assign(
      "alice", to: FaceQuery(parsing: "yaw in -20..20"), creating: true, note: note)
    let query = """
      SELECT count(*), min(round(seconds, 3)), group_concat(DISTINCT identity) FROM faces
      WHERE yaw BETWEEN -20 AND 20 AND NOT rejected AND video GLOB 'interview*'
      """
    let count = try workspace.count(matching: FaceQuery(parsing: "yaw in -20..20"))
    let printed = try #require(output(of: sqlite3, [scratch.catalogPath, query]))
    #expect(printed.hasPrefix("\(count)|"))
    #expect(printed.hasSuffix("|alice\n"))
  }
}
