import FaceCore
import GRDB

/// What migration 2 changes: shots, names of whole tracks, measures as columns of `face`, an index
/// that answers every filter, a coverage summary, near-duplicates, identities that can be hidden,
/// and files that could not be read.
extension Schema {
  static let version2: [String] = [
    shots, faceColumns, measuresToColumns, measureVersions, duplicates, identityChanges, importing,
    coverageSummary, "DROP VIEW faces", "DROP VIEW face_detail", faceDetailView, facesView,
    faceFactsView, coverageFactsView, indexes2,
    neverDeleted2,
  ]

  /// A shot is named by the frame it begins with.
  ///
  /// `track.identity_id` is the name given to a track as
  /// a whole; faces that an import still adds to it get it.
  private static let shots = """
    CREATE TABLE shot (
      video_id INTEGER NOT NULL REFERENCES video(id),
      number INTEGER NOT NULL CHECK (number >= 0),
      first_ordinal INTEGER NOT NULL CHECK (first_ordinal >= 0),
      PRIMARY KEY (video_id, number)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE track ADD COLUMN shot INTEGER NOT NULL DEFAULT 0 CHECK (shot >= 0);
    ALTER TABLE track ADD COLUMN identity_id INTEGER REFERENCES identity(id);
    """

  /// What faces are filtered by lies in the row itself, NULL where it was not measured.
  ///
  /// `cell` is `PoseCell.index` of the angles. It is no generated column, for SQLite would not answer
  /// from an index that holds one.
  private static let faceColumns =
    """
    ALTER TABLE face ADD COLUMN cell INTEGER CHECK (cell = \(cellOfAngles));
    UPDATE face SET cell = \(cellOfAngles);
    ALTER TABLE face ADD COLUMN light_bin TEXT CHECK (light_bin IN
      (\(LightBin.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))));
    ALTER TABLE face ADD COLUMN duplicate_id INTEGER REFERENCES duplicate(id);

    """
    + MeasureColumn.version2.map {
      "ALTER TABLE face ADD COLUMN \($0.rawValue) REAL CHECK (abs(\($0.rawValue)) < 1e30);"
    }.joined(separator: "\n")

  private static let cellOfAngles = """
    (4 + iif(yaw < 0, -1, 1) * min(4, CAST(abs(yaw) / 20.0 + 0.5 AS INTEGER))) * 5
      + 2 + iif(pitch < 0, -1, 1) * min(2, CAST(abs(pitch) / 15.0 + 0.5 AS INTEGER))
    """

  private static let measuresToColumns = MeasureColumn.version2.map {
    """
    UPDATE face SET \($0.rawValue) =
      (SELECT value FROM measure WHERE face_id = face.id AND name = '\($0.rawValue)');
    """
  }.joined(separator: "\n")

  /// Which version of its rule filled a column for the faces of a video.
  private static let measureVersions = """
    CREATE TABLE measure2 (
      video_id INTEGER NOT NULL REFERENCES video(id),
      name TEXT NOT NULL CHECK (name <> ''),
      version INTEGER NOT NULL CHECK (version > 0),
      PRIMARY KEY (video_id, name)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO measure2 SELECT face.video_id, measure.name, max(measure.version)
      FROM measure JOIN face ON face.id = measure.face_id GROUP BY 1, 2;
    DROP TABLE measure;
    ALTER TABLE measure2 RENAME TO measure;
    """

  /// `face.duplicate_id` says which one is in force.
  private static let duplicates = """
    CREATE TABLE duplicate (
      id INTEGER PRIMARY KEY,
      journal_id INTEGER NOT NULL REFERENCES journal(id),
      face_id INTEGER NOT NULL REFERENCES face(id),
      best_id INTEGER NOT NULL REFERENCES face(id),
      previous_id INTEGER REFERENCES duplicate(id),
      UNIQUE (journal_id, face_id),
      CHECK (face_id <> best_id)
    ) STRICT;
    """

  /// A hidden identity is one that was merged into another or whose making was undone.
  private static let identityChanges = """
    ALTER TABLE identity ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1));
    CREATE TABLE identity_change (
      id INTEGER PRIMARY KEY,
      journal_id INTEGER NOT NULL REFERENCES journal(id),
      identity_id INTEGER NOT NULL REFERENCES identity(id),
      old_name TEXT NOT NULL, new_name TEXT NOT NULL,
      old_hidden INTEGER NOT NULL, new_hidden INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE track_decision (
      journal_id INTEGER NOT NULL REFERENCES journal(id),
      video_id INTEGER NOT NULL,
      track INTEGER NOT NULL,
      identity_id INTEGER REFERENCES identity(id),
      previous_identity_id INTEGER REFERENCES identity(id),
      PRIMARY KEY (journal_id, video_id, track),
      FOREIGN KEY (video_id, track) REFERENCES track(video_id, number)
    ) STRICT, WITHOUT ROWID;
    """

