/// What migration 4 changes: hashes of faces, and marks that say a face is no duplicate any more.
///
/// Hashes are a table of their own, for the index that answers filters is not touched when they are
/// written. `change` says how much a face differs from that of its track in the frame before, NULL where
/// there is none. A mark whose `best_id` is NULL takes an earlier one away, so that the search for
/// near-duplicates can be run again and its every outcome be taken back.
extension Schema {
  static let version4: [String] = [
    // Tables are renamed only while every view can be read; migration 5 makes them anew.
    "DROP VIEW faces", "DROP VIEW face_detail", "DROP VIEW face_facts",
    """
    CREATE TABLE face_hash (
      face_id INTEGER PRIMARY KEY REFERENCES face(id),
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      quality INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 100),
      change REAL CHECK (change >= 0 AND change < 1e30),
      version INTEGER NOT NULL CHECK (version > 0)
    ) STRICT;
    """,
    """
    CREATE TABLE duplicate4 (
      id INTEGER PRIMARY KEY,
      journal_id INTEGER NOT NULL REFERENCES journal(id),
      face_id INTEGER NOT NULL REFERENCES face(id),
      best_id INTEGER REFERENCES face(id),
      previous_id INTEGER REFERENCES duplicate(id),
      UNIQUE (journal_id, face_id),
      CHECK (face_id IS NOT best_id),
      CHECK (best_id IS NOT NULL OR previous_id IS NOT NULL)
    ) STRICT;
    INSERT INTO duplicate4 SELECT id, journal_id, face_id, best_id, previous_id FROM duplicate;
    DROP TABLE duplicate;
    ALTER TABLE duplicate4 RENAME TO duplicate;
    CREATE TRIGGER duplicate_is_never_deleted BEFORE DELETE ON duplicate BEGIN
      SELECT RAISE(ABORT, 'nothing is deleted from a catalogue: reject it instead');
    END;
    """,
  ]
}
