import Catalog
import FaceCore
import Foundation
import GRDB
import Testing

/// The schema itself refuses what must not be, whoever writes.
@Suite struct SchemaTests {
  @Test(arguments: [
    "UPDATE face SET yaw = 91", "UPDATE face SET yaw = NULL", "UPDATE face SET yaw = 'left'",
    "UPDATE face SET pose_w = 2", "UPDATE face SET score = 9e999",
    "UPDATE face SET landmarks = x'00'", "UPDATE face SET light = x'00'",
    "UPDATE face SET track = 999", "UPDATE face SET identity_id = 999",
    "UPDATE face SET rejection_id = 999", "UPDATE face SET video_id = 999",
    "UPDATE face SET box_width = 0", "UPDATE face SET crop_sha256 = 'abc'",
    "UPDATE face SET crop_a = 0, crop_b = 0", "UPDATE face SET ordinal = -1",
    "UPDATE face SET ordinal = 0, position = 0", "DELETE FROM face", "DELETE FROM video",
    "DELETE FROM journal", "DELETE FROM decision", "DELETE FROM identity",
    // These no foreign key holds back.
    "DELETE FROM decision WHERE kind = 'identity'",
    "DELETE FROM face WHERE id NOT IN (SELECT face_id FROM decision)",
    "UPDATE journal SET author = 'x'", "UPDATE video SET state = 'gone'",
    "UPDATE video SET state = 'failed'", "UPDATE video SET error = 'x'",
    "UPDATE video SET sha256 = upper(sha256)", "UPDATE video SET width = 0",
    "UPDATE video SET time_denominator = 0", "UPDATE video SET resume_state = x'00'",
    "UPDATE measure SET name = ''", "UPDATE measure SET version = 0",
    "INSERT INTO measure SELECT * FROM measure LIMIT 1", "UPDATE face SET light_bin = 'dark'",
    "UPDATE face SET sharpness = 9e999", "UPDATE face SET duplicate_id = 999", "DELETE FROM shot",
    "INSERT INTO face_hash VALUES (1, x'00', 50, NULL, 1)",
    "INSERT INTO face_hash VALUES (1, zeroblob(32), 101, NULL, 1)",
    "INSERT INTO face_hash VALUES (999, zeroblob(32), 50, NULL, 1)",
    "INSERT INTO duplicate(journal_id, face_id, best_id) VALUES (1, 1, 1)",
    "INSERT INTO duplicate(journal_id, face_id, best_id) VALUES (1, 1, NULL)",
    "UPDATE track SET identity_id = 999", "UPDATE identity SET name = ' a'",
    "INSERT INTO identity(name, journal_id) VALUES ('alice', 1)",
    "UPDATE decision SET why = '' WHERE kind = 'reject'", "UPDATE decision SET kind = 'undo'",
    "UPDATE decision SET kind = 'accept' WHERE kind = 'reject'",
    "INSERT INTO journal(at, author, command, summary) VALUES ('today', 'a', 'b', 'c')",
    "INSERT INTO track(video_id, number) VALUES (999, 1)",
    "INSERT INTO manifest VALUES ('x', 'n', '', '1', 0, 'p', 1)",
  ])
  func ruleIsInTheSchema(statement: String) throws {
    let scratch = Scratch()
    let workspace = try scratch.create()
    try SampleVideo(number: 1, frames: 60).bring(into: workspace)
    try workspace.assign(
      "alice", to: FaceQuery(parsing: "ordinal < 20"), creating: true, note: note)
    try workspace.reject(matching: FaceQuery(parsing: "yaw > 0"), reason: "x", note: note)
    let lines = try contentLines(workspace)
    let database = try DatabaseQueue(path: scratch.catalogPath)
    let error = #expect(throws: DatabaseError.self) {
      try database.write { try $0.execute(sql: statement) }
    }
    #expect(error?.resultCode == .SQLITE_CONSTRAINT)
    #expect(try contentLines(workspace) == lines)
  }

  @Test func fileSaysWhatItIs() throws {
    let scratch = Scratch()
    _ = try scratch.create()
    let database = try DatabaseQueue(path: scratch.catalogPath)
    let found = try database.read { db in
      try ["application_id", "user_version", "journal_mode", "integrity_check"].map {
        try String.fetchOne(db, sql: "PRAGMA \($0)")
      }
    }
    #expect(found == ["\(0x4355_5241)", "9", "wal", "ok"])
  }

  /// The order of ids comes from an index: a list of any length starts at once.
  @Test func defaultOrderNeedsNoSorting() throws {
    let scratch = Scratch()
    _ = try scratch.create()
    let plan = try DatabaseQueue(path: scratch.catalogPath).read { db in
      try Row.fetchAll(
        db,
        sql: """
          EXPLAIN QUERY PLAN SELECT * FROM face_detail AS faces WHERE NOT faces.rejected
          ORDER BY faces.video_sha256, faces.ordinal, faces.position
          """
      ).map { $0["detail"] as String }
    }
    #expect(plan.count > 2)
    #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
  }
}
