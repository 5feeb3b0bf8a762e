import Catalog
import FaceCore
import Foundation
import GRDB
import Testing

/// Killed at any moment and run again, an import ends in the same content.
@Suite(.serialized) struct KillTests {
  @Test func killedImportsEndInTheSameContent() async throws {
    let plain = Scratch()
    let whole = try plain.create()
    for number in 1...2 { try SampleVideo(number: number).bring(into: whole, batchSize: 3) }
    let expected = try contentLines(whole)

    let scratch = Scratch()
    let folder = scratch.folder
    var random = SeededGenerator(seed: 4)
    for round in 0..<20 {
      // From the making of the workspace to the middle of the import.
      let delay = UInt32.random(in: 0...(round < 5 ? 40_000 : 150_000), using: &random)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [folder = folder as String, delay = delay as UInt32] in
        Thread.detachNewThread {
          usleep(delay)
          kill(getpid(), SIGKILL)
        }
        let workspace = try (try? Workspace.create(at: folder)) ?? Workspace(opening: folder)
        for number in 1...2 {
          try SampleVideo(number: number).bring(into: workspace, batchSize: 1)
        }
        while true { sleep(1) }
      }
    }
    let workspace = try (try? scratch.create()) ?? scratch.open()
    for number in 1...2 { try SampleVideo(number: number).bring(into: workspace, batchSize: 3) }
    #expect(try contentLines(workspace) == expected)
    #expect(try workspace.revision() == whole.revision())
    for face in try workspace.faces() {
      #expect(try workspace.crops.contains(face.crop.name))
    }
  }

  @Test func killedMakingOfAWorkspaceIsTakenUp() async throws {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<12 {
      let scratch = Scratch()
      let folder = scratch.folder
      let delay = UInt32.random(in: 0...60_000, using: &random)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [folder = folder as String, delay = delay as UInt32] in
        Thread.detachNewThread {
          usleep(delay)
          kill(getpid(), SIGKILL)
        }
        _ = try Workspace.create(at: folder)
        while true { sleep(1) }
      }
      let workspace = try (try? scratch.create()) ?? scratch.open()
      #expect(try workspace.createIdentity("alice", note: note))
      #expect(try workspace.crops.count() == 0)
    }
  }

  /// A kill while the file is turned to WAL, or before, leaves a rollback journal.
  @Test(arguments: [Workspace.Access.readWrite, .readOnly])
  func journalOfAKilledWriterIsTakenBack(access: Workspace.Access) async throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try workspace.createIdentity("alice", note: note)
    let expected = try contentLines(workspace)
    try workspace.close()
    let path = scratch.catalogPath
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      try DatabaseQueue(path: path).writeWithoutTransaction { db in
        // A cache of one page writes to the file long before the commit.
        try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN")
        try db.execute(
          sql: """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
            INSERT INTO identity(name, notes, journal_id) SELECT 'p' || i, hex(zeroblob(99)), 1 FROM n
            """)
        kill(getpid(), SIGKILL)
      }
    }
    #expect(FileManager.default.fileExists(atPath: path + "-journal"))
    #expect(try contentLines(scratch.open(access)) == expected)
  }
}
