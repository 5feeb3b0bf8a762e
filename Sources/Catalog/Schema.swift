import GRDB

/// The tables of `catalog.sqlite`.
///
/// Migrations are only ever appended.
///
/// Tables are STRICT and carry their rules; nothing is deleted, and triggers see to it. Columns
/// hold SI units or pixels as noted; angles are degrees; times of a video are ticks of its clock.
enum Schema {
  static let fileName = "catalog.sqlite"
  /// Says "a workspace of curate" to `file` and to us: the letters CURA.
  static let applicationID = 0x4355_5241
  /// Grows with each migration, whose number it is.
  ///
  /// Kept in `user_version`.
  static let version = 9

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(sql: tables)
      try db.execute(sql: decisions)
      try db.execute(sql: indexes)
      try db.execute(sql: "CREATE VIEW face_detail AS SELECT 1; CREATE VIEW faces AS SELECT 1")
      try db.execute(sql: neverDeleted)
      try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = 1")
    }
    for (number, statements) in [
      (2, version2), (3, version3), (4, version4), (5, version5), (6, version6), (7, version7),
      (8, version8), (9, version9),
    ] {
      migrator.registerMigration("\(number)") { db in
        for statement in statements { try db.execute(sql: statement) }
        try db.execute(sql: "PRAGMA user_version = \(number)")
      }
    }
    return migrator
  }

  /// `video.modified` is the file's time of change in nanoseconds since 1970; with the size it is
  /// the cheap fingerprint.
  ///
  /// `duration` is in ticks of `time_numerator / time_denominator` seconds. `face.landmarks` is 68
  /// points, `face.light` 9 coefficients, both little-endian float32: x0 y0 x1 y1 … `crop_a` to
  /// `crop_ty` map pixels of the frame to pixels of the crop: x' = a·x + b·y + tx, y' = c·x + d·y +
  /// ty. `eye_distance` is in pixels of the frame.
  private static let tables = """
    CREATE TABLE journal (
      id INTEGER PRIMARY KEY,
      at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??Z'),
      author TEXT NOT NULL CHECK (author <> ''),
      command TEXT NOT NULL CHECK (command <> ''),
      summary TEXT NOT NULL,
      undoes INTEGER UNIQUE REFERENCES journal(id)
    ) STRICT;

    CREATE TABLE identity (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE CHECK (name <> '' AND name = trim(name)),
      notes TEXT NOT NULL DEFAULT '',
      journal_id INTEGER NOT NULL REFERENCES journal(id)
    ) STRICT;

    CREATE TABLE video (
      id INTEGER PRIMARY KEY,
      sha256 TEXT NOT NULL UNIQUE
        CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
      size INTEGER NOT NULL CHECK (size > 0),
      modified INTEGER NOT NULL,
      path TEXT NOT NULL CHECK (path <> ''),
      name TEXT NOT NULL CHECK (name <> ''),
      width INTEGER NOT NULL CHECK (width > 0),
      height INTEGER NOT NULL CHECK (height > 0),
      codec TEXT NOT NULL CHECK (codec <> ''),
      time_numerator INTEGER NOT NULL CHECK (time_numerator > 0),
      time_denominator INTEGER NOT NULL CHECK (time_denominator > 0),
      duration INTEGER CHECK (duration >= 0),
      frame_count INTEGER CHECK (frame_count >= 0),
      identity_id INTEGER REFERENCES identity(id),
      state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'importing', 'done', 'failed', 'partial')),
      error TEXT CHECK (error <> ''),
      next_ordinal INTEGER NOT NULL DEFAULT 0 CHECK (next_ordinal >= 0),
      resume_state BLOB,
      parameters TEXT NOT NULL DEFAULT '',
      journal_id INTEGER NOT NULL REFERENCES journal(id),
      CHECK ((state IN ('failed', 'partial')) = (error IS NOT NULL)),
      CHECK (resume_state IS NULL OR state IN ('importing', 'failed'))
    ) STRICT;

    CREATE TABLE track (
      video_id INTEGER NOT NULL REFERENCES video(id),
      number INTEGER NOT NULL CHECK (number >= 0),
      PRIMARY KEY (video_id, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE face (
      id INTEGER PRIMARY KEY,
      video_id INTEGER NOT NULL,
      track INTEGER NOT NULL,
      ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
      position INTEGER NOT NULL CHECK (position >= 0),
      ticks INTEGER NOT NULL,
      yaw REAL NOT NULL CHECK (yaw BETWEEN -90 AND 90),
      pitch REAL NOT NULL CHECK (pitch BETWEEN -180 AND 180),
      roll REAL NOT NULL CHECK (roll BETWEEN -180 AND 180),
      pose_w REAL NOT NULL, pose_x REAL NOT NULL, pose_y REAL NOT NULL, pose_z REAL NOT NULL,
      score REAL NOT NULL CHECK (abs(score) < 1e30),
      eye_distance REAL NOT NULL CHECK (eye_distance >= 0 AND eye_distance < 1e6),
      identity_id INTEGER REFERENCES identity(id),
      rejection_id INTEGER REFERENCES decision(id),
      box_x REAL NOT NULL CHECK (abs(box_x) < 1e6),
      box_y REAL NOT NULL CHECK (abs(box_y) < 1e6),
      box_width REAL NOT NULL CHECK (box_width > 0 AND box_width < 1e6),
      box_height REAL NOT NULL CHECK (box_height > 0 AND box_height < 1e6),
      crop_name TEXT NOT NULL CHECK (crop_name <> ''),
      crop_sha256 TEXT NOT NULL
        CHECK (length(crop_sha256) = 64 AND crop_sha256 NOT GLOB '*[^0-9a-f]*'),
      crop_size INTEGER NOT NULL CHECK (crop_size > 0),
      crop_type TEXT NOT NULL CHECK (crop_type <> ''),
      crop_a REAL NOT NULL, crop_b REAL NOT NULL, crop_tx REAL NOT NULL,
      crop_c REAL NOT NULL, crop_d REAL NOT NULL, crop_ty REAL NOT NULL,
      light BLOB CHECK (length(light) = 36),
      landmarks BLOB NOT NULL CHECK (length(landmarks) = 544),
      UNIQUE (video_id, ordinal, position),
      FOREIGN KEY (video_id, track) REFERENCES track(video_id, number),
      CHECK (abs(pose_w * pose_w + pose_x * pose_x + pose_y * pose_y + pose_z * pose_z - 1) < 1e-6),
      CHECK (crop_a * crop_d <> crop_b * crop_c)
    ) STRICT;

    CREATE TABLE measure (
      face_id INTEGER NOT NULL REFERENCES face(id),
      name TEXT NOT NULL CHECK (name <> ''),
      value REAL NOT NULL,
      version INTEGER NOT NULL CHECK (version > 0),
      PRIMARY KEY (face_id, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE manifest (
      id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 64 AND id NOT GLOB '*[^0-9a-f]*'),
      name TEXT NOT NULL CHECK (name <> ''),
      recipe TEXT NOT NULL,
      seed TEXT NOT NULL CHECK (seed <> '' AND seed NOT GLOB '*[^0-9]*'),
      rows INTEGER NOT NULL CHECK (rows >= 0),
      path TEXT NOT NULL CHECK (path <> ''),
      journal_id INTEGER NOT NULL REFERENCES journal(id)
    ) STRICT;
    """

  /// What people decided, face by face, each part of one journal entry that says who and when.
  ///
  /// `face.identity_id` and `face.rejection_id` are the outcome; the previous value is kept here,
  /// so that an entry can be taken back.
  private static let decisions = """
    CREATE TABLE decision (
      id INTEGER PRIMARY KEY,
      journal_id INTEGER NOT NULL REFERENCES journal(id),
      face_id INTEGER NOT NULL REFERENCES face(id),
      kind TEXT NOT NULL CHECK (kind IN ('reject', 'accept', 'identity')),
      why TEXT NOT NULL DEFAULT '',
      lifts_id INTEGER REFERENCES decision(id),
      identity_id INTEGER REFERENCES identity(id),
      previous_identity_id INTEGER REFERENCES identity(id),
      UNIQUE (journal_id, face_id),
      CHECK (kind <> 'reject' OR why <> ''),
      CHECK ((kind = 'accept') = (lifts_id IS NOT NULL)),
      CHECK (kind = 'identity' OR (identity_id IS NULL AND previous_identity_id IS NULL)),
      CHECK (kind <> 'identity' OR identity_id IS NOT previous_identity_id)
    ) STRICT;
    """
}
