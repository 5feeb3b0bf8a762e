import Catalog
import GRDB
import Testing

extension Scratch {
  /// Makes of a closed catalogue of today what one of schema 7 was.
  func takeBackToSchema7() throws {
    let queue = try DatabaseQueue(path: catalogPath)
    try queue.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          DROP INDEX face_filter;
          DROP VIEW faces; DROP VIEW face_detail; DROP VIEW face_facts;
          ALTER TABLE face DROP COLUMN occluded; ALTER TABLE face DROP COLUMN seen_light;
          CREATE INDEX face_filter ON face(rejection_id, cell, sharpness, doubt);
          CREATE VIEW faces AS SELECT 1; CREATE VIEW face_detail AS SELECT 1;
          CREATE VIEW face_facts AS SELECT 1;
          DELETE FROM grdb_migrations WHERE identifier = '8';
          PRAGMA user_version = 7;
          """)
    }
    try queue.close()
  }

  /// Makes of a closed catalogue of today what one of schema 3 was, as far as migrations can tell, and adds
  /// what this SQL says.
  func takeBackToSchema3(with more: String = "") throws {
    let queue = try DatabaseQueue(path: catalogPath)
    try queue.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          PRAGMA foreign_keys = OFF;
          DROP INDEX face_filter;
          DROP VIEW faces; DROP VIEW face_detail; DROP VIEW face_facts;
          DROP TABLE measuring; DROP TABLE face_hash; DROP TABLE embedding; DROP TABLE duplicate;
          CREATE TABLE duplicate (
            id INTEGER PRIMARY KEY,
            journal_id INTEGER NOT NULL REFERENCES journal(id),
            face_id INTEGER NOT NULL REFERENCES face(id),
            best_id INTEGER NOT NULL REFERENCES face(id),
            previous_id INTEGER REFERENCES duplicate(id),
            UNIQUE (journal_id, face_id), CHECK (face_id <> best_id)
          ) STRICT;
          """)
      let names = QueryField.allCases.map(\.rawValue).filter { $0 != "size" }
      let columns = try db.columns(in: "face").map(\.name)
      let added = columns.suffix(from: try #require(columns.firstIndex(of: "landmark_misfit")) + 1)
      #expect(added.count > 10 && added.allSatisfy { names.contains($0) || $0 == "seen_light" })
      for name in added { try db.execute(sql: "ALTER TABLE face DROP COLUMN \(name)") }
      try db.execute(
        sql: """
          CREATE INDEX face_filter ON face(rejection_id, cell, sharpness, landmark_misfit);
          CREATE VIEW faces AS SELECT 1; CREATE VIEW face_detail AS SELECT 1;
          CREATE VIEW face_facts AS SELECT 1;
          DELETE FROM grdb_migrations WHERE identifier IN ('4', '5', '6', '7', '8');
          PRAGMA user_version = 3;
          """)
      try db.execute(sql: more)
    }
    try queue.close()
  }
}
