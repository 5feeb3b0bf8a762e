extension Schema {
  /// Which request each serves.
  ///
  /// - `video.sha256` (unique) then `face(video_id, ordinal, position)` (unique) give all faces in
  ///   the order of their ids without sorting: listing, content lines, manifests.
  /// - `face_track` serves one person in one shot, and the foreign key.
  /// - `face_rejection` is small and serves `rejected`.
  /// - `decision_face` is the history of one face.
  static let indexes = """
    CREATE UNIQUE INDEX video_key ON video(substr(sha256, 1, 16));
    CREATE INDEX video_path ON video(path);
    CREATE INDEX face_coverage ON face(identity_id, rejection_id, yaw, pitch, video_id);
    CREATE INDEX face_track ON face(video_id, track);
    CREATE INDEX face_rejection ON face(rejection_id) WHERE rejection_id IS NOT NULL;
    CREATE INDEX decision_face ON decision(face_id);
    """

  /// All there is to know of a face, one row each; what this module reads records from.
  static let faceDetailView = """
    CREATE VIEW face_detail AS
    SELECT
      substr(video.sha256, 1, 16) || ':' || face.ordinal || ':' || face.position AS id,
      video.name AS video,
      identity.name AS identity,
      track.shot AS shot,
      CAST(face.ticks AS REAL) * video.time_numerator / video.time_denominator AS seconds,
      face.eye_distance AS size,
      face.light_bin AS light,
      \(MeasureColumn.allCases.map { "face.\($0.rawValue)" }.joined(separator: ", ")),
      face.rejection_id IS NOT NULL AS rejected,
      face.duplicate_id IS NOT NULL AS duplicate,
      (SELECT loss FROM face_loss WHERE face_id = face.id) AS loss,
      journal.author AS rejected_by,
      journal.at AS rejected_at,
      decision.why AS rejected_why,
      face.crop_name AS crop,
      video.path AS path,
      video.sha256 AS video_sha256,
      video.time_numerator AS time_numerator,
      video.time_denominator AS time_denominator,
      face.id AS face_id, face.cell,
      face.video_id, face.track, face.ordinal, face.position, face.ticks,
      face.yaw, face.pitch, face.roll, face.pose_w, face.pose_x, face.pose_y, face.pose_z,
      face.score, face.identity_id, face.rejection_id, face.duplicate_id,
      face.box_x, face.box_y, face.box_width, face.box_height,
      face.crop_sha256, face.crop_size, face.crop_type, face.crop_a, face.crop_b, face.crop_tx,
      face.crop_c, face.crop_d, face.crop_ty, face.light AS harmonics, face.landmarks
    FROM face
    JOIN video ON video.id = face.video_id
    LEFT JOIN track ON track.video_id = face.video_id AND track.number = face.track
    LEFT JOIN identity ON identity.id = face.identity_id
    LEFT JOIN decision ON decision.id = face.rejection_id
    LEFT JOIN journal ON journal.id = decision.journal_id;
    """

  /// What queries filter by and count, under the same names.
  ///
  /// It has one table and no join: what a query does not ask for is not looked up, and what remains
  /// is answered from the index `face_filter` alone.
  static let faceFactsView = """
    CREATE VIEW face_facts AS
    SELECT
      (SELECT substr(sha256, 1, 16) FROM video WHERE id = face.video_id)
        || ':' || face.ordinal || ':' || face.position AS id,
      (SELECT name FROM video WHERE id = face.video_id) AS video,
      (SELECT path FROM video WHERE id = face.video_id) AS path,
      (SELECT name FROM identity WHERE id = face.identity_id) AS identity,
      (SELECT shot FROM track WHERE video_id = face.video_id AND number = face.track) AS shot,
      (SELECT CAST(face.ticks AS REAL) * time_numerator / time_denominator
        FROM video WHERE id = face.video_id) AS seconds,
      eye_distance AS size, light_bin AS light,
      (SELECT loss FROM face_loss WHERE face_id = face.id) AS loss,
      \(MeasureColumn.allCases.map(\.rawValue).joined(separator: ", ")),
      cell, yaw, pitch, roll, score, id AS face_id, video_id, track, ordinal, position,
      identity_id, rejection_id, duplicate_id
    FROM face;
    """

  /// The columns people ask for, one row a face.
  ///
  /// Units: seconds, degrees, pixels of the frame (`size` is the distance between the eyes); measures
  /// and `light` are NULL where they were not taken, `loss` where no model has learned the face. `face_id` joins `face` and `decision`.
  static let facesView = """
    CREATE VIEW faces AS
    SELECT id, video, identity, track, shot, ordinal, position, seconds, yaw, pitch, roll, cell,
      light, \(MeasureColumn.allCases.map(\.rawValue).joined(separator: ", ")),
      size, score, rejected, rejected_by, rejected_at, rejected_why, duplicate, loss,
      crop, crop_size, path, video_sha256, ticks, face_id
    FROM face_detail;
    """

  /// Mistakes are rejected, not erased, and history is not rewritten.
  static let neverDeleted =
    ["video", "track", "face", "identity", "decision", "journal"].map { table in
      """
      CREATE TRIGGER \(table)_is_never_deleted BEFORE DELETE ON \(table) BEGIN
        SELECT RAISE(ABORT, 'nothing is deleted from a catalogue: reject it instead');
      END;
      """
    }.joined(separator: "\n") + """

      CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal BEGIN
        SELECT RAISE(ABORT, 'the journal is only ever appended to');
      END;
      """
}