  /// `video.withdrawn` is set where the import was undone: its faces are rejected by that entry.
  private static let importing = """
    ALTER TABLE video ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));
    CREATE TABLE unreadable (
      path TEXT NOT NULL PRIMARY KEY CHECK (path <> ''),
      reason TEXT NOT NULL CHECK (reason <> ''),
      at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  /// - `face_filter` holds all that queries filter and count by, a tenth of the row, so that neither
  ///   touches the table. It begins with rejection and cell: a query about angles skips the cells
  ///   it cannot match, one about an identity seeks it in each of the 45. It replaces
  ///   `face_coverage`.
  /// - `face_duplicate` is small and finds the other members of a group.
  private static let indexes2 = """
    DROP INDEX face_coverage;
    CREATE INDEX face_filter ON face(rejection_id, cell, identity_id, light_bin, duplicate_id, yaw,
      pitch, roll, eye_distance, \(MeasureColumn.version2.map(\.rawValue).joined(separator: ", ")),
      score, video_id, track, ordinal, position);
    CREATE INDEX face_duplicate ON face(duplicate_id) WHERE duplicate_id IS NOT NULL;
    CREATE INDEX decision_journal_face ON decision(journal_id, face_id);
    CREATE INDEX identity_change_journal ON identity_change(journal_id);
    """

  private static let neverDeleted2 = ["shot", "duplicate", "identity_change", "track_decision"]
    .map { table in
      """
      CREATE TRIGGER \(table)_is_never_deleted BEFORE DELETE ON \(table) BEGIN
        SELECT RAISE(ABORT, 'nothing is deleted from a catalogue: reject it instead');
      END;
      """
    }.joined(separator: "\n")

  /// How many faces each identity (0 for nobody) has in each cell and light, kept by triggers, so
  /// that coverage of ten million faces is a few hundred rows.
  private static let coverageSummary = """
    CREATE TABLE coverage (
      identity_id INTEGER NOT NULL,
      rejected INTEGER NOT NULL CHECK (rejected IN (0, 1)),
      duplicate INTEGER NOT NULL CHECK (duplicate IN (0, 1)),
      cell INTEGER NOT NULL CHECK (cell BETWEEN 0 AND 44),
      light TEXT NOT NULL,
      faces INTEGER NOT NULL CHECK (faces >= 0),
      PRIMARY KEY (identity_id, rejected, duplicate, cell, light)
    ) STRICT, WITHOUT ROWID;
    \(fillCoverage)
    CREATE TRIGGER face_is_counted AFTER INSERT ON face BEGIN
      INSERT INTO coverage VALUES (\(coverageKey("NEW")), 1)
        ON CONFLICT DO UPDATE SET faces = faces + 1;
    END;
    CREATE TRIGGER face_is_counted_anew
      AFTER UPDATE OF identity_id, rejection_id, duplicate_id, light_bin, yaw, pitch ON face
    BEGIN
      UPDATE coverage SET faces = faces - 1
        WHERE (identity_id, rejected, duplicate, cell, light) = (\(coverageKey("OLD")));
      INSERT INTO coverage VALUES (\(coverageKey("NEW")), 1)
        ON CONFLICT DO UPDATE SET faces = faces + 1;
    END;
    """

  /// The summary under the names that queries use.
  private static let coverageFactsView = """
    CREATE VIEW coverage_facts AS
    SELECT nullif(identity_id, 0) AS identity_id, iif(rejected, 1, NULL) AS rejection_id,
      iif(duplicate, 1, NULL) AS duplicate_id, cell, nullif(light, '') AS light, faces AS count
    FROM coverage;
    """

  static let fillCoverage = """
    INSERT INTO coverage SELECT \(coverageKey("face")), count(*) FROM face GROUP BY 1, 2, 3, 4, 5;
    """

  static func coverageKey(_ row: String) -> String {
    """
    ifnull(\(row).identity_id, 0), \(row).rejection_id IS NOT NULL, \
    \(row).duplicate_id IS NOT NULL, \(row).cell, ifnull(\(row).light_bin, '')
    """
  }
}
