/// What migration 9 adds: imports that took the place of earlier ones of the same video; what files that
/// could not be read were to be imported with; paths for queries; and how many faces had no crop to be measured by.
///
/// Tracks, shots and faces of the later import are counted on from those of the earlier: the import in force
/// is the one whose tracks lie from `video.first_track` up to `video.end_track`, and its shots begin with
/// `video.first_shot`. The row of `reimport` has what `video` says while the other of the two is in force:
/// undoing the entry changes them over, redoing it changes them back. `video.reimport_id` is the entry
/// that brought in what is in force, NULL for the first import.
extension Schema {
  static let version9: [String] = [
    "DROP VIEW faces", "DROP VIEW face_detail", "DROP VIEW face_facts",
    """
    ALTER TABLE video ADD COLUMN first_track INTEGER NOT NULL DEFAULT 0 CHECK (first_track >= 0);
    ALTER TABLE video ADD COLUMN end_track INTEGER NOT NULL DEFAULT \(Int.max)
      CHECK (end_track >= first_track);
    ALTER TABLE video ADD COLUMN first_shot INTEGER NOT NULL DEFAULT 0 CHECK (first_shot >= 0);
    ALTER TABLE video ADD COLUMN reimport_id INTEGER REFERENCES journal(id);
    CREATE TABLE reimport (
      journal_id INTEGER PRIMARY KEY REFERENCES journal(id),
      video_id INTEGER NOT NULL REFERENCES video(id),
      first_track INTEGER NOT NULL, end_track INTEGER NOT NULL, first_shot INTEGER NOT NULL,
      reimport_id INTEGER REFERENCES journal(id),
      state TEXT NOT NULL, error TEXT, frame_count INTEGER, next_ordinal INTEGER NOT NULL,
      resume_state BLOB, parameters TEXT NOT NULL, identity_id INTEGER REFERENCES identity(id)
    ) STRICT;
    ALTER TABLE unreadable ADD COLUMN parameters TEXT NOT NULL DEFAULT '';
    ALTER TABLE unreadable ADD COLUMN identity TEXT;
    ALTER TABLE measuring ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX reimport_video ON reimport(video_id);
    CREATE TRIGGER reimport_is_never_deleted BEFORE DELETE ON reimport BEGIN
      SELECT RAISE(ABORT, 'nothing is deleted from a catalogue: reject it instead');
    END;
    """, faceDetailView, facesView, faceFactsView,
  ]
}
